package io.sluice.bench;

import static io.netty.channel.ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** One connection that reads a stream, and counts bytes. Event loop only. */
final class RateReader extends ChannelInboundHandlerAdapter {

    private static final String OPEN = "HTTP/1.1 200";

    private final Counters counters;
    private final String request;
    private boolean open;

    /** Of all readers. Event loop only. */
    static final class Counters {

        int open;
        int lost;
        long bytes;
        boolean over;
    }

    RateReader(URI url, Counters counters) {
        this.counters = counters;
        this.request = "GET " + url.getRawPath() + '?' + url.getRawQuery() + " HTTP/1.1\r\nHost: "
                + url.getRawAuthority() + "\r\nAccept: text/event-stream\r\n\r\n";
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII))
                .addListener(FIRE_EXCEPTION_ON_FAILURE);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            counters.bytes += in.readableBytes();
            if (!open && in.toString(StandardCharsets.US_ASCII).startsWith(OPEN)) {
                open = true;
                counters.open++;
            } else if (!open) {
                context.close().addListener(FIRE_EXCEPTION_ON_FAILURE);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        counters.lost += counters.over ? 0 : 1;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close().addListener(FIRE_EXCEPTION_ON_FAILURE);
    }
}
