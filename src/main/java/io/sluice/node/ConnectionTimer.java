package io.sluice.node;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a connection whose client keeps a socket and does nothing with it. A handler of the connection's pipeline, and an element of
 * its event loop's {@link ConnectionWheel}. It rests while a response is under way: a subscription may last for ever.
 *
 * <p>It sees what comes in and nothing that goes out, so that the short way of events to the socket stays open. Event loop only.
 */
abstract class ConnectionTimer extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionTimer.class);

    /** When it is looked at next. These three are the wheel's. */
    long due = ConnectionWheel.OUT;

    @Nullable
    ConnectionTimer next;

    @Nullable
    ConnectionTimer previous;

    final ConnectionTimers timers;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ConnectionWheel wheel;

    ConnectionTimer(ConnectionTimers timers) {
        this.timers = timers;
    }

    /** Begins when the connection has its event loop. */
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
        wheel = timers.wheel(context.channel().eventLoop());
        begin(now());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (wheel != null) {
            wheel.remove(this);
        }
        this.context = null;
    }

    abstract void begin(long now);

    /** A request has come, whose response is not yet there. */
    abstract void requested(HttpServerRequest request);

    /** Called by {@link #lookBy}'s time, in milliseconds of the wheel's clock. */
    abstract void look(long now);

    final long now() {
        return wheel == null ? 0 : wheel.now();
    }

    final void lookBy(long time) {
        if (wheel != null && context != null && time < ConnectionTimers.NEVER) {
            wheel.lookBy(this, time);
        }
    }

    final void end(String why) {
        if (context != null) {
            Channel channel = context.channel();
            LOG.debug("{}: {}", channel.remoteAddress(), why);
            end(context);
        }
    }

    abstract void end(ChannelHandlerContext context);

    /** Whether something waits for the socket, and how much: a number that moves as the client reads; 0 for nothing. */
    final long unsent() {
        ChannelOutboundBuffer buffer =
                context == null ? null : context.channel().unsafe().outboundBuffer();
        // A file counts for no bytes, and moves the progress.
        return buffer == null || buffer.isEmpty() ? 0 : 1 + buffer.totalPendingWriteBytes() - buffer.currentProgress();
    }
}
