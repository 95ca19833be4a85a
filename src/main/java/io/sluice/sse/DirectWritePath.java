package io.sluice.sse;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The short way to an HTTP/1.1 client: one buffer that is the same for all, one call of the pipeline, one system call.
 *
 * <p>What a response costs through Vert.x is not the bytes: it is the objects around each write, the encoder, which makes three
 * buffers of each chunk, and the way through every handler. So a slice comes as a chunk already ({@link FrameBatch#chunk}) and goes
 * in below the encoder:
 *
 * <pre>
 *      response.write(head and first blocks)         response.end(last words)
 *                     |                                        |
 *    pipeline:   VertxHandler ... httpEncoder ... [ssl] ... [traffic shaping] ... socket
 *                                     |
 *                     chunk, chunk, chunk, ...
 * </pre>
 *
 * <p><b>From the encoder's own context</b>, so that whatever lies below still sees the bytes: TLS has to. Where nothing does,
 * straight to the socket. The encoder is between two chunks then, and does not notice.
 *
 * <p><b>The order holds</b> because the short way is closed while anything is on the long one. It opens when the write of the
 * head has succeeded and no other is under way: above the encoder a write may wait in a queue of Vert.x (outside of its strict
 * mode), or for the response of an earlier request that the client has pipelined. It closes for good when
 * the response ends, by {@link #end} or by the application.
 *
 * <p><b>Fullness</b> is the channel's own, and its draining and the end of the response are seen by a handler in the pipeline,
 * {@link ChannelListener}: Vert.x' {@code writeQueueFull} knows nothing of what went by below it.
 *
 * <p>What it costs: Vert.x' metrics do not count these bytes.
 */
final class DirectWritePath implements WritePath {

    /** Vert.x' name for its encoder. */
    private static final String ENCODER = "httpEncoder";

    private final HttpServerResponse response;
    private final ClientSocket socket;
    private final Channel channel;

    /** The encoder's context, if anything lies below it. */
    private final @Nullable ChannelHandlerContext below;

    private @Nullable Listener listener;

    // The response has ended, or its connection.
    private boolean over;
    private boolean headSent;

    // Writes on the long way.
    private int underWay;

    /** Takes the short way; {@link #obstacle} says where there is none. */
    DirectWritePath(HttpServerRequest request, Channel channel) {
        this.response = request.response();
        this.socket = new ClientSocket(request, channel);
        this.channel = channel;
        this.below = isLowest(channel.pipeline()) ? null : channel.pipeline().context(ENCODER);
    }

    private static boolean isLowest(ChannelPipeline pipeline) {
        // From the socket upwards.
        for (Map.Entry<String, ChannelHandler> entry : pipeline) {
            if (entry.getValue() instanceof ChannelOutboundHandler) {
                return entry.getKey().equals(ENCODER);
            }
        }
        return false;
    }

    /** The reason for which a response over HTTP/1.1 takes the long way, or null. */
    static @Nullable String obstacle(HttpServerRequest request, Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        if (((HttpServerRequestInternal) request).context().threadingModel() != ThreadingModel.EVENT_LOOP) {
            return "the server does not run on an event loop";
        } else if (pipeline.get(HttpContentCompressor.class) != null) {
            return "the server compresses";
        } else if (pipeline.get(IdleStateHandler.class) != null) {
            return "the server has an idle timeout";
        } else if (pipeline.context(ENCODER) == null || !ChannelListener.canWatch(pipeline)) {
            return "the pipeline is not as Vert.x makes it: " + pipeline.names();
        }
        return null;
    }

    @Override
    public void connect(Listener listener) {
        this.listener = listener;
        if (channel.isActive() && !response.ended()) {
            ChannelListener.watch(channel.pipeline(), this);
        } else {
            over();
        }
    }

    /** From {@link ChannelListener}: the socket takes more. */
    void drained() {
        if (!over && listener != null) {
            listener.drained();
        }
    }

    /** From {@link ChannelListener}: the response has ended, or its connection. */
    void over() {
        over = true;
        if (listener != null) {
            listener.gone();
        }
    }

    @Override
    public boolean isFull() {
        return !over && !channel.isWritable();
    }

    @Override
    public int room() {
        return over ? Integer.MAX_VALUE : (int) channel.bytesBeforeUnwritable();
    }

    @Override
    public long progress() {
        return socket.unsent();
    }

    @Override
    public long pending() {
        return socket.pending();
    }

    /** TLS makes other bytes of them for each client. */
    @Override
    public boolean isShared() {
        return below == null;
    }

    @Override
    public void write(FrameBatch blocks) {
        if (over) {
            return;
        }
        if (headSent && underWay == 0) {
            send(blocks.chunk());
        } else {
            underWay++;
            response.write(blocks.body()).onComplete(written -> {
                underWay--;
                headSent = true;
                if (written.failed()) {
                    // Nothing may follow what is missing now.
                    abort();
                }
            });
        }
    }

    /** A failure tells no listener: it closes the channel, which does. */
    private void send(ByteBuf chunk) {
        Channel.Unsafe socket = channel.unsafe();
        if (below == null) {
            socket.write(chunk, socket.voidPromise());
            socket.flush();
        } else {
            ChannelFuture unused = below.writeAndFlush(chunk, socket.voidPromise());
        }
    }

    @Override
    public Future<Void> end(byte[] lastWords) {
        if (over || response.ended()) {
            return Future.succeededFuture();
        }
        over = true;
        return socket.end(lastWords);
    }

    @Override
    public void abort() {
        socket.abort();
    }
}
