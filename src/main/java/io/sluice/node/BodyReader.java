package io.sluice.node;

import io.sluice.log.ByteSize;
import io.sluice.log.Durations;
import io.sluice.log.NewEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import java.util.List;

/** Reads the body of a request to its end, and has its events made as it comes. Event loop only. */
final class BodyReader implements BodyFlow.Taker {

    /**
     * What bounds each body, and all of them.
     *
     * @param maxBody the size of the largest
     * @param silence the longest silence within one, 0 for any
     * @param pending the memory of all
     */
    record Bounds(ByteSize maxBody, Duration silence, PendingBodies pending) {

        /** The answer to a client that is silent for too long. */
        HttpException late() {
            return new HttpException(
                    408, "the body does not come on: expected its next bytes within " + Durations.format(silence));
        }

        /** The answer to a client whose body has no room. */
        HttpException full() {
            return new HttpException(
                    503, "the node holds " + pending.max() + " of bodies that have not ended; try again");
        }
    }

    /** The client has gone before the end of its request, or has sent what is no HTTP. */
    static final class BrokenOffException extends RuntimeException {

        private static final long serialVersionUID = 1;

        BrokenOffException(Throwable cause) {
            super(cause);
        }

        /** Whether there is nobody to answer to. */
        boolean isGone() {
            return getCause() instanceof VertxException;
        }

        /** The answer, if there is somebody. */
        HttpException refusal() {
            return new HttpException(400, "the body is no HTTP: expected chunks as in RFC 9112 7.1");
        }
    }

    private final BodyFlow flow;
    private final BodyEvents events;
    private final ByteSize maxBody;
    private final BodyPatience patience;
    private final PendingBodies.Body held;
    private final Promise<List<NewEvent>> promise = Promise.promise();
    private long received;

    /** @param events makes the events */
    BodyReader(RoutingContext routing, BodyEvents events, Bounds bounds) {
        Context context = routing.vertx().getOrCreateContext();
        this.flow = new BodyFlow(routing, this);
        this.events = events;
        this.maxBody = bounds.maxBody();
        this.patience = BodyPatience.ofBody(routing.vertx(), bounds.silence(), () -> fail(bounds.late()));
        this.held = bounds.pending().begin(() -> context.runOnContext(v -> fail(bounds.full())));
    }

    /**
     * Invites the body if the client waits for that, and reads it to its end.
     *
     * @return the events; fails with a {@link HttpException} as soon as something is wrong, or with {@link BrokenOffException}
     */
    Future<List<NewEvent>> read() {
        flow.start();
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
        if (failure instanceof BrokenOffException broken && broken.isGone()) {
            routing.fail(ProblemDetails.BROKEN_OFF, failure);
            return;
        }
        if (failure instanceof UploadException upload) {
            routing.fail(upload.status(), upload);
        } else {
            routing.fail(failure instanceof BrokenOffException broken ? broken.refusal() : failure);
        }
        // Vert.x closes a connection that has broken off at once, and would flush the answer later.
        ((ConnectionBase) routing.request().connection()).channel().flush();
    }

    /** Forgets the body. What its events hold counts up to here. */
    void close() {
        patience.end();
        held.end();
    }

    @Override
    public void receive(int length) {
        received += length;
        patience.receive(length);
        if (received > maxBody.bytes()) {
            throw new HttpException(413);
        }
    }

    @Override
    public int take(byte[] bytes, int from, int to) {
        int next = events.take(bytes, from, to);
        held.hold(events.held());
        return next;
    }

    @Override
    public void end() {
        patience.end();
        held.complete();
        List<NewEvent> all = events.end();
        held.hold(events.held());
        flow.stop();
        promise.complete(all);
    }

    @Override
    public void fail(Throwable failure) {
        close();
        flow.stop();
        promise.tryFail(failure);
    }
}
