package io.sluice.node;

import io.sluice.log.ByteSize;
import io.sluice.log.Durations;
import io.sluice.log.NewEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import java.util.List;

/**
 * Reads the body of a request, and has its events made as it comes: nothing waits to be read, so the memory of a connection does
 * not depend on its window. A turn of the event loop works on 128 kB at most, which is a millisecond, or on less if that is
 * many lines. Event loop only.
 */
final class BodyReader {

    /**
     * What bounds each body, and all of them.
     *
     * @param maxBody the size of the largest
     * @param silence the longest silence within one, 0 for any
     * @param pending the memory of all
     */
    record Bounds(ByteSize maxBody, Duration silence, PendingBodies pending) {}

    /** The client has gone before the end of its request, or has sent what is no HTTP. */
    static final class BrokenOffException extends RuntimeException {

        private static final long serialVersionUID = 1;

        private BrokenOffException(Throwable cause) {
            super(cause);
        }

        /** Whether there is nobody to answer to. */
        private boolean isGone() {
            return getCause() instanceof VertxException;
        }
    }

    private static final byte[] NONE = {};
    private static final int BYTES_A_TURN = 128 << 10;

    private final HttpServerRequest request;
    private final Context context;
    private final BodyEvents events;
    private final ByteSize maxBody;
    private final BodyPatience patience;
    private final PendingBodies.Body held;
    private final Promise<List<NewEvent>> promise = Promise.promise();
    private byte[] bytes = NONE;
    /** The first of the bytes that is not taken yet. */
    private int next;

    private long received;
    private int workedThisTurn;

    /** @param events makes the events */
    BodyReader(RoutingContext routing, BodyEvents events, Bounds bounds) {
        this.request = routing.request();
        this.context = routing.vertx().getOrCreateContext();
        this.events = events;
        this.maxBody = bounds.maxBody();
        this.patience = new BodyPatience(
                routing.vertx(),
                bounds.silence(),
                () -> fail(new HttpException(
                        408,
                        "the body does not come on: expected its next bytes within "
                                + Durations.format(bounds.silence()))));
        String full = "the node holds " + bounds.pending().max() + " of bodies that have not ended; try again";
        this.held = bounds.pending().begin(() -> context.runOnContext(v -> fail(new HttpException(503, full))));
    }

    /**
     * Invites the body if the client waits for that, and reads it to its end.
     *
     * @return the events; fails with a {@link HttpException} as soon as something is wrong, or with {@link BrokenOffException}
     */
    Future<List<NewEvent>> read() {
        // Clients of HTTP/1.0 do not know of that (RFC 9110 10.1.1).
        if (request.version() != HttpVersion.HTTP_1_0 && request.headers().contains(HttpHeaders.EXPECT)) {
            request.response().writeContinue();
        }
        request.handler(this::receive)
                .endHandler(v -> complete())
                .exceptionHandler(failure -> fail(new BrokenOffException(failure)));
        return promise.future();
    }

    /** Gives up a request whose client has gone, or has sent what is no HTTP, before its body was read. */
    static void breakOff(RoutingContext routing, Throwable cause) {
        fail(routing, new BrokenOffException(cause));
    }

    /** The length of the body that the head announces, 0 if it does not. */
    static long announced(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            // HTTP/2: the length is a hint only.
            return 0;
        }
    }

    /** Answers a request whose body could not be read, or was refused. */
    static void fail(RoutingContext routing, Throwable failure) {
        if (!(failure instanceof BrokenOffException broken)) {
            routing.fail(failure);
        } else if (broken.isGone()) {
            routing.fail(ProblemDetails.BROKEN_OFF, failure);
        } else {
            routing.fail(new HttpException(400, "the body is no HTTP: expected chunks as in RFC 9112 7.1"));
            // Vert.x closes the connection at once, and would flush the answer later.
            ((ConnectionBase) routing.request().connection()).channel().flush();
        }
    }

    /** Forgets the body. What its events hold counts up to here. */
    void close() {
        patience.end();
        held.end();
    }

    private boolean isOver() {
        return promise.future().isComplete();
    }

    private void receive(Buffer buffer) {
        if (isOver()) {
            return;
        }
        received += buffer.length();
        patience.receive(buffer.length());
        if (received > maxBody.bytes()) {
            fail(new HttpException(413));
            return;
        }
        bytes = buffer.getBytes();
        next = 0;
        work();
        if (!isOver() && (next < bytes.length || workedThisTurn >= BYTES_A_TURN)) {
            request.pause();
            context.runOnContext(v -> goOn());
        }
    }

    private void work() {
        try {
            int from = next;
            next = events.take(bytes, from, bytes.length);
            workedThisTurn += next - from;
            if (next == bytes.length) {
                bytes = NONE;
                next = 0;
            }
            held.hold(events.held());
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void goOn() {
        workedThisTurn = 0;
        if (isOver()) {
            return;
        }
        work();
        if (isOver()) {
            return;
        }
        if (next < bytes.length) {
            context.runOnContext(v -> goOn());
        } else {
            request.resume();
        }
    }

    private void complete() {
        if (isOver()) {
            return;
        }
        patience.end();
        held.complete();
        List<NewEvent> all;
        try {
            all = events.end();
            held.hold(events.held());
        } catch (RuntimeException | Error e) {
            fail(e);
            return;
        }
        promise.complete(all);
    }

    private void fail(Throwable failure) {
        close();
        bytes = NONE;
        promise.tryFail(failure);
    }
}
