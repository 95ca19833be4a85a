package io.sluice.node;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;

/**
 * Stops reading an HTTP/2 connection while its socket takes nothing. Heads of answers and resets have no window: without this they
 * would pile up for a client that sends requests and reads nothing. Event loop only.
 */
final class Http2ReadGate extends ChannelDuplexHandler {

    /** Adds one to a connection. */
    static void install(ChannelPipeline pipeline, Http2ConnectionHandler codec) {
        pipeline.addBefore(pipeline.context(codec).name(), null, new Http2ReadGate());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        context.channel().config().setAutoRead(context.channel().isWritable());
        context.fireChannelWritabilityChanged();
    }

    /** Netty's codec asks for more after each read, whether the channel reads by itself or not. */
    @Override
    public void read(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            context.read();
        }
    }
}
