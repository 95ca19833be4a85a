package io.sluice.sse;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import org.jspecify.annotations.Nullable;

/**
 * Tells the running response of an HTTP/1.1 connection when its socket takes more, and when it is gone. One per connection,
 * which stays for the connection's later responses. Event loop only.
 */
final class ChannelWatch extends ChannelInboundHandlerAdapter {

    /** Vert.x' last handler, which lets nothing through. */
    private static final String VERTX = "handler";

    private WritePath.@Nullable Listener listener;

    static boolean canWatch(ChannelPipeline pipeline) {
        return pipeline.context(VERTX) != null;
    }

    /** The one of a connection. */
    static ChannelWatch of(ChannelPipeline pipeline) {
        ChannelWatch watch = pipeline.get(ChannelWatch.class);
        if (watch == null) {
            watch = new ChannelWatch();
            pipeline.addBefore(VERTX, null, watch);
        }
        return watch;
    }

    /** From now on tells this one; the one before has had its response, whoever ended it. */
    void watch(WritePath.Listener next) {
        WritePath.Listener before = listener;
        listener = next;
        if (before != null) {
            before.gone();
        }
    }

    /** Tells this one no more. */
    void forget(WritePath.@Nullable Listener done) {
        if (listener == done) {
            listener = null;
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (listener != null && context.channel().isWritable()) {
            listener.drained();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (listener != null) {
            listener.gone();
        }
        context.fireChannelInactive();
    }
}
