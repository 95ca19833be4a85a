package io.sluice.sse;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Sees what happens to an HTTP/1.1 connection, and tells the write path of the running response. A connection has one, for all of
 * its responses. Event loop only.
 */
final class ChannelListener extends ChannelDuplexHandler {

    /** Vert.x' last handler, which lets nothing through. */
    private static final String VERTX = "handler";

    private @Nullable DirectWritePath path;

    static boolean canWatch(ChannelPipeline pipeline) {
        return pipeline.context(VERTX) != null;
    }

    /** Tells a path from now on, instead of the one before it on this connection. */
    static void watch(ChannelPipeline pipeline, DirectWritePath path) {
        ChannelListener watch = pipeline.get(ChannelListener.class);
        if (watch == null) {
            watch = new ChannelListener();
            pipeline.addBefore(VERTX, null, watch);
        }
        watch.path = path;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (path != null && context.channel().isWritable()) {
            path.drained();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        over();
        context.fireChannelInactive();
    }

    /** Every end of a response passes here, also one by the application. Nothing of the path may follow. */
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof LastHttpContent) {
            over();
        }
        ChannelFuture unused = context.write(message, promise);
    }

    private void over() {
        DirectWritePath last = path;
        path = null;
        if (last != null) {
            last.over();
        }
    }
}
