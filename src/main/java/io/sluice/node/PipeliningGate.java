package io.sluice.node;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Lets the next request of an HTTP/1.x connection through when the one before it is answered, and the socket takes more. What comes
 * earlier is held, and the connection is not read meanwhile.
 *
 * <p>In its strict thread mode Vert.x answers pipelined requests as they come, whether the client reads or not: 1 MB of requests for
 * a script of 100 kB would be gigabytes in memory.
 *
 * <p>Event loop only.
 */
final class PipeliningGate extends ChannelDuplexHandler {

    /** Vert.x' last handler. */
    private static final String VERTX = "handler";

    private final Queue<Object> held = new ArrayDeque<>();
    private boolean answering;

    // Whether a request has asked for the end of the connection, and whether another one came all the same.
    private boolean last;
    private boolean over;

    private boolean releasing;

    /** Adds one to a connection that has none, before its first request. */
    static void install(ChannelPipeline pipeline) {
        if (pipeline.context(VERTX) != null) {
            pipeline.addBefore(VERTX, null, new PipeliningGate());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (held.isEmpty() && mayPass(context, message)) {
            pass(context, message);
        } else {
            held.add(message);
            context.channel().config().setAutoRead(false);
        }
    }

    private boolean mayPass(ChannelHandlerContext context, Object message) {
        return !(message instanceof HttpRequest)
                || (!answering && context.channel().isWritable());
    }

    /** What comes behind a request that is the connection's last is nobody's: Vert.x would leave it aside without releasing its bytes. */
    private void pass(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            over = last;
            answering = !over;
            last |= !HttpUtil.isKeepAlive(request);
        }
        if (over) {
            ReferenceCountUtil.release(message);
        } else {
            context.fireChannelRead(message);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean isEnd = isLast(message);
        ChannelFuture unused = context.write(message, promise);
        if (isEnd) {
            answering = false;
            releaseSoon(context);
        }
    }

    private static boolean isLast(Object message) {
        // A 100 Continue is a whole response, too.
        boolean interim =
                message instanceof HttpResponse head && head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        return message instanceof LastHttpContent && !interim;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        releaseSoon(context);
        context.fireChannelWritabilityChanged();
    }

    /** Not at once: Vert.x is in the middle of the response. */
    private void releaseSoon(ChannelHandlerContext context) {
        if (!held.isEmpty() && !releasing) {
            releasing = true;
            context.executor().execute(() -> release(context));
        }
    }

    private void release(ChannelHandlerContext context) {
        releasing = false;
        boolean any = false;
        for (Object next = held.peek(); next != null && mayPass(context, next); next = held.peek()) {
            held.remove();
            if (held.isEmpty()) {
                // Before Vert.x sees it: Vert.x may stop the reading for a reason of its own.
                context.channel().config().setAutoRead(true);
            }
            pass(context, next);
            any = true;
        }
        if (any) {
            context.fireChannelReadComplete();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        held.forEach(ReferenceCountUtil::release);
        held.clear();
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        held.forEach(ReferenceCountUtil::release);
        held.clear();
    }
}
