package io.sluice.node;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.sluice.log.ByteSize;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one client of the bridge may do: it passes on whole frames, each checked, and answers the others with an {@code err}
 * frame that says what is wrong. The bridge alone (5.0.8) would
 *
 * <ul>
 *   <li>keep in memory as much as a length prefix announces, up to 2 GB;
 *   <li>lose its place in the stream over an unknown type, or a header that it does not expect;
 *   <li>make one more consumer of each repeated {@code register}, and never give it back;
 *   <li>queue without end for a client that does not read.
 * </ul>
 *
 * <p>Event loop only.
 */
final class BridgeGuard extends ByteToMessageDecoder {

    private static final Logger LOG = LoggerFactory.getLogger(BridgeGuard.class);

    private static final int LENGTH = Integer.BYTES; // of what says how long a frame is
    private static final int MAX_REGISTERED = 1000;
    private static final ByteSize MAX_UNSENT = ByteSize.ofMegabytes(4);

    private final BridgeConfig.Tcp config;
    private final int maxUnsent; // bytes
    private final Set<String> registered = new HashSet<>();
    private long skip; // what is left of a frame that is too large
    private boolean cutOff;

    BridgeGuard(BridgeConfig.Tcp config) {
        this.config = config;
        this.maxUnsent =
                (int) Math.max(MAX_UNSENT.bytes(), 2 * config.maxFrame().bytes()); // one large message is no slowness
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.channel().config().setWriteBufferWaterMark(new WriteBufferWaterMark(maxUnsent / 2, maxUnsent));
    }

    // ---- what it says

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (cutOff) {
            in.skipBytes(in.readableBytes());
        } else if (skip > 0) {
            int bytes = (int) Math.min(skip, in.readableBytes());
            in.skipBytes(bytes);
            skip -= bytes;
        } else if (in.readableBytes() >= LENGTH) {
            long length = in.getUnsignedInt(in.readerIndex());
            if (length > config.maxFrame().bytes()) {
                skip = LENGTH + length;
                refuse(context, "a frame of " + length + " bytes: expected at most " + config.maxFrame());
            } else if (in.readableBytes() >= LENGTH + length) {
                take(context, in.readSlice(LENGTH + (int) length), out);
            }
        }
    }

    private void take(ChannelHandlerContext context, ByteBuf frame, List<Object> out) {
        try {
            BridgeFrame said = BridgeFrame.parse(frame.nioBuffer(LENGTH, frame.readableBytes() - LENGTH));
            remember(said);
            out.add(frame.retain());
        } catch (IllegalArgumentException e) {
            refuse(context, String.valueOf(e.getMessage()));
        }
    }

    private void remember(BridgeFrame said) {
        String address = said.address();
        if (said.isRegister() && config.outbound().permits(address)) { // else the bridge denies it
            if (registered.contains(address)) {
                throw new IllegalArgumentException("register \"" + address + "\": it is registered already");
            } else if (registered.size() >= MAX_REGISTERED) {
                throw new IllegalArgumentException(
                        "register \"" + address + "\": expected at most " + MAX_REGISTERED + " addresses");
            }
            registered.add(address);
        } else if (said.isUnregister()) {
            registered.remove(address);
        }
    }

    private static void refuse(ChannelHandlerContext context, String what) {
        ChannelFuture unused = context.writeAndFlush(error(context, what));
    }

    private static ByteBuf error(ChannelHandlerContext context, String what) {
        byte[] json = new JsonObject()
                .put("type", "err")
                .put("message", what)
                .encode()
                .getBytes(StandardCharsets.UTF_8);
        return context.alloc()
                .buffer(LENGTH + json.length)
                .writeInt(json.length)
                .writeBytes(json);
    }

    /** Not the client's doing, since all that it does is refused; the bridge closes the connection. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof DecoderException) {
            LOG.error("A frame from {} failed", context.channel().remoteAddress(), cause);
        }
        context.fireExceptionCaught(cause);
    }

    // ---- what it is told

    /** It does not read what it has asked for. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
        if (!context.channel().isWritable() && !cutOff) {
            cutOff = true;
            LOG.info(
                    "The client {} of the TCP bridge is cut off: more than {} wait for it",
                    context.channel().remoteAddress(),
                    new ByteSize(maxUnsent));
            ChannelFuture unused = context.close();
        }
        super.channelWritabilityChanged(context);
    }
}
