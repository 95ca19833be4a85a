package io.sluice.sse;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Sees what happens to an HTTP/1.1 connection, and tells the path of its running response. One per connection, which stays for
 * the connection's later responses. Event loop only.
 */
final class ChannelListener extends ChannelDuplexHandler {

    /** Vert.x' last handler, which lets nothing through. */
    private static final String VERTX = "handler";

    private @Nullable DirectWritePath path;

    static boolean canWatch(ChannelPipeline pipeline) {
        return pipeline.context(VERTX) != null;
    }

    /** Has the path told, instead of the one before it on this connection. */
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

    /** The end of a response comes by here, whoever ends it, and nothing of ours may follow. */
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
