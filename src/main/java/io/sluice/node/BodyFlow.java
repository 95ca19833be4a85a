package io.sluice.node;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;

/**
 * Hands on the body of a request as its bytes come: nothing waits to be read, so the memory of a connection does not depend on its
 * window. A turn of the event loop works on 128 kB at most, which is a millisecond, or on less if that is many lines. Event loop
 * only.
 */
final class BodyFlow {

    /** Takes a body. Whatever it throws is handed to {@link #fail}. */
    interface Taker {

        /** So many bytes came; they are handed over next. */
        void receive(int length);

        /**
         * Takes bytes, {@code from} up to {@code to}, or fewer: no more than one turn of an event loop may work on.
         *
         * @return where to go on: {@code to} if all are taken
         */
        int take(byte[] bytes, int from, int to);

        /** The body is whole. */
        void end();

        /** The client has gone, with {@link BodyReader.BrokenOffException}, or this has thrown something. */
        void fail(Throwable failure);
    }

    private static final byte[] NONE = {};
    private static final int BYTES_A_TURN = 128 << 10;

    private final HttpServerRequest request;
    private final Context context;
    private final Taker taker;
    private byte[] bytes = NONE;
    /** The first of the bytes that is not taken yet. */
    private int next;

    private int workedThisTurn;
    private boolean scheduled;
    private boolean paused;
    private boolean stopped;

    BodyFlow(RoutingContext routing, Taker taker) {
        this.request = routing.request();
        this.context = routing.vertx().getOrCreateContext();
        this.taker = taker;
    }

    /** Invites the body if the client waits for that, and begins to read it. */
    void start() {
        // Clients of HTTP/1.0 do not know of that (RFC 9110 10.1.1).
        if (request.version() != HttpVersion.HTTP_1_0 && request.headers().contains(HttpHeaders.EXPECT)) {
            request.response().writeContinue();
        }
        request.handler(this::receive).endHandler(v -> complete()).exceptionHandler(this::breakOff);
    }

    /** Reads nothing until {@link #resume}: the client is held up by its window. */
    void pause() {
        paused = true;
        request.pause();
    }

    boolean isPaused() {
        return paused;
    }

    /** Reads on. */
    void resume() {
        paused = false;
        schedule();
    }

    /** Hands on nothing any more. */
    void stop() {
        stopped = true;
        bytes = NONE;
        next = 0;
    }

    private void receive(Buffer buffer) {
        if (stopped) {
            return;
        }
        bytes = buffer.getBytes();
        next = 0;
        handOn(() -> taker.receive(buffer.length()));
        work();
        if (!stopped && !paused && (next < bytes.length || workedThisTurn >= BYTES_A_TURN)) {
            request.pause();
            schedule();
        }
    }

    private void work() {
        if (!stopped) {
            handOn(() -> {
                int from = next;
                next = taker.take(bytes, from, bytes.length);
                workedThisTurn += next - from;
            });
        }
        if (stopped || next == bytes.length) {
            bytes = NONE;
            next = 0;
        }
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            context.runOnContext(v -> goOn());
        }
    }

    private void goOn() {
        scheduled = false;
        workedThisTurn = 0;
        if (stopped || paused) {
            return;
        }
        work();
        if (stopped || paused) {
            return;
        }
        if (next < bytes.length) {
            schedule();
        } else {
            request.resume();
        }
    }

    private void complete() {
        if (!stopped) {
            handOn(taker::end);
        }
    }

    private void breakOff(Throwable cause) {
        if (!stopped) {
            taker.fail(new BodyReader.BrokenOffException(cause));
        }
    }

    private void handOn(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            taker.fail(e);
        }
    }
}
