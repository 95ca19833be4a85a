package io.sluice.node;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.http.HttpServerRequest;

/**
 * The timer of a connection of HTTP/2, right below its codec.
 *
 * <p>The connection is idle without a stream whose response is under way; it is told by a GOAWAY before it is closed. PINGs do not
 * keep it, and no request whose answer has ended before it.
 */
final class Http2Timer extends ConnectionTimer {

    private static final long NONE = -1;

    /** The time for a socket to take the GOAWAY. */
    private static final long FAREWELL_MILLIS = 1000;

    private final Http2ConnectionHandler codec;
    private final FrameBoundaries frames = new FrameBoundaries();
    private long idleSince;

    // Since when a frame, or the head of a request, has begun and not ended.
    private long headSince = NONE;
    private boolean ending;

    Http2Timer(ConnectionTimers timers, Http2ConnectionHandler codec) {
        super(timers);
        this.codec = codec;
    }

    @Override
    void begin(long now) {
        idleSince = now;
        lookBy(now + timers.idleMillis());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf bytes) {
            frames.read(bytes);
            if (!frames.isWithin()) {
                headSince = NONE;
            } else if (headSince == NONE) {
                headSince = now();
                lookBy(headSince + timers.headMillis());
            }
        }
        context.fireChannelRead(message);
    }

    @Override
    void requested(HttpServerRequest request) {
        idleSince = now();
    }

    @Override
    void look(long now) {
        if (ending) {
            end("its socket does not take the end");
        } else if (isBusy()) {
            idleSince = now;
            lookBy(now + timers.restMillis());
        } else if (headSince != NONE && now >= headSince + timers.headMillis()) {
            end("the head of its request did not come to its end");
        } else if (now >= idleSince + timers.idleMillis()) {
            end("no request came");
        } else {
            lookBy(idleSince + timers.idleMillis());
            if (headSince != NONE) {
                lookBy(headSince + timers.headMillis());
            }
        }
    }

    /** Whether a response is under way. */
    private boolean isBusy() {
        try {
            return codec.connection().forEachActiveStream(Http2Timer::isAnswered) != null;
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isAnswered(Http2Stream stream) {
        return stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL;
    }

    @Override
    void end(ChannelHandlerContext context) {
        ChannelFuture unused = ending ? context.close() : context.channel().close();
        ending = true;
        lookBy(now() + FAREWELL_MILLIS);
    }
}
