package io.sluice.node;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * The timer of a connection of HTTP/1.x, and of one whose protocol is not known yet.
 *
 * <pre>
 *     accepted --> IDLE --bytes--> HEAD --request--> ANSWERING --bytes after the answer--> HEAD
 *                   ^                                    |
 *                   `------------- answered -------------'
 * </pre>
 *
 * <p>What a client sends beyond an answer is the next request, or the rest of a body that nobody wants: either has to end within
 * the head's time. Over TLS the handshake is a head. It ends with a handler of this class in place of the first, above TLS.
 */
final class Http1Timer extends ConnectionTimer {

    private enum State {
        IDLE,
        HEAD,
        ANSWERING
    }

    private State state;
    private long since;

    // While ANSWERING.
    private @Nullable HttpServerRequest request;
    private long unsent;

    /**
     * Makes a timer.
     *
     * @param isHandshaking whether TLS is to come first
     */
    Http1Timer(ConnectionTimers timers, boolean isHandshaking) {
        super(timers);
        this.state = isHandshaking ? State.HEAD : State.IDLE;
    }

    @Override
    void begin(long now) {
        enter(state, now);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (state == State.IDLE || (state == State.ANSWERING && isAnswered())) {
            enter(State.HEAD, now());
        }
        context.fireChannelRead(message);
    }

    @Override
    void requested(HttpServerRequest request) {
        state = State.ANSWERING;
        this.request = request;
        unsent = 0;
    }

    private void enter(State next, long now) {
        state = next;
        since = now;
        request = null;
        lookBy(now + limit());
    }

    private long limit() {
        return switch (state) {
            case IDLE -> timers.idleMillis();
            case HEAD -> timers.headMillis();
            case ANSWERING -> timers.restMillis();
        };
    }

    private boolean isAnswered() {
        HttpServerResponse response = request == null ? null : request.response();
        return response == null || response.ended() || response.closed();
    }

    @Override
    void look(long now) {
        if (state == State.ANSWERING) {
            // A response has ended when it was written: a slow client may still read it.
            if (!isAnswered() || isReading()) {
                lookBy(now + limit());
            } else {
                enter(State.IDLE, now);
            }
        } else if (now < since + limit()) {
            lookBy(since + limit());
        } else if (state == State.IDLE && isReading()) {
            enter(State.IDLE, now);
        } else {
            end(state == State.IDLE ? "no request came" : "the head of its request did not come to its end");
        }
    }

    /** Whether the client has taken some of what waits for it since the last look. */
    private boolean isReading() {
        long before = unsent;
        unsent = unsent();
        return unsent > 0 && unsent != before;
    }

    /** Closes what is below: TLS says goodbye if it is. */
    @Override
    void end(ChannelHandlerContext context) {
        ChannelFuture unused = context.close();
    }
}
