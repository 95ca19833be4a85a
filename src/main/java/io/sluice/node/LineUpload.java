package io.sluice.node;

import io.sluice.log.Batch;
import io.sluice.log.ByteSize;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A body whose lines are published as they come, for as long as it lasts.
 *
 * <pre>
 *     body --> the line under way --> events that are whole --> one batch under way --> log
 *                                     read no further                ^
 *                                     if they are full               `-- the next one when the log has this one
 * </pre>
 *
 * <p>So the order of the lines is that of the events, and an upload holds little, however long it lasts: two batches and a line. Its
 * silence is bounded, and its length is not. A blank line is no event, and breaks the silence.
 *
 * <p>It ends with its body, or at the first failure. The lines that were whole before a failure are published, unless the log is what
 * fails: then nothing comes after what it has. A line that was under way is not.
 *
 * <p>Event loop only.
 */
final class LineUpload implements BodyFlow.Taker {

    private final Function<Batch, Future<Receipt>> publisher;
    private final PublishRequest request;
    private final EventLines lines;
    private final BodyFlow flow;
    private final UploadRoom room;
    private final BodyPatience patience;
    private final RightsEnd rights;
    private final Promise<Taken> promise = Promise.promise();
    private Taken taken = Taken.NOTHING;
    private boolean isPublishing;
    /** The body came to its end without a failure. */
    private boolean isWhole;

    private @Nullable Throwable failure;
    /** The line that is wrong, from 1; 0 if none is. */
    private long wrongLine;

    /**
     * @param maxEvent the size of the largest event
     * @param publisher publishes a batch; its failures are answers
     */
    LineUpload(
            RoutingContext routing,
            PublishRequest request,
            ByteSize maxEvent,
            BodyReader.Bounds bounds,
            Function<Batch, Future<Receipt>> publisher) {
        Context context = routing.vertx().getOrCreateContext();
        this.publisher = publisher;
        this.request = request;
        this.lines = new EventLines(request, maxEvent);
        this.flow = new BodyFlow(routing, this);
        this.room = new UploadRoom(routing, bounds.pending(), () -> context.runOnContext(v -> fail(bounds.full())));
        this.patience = BodyPatience.ofEndlessBody(routing.vertx(), bounds.silence(), () -> fail(bounds.late()));
        this.rights = new RightsEnd(
                routing.vertx(), AccessRules.end(routing), () -> fail(new HttpException(401, "the token has expired")));
    }

    /**
     * Publishes the body.
     *
     * @return what the log has when the body has ended; fails with {@link UploadException}, or with {@link
     *     BodyReader.BrokenOffException} if there is nobody to answer to
     */
    Future<Taken> publish() {
        rights.watch();
        if (failure == null) {
            flow.start();
        }
        return promise.future();
    }

    /** Ends it because the node stops: the publisher goes on at another node, or later. */
    Future<Taken> drain() {
        fail(new HttpException(503, "this node stops: go on at another one, or try again"));
        return promise.future();
    }

    @Override
    public void receive(int length) {
        patience.receive(length);
    }

    @Override
    public int take(byte[] bytes, int from, int to) {
        int next;
        try {
            next = lines.take(bytes, from, to);
        } catch (HttpException e) {
            wrongLine = lines.number();
            throw e;
        }
        room.hold(lines.held());
        goOn();
        if (lines.isFull()) {
            flow.pause();
            patience.rest();
            room.pause();
        }
        return next;
    }

    @Override
    public void end() {
        try {
            lines.endLastLine();
        } catch (HttpException e) {
            wrongLine = lines.number();
            throw e;
        }
        if (request.forget() && lines.isEmpty()) {
            throw request.noEvent();
        }
        isWhole = true;
        release();
        goOn();
    }

    /** Ends it, unless it has ended. What has come counts. */
    @Override
    public void fail(Throwable cause) {
        if (!isWhole && failure == null) {
            failure = cause;
            release();
            goOn();
        }
    }

    /** Nothing more is read. */
    private void release() {
        flow.stop();
        patience.end();
        rights.forget();
    }

    /** Publishes the next batch, or answers if there is none and none will be. Reads on if there is room. */
    private void goOn() {
        if (!isPublishing && !promise.future().isComplete()) {
            publishNext();
        }
        if (flow.isPaused() && !lines.isFull()) {
            patience.goOn();
            room.resume();
            flow.resume();
        }
    }

    private void publishNext() {
        List<NewEvent> events = lines.takeOut();
        boolean isLast = isWhole && !lines.hasEvents();
        if (!events.isEmpty() || (isLast && request.end())) {
            publish(events, isLast);
        } else if (isWhole) {
            finish();
        } else if (failure != null) {
            refuse(failure);
        }
    }

    private void publish(List<NewEvent> events, boolean isLast) {
        isPublishing = true;
        PendingBodies.Body held = room.holdBatch(events, lines.held());
        Future.succeededFuture(events)
                .compose(all -> publisher.apply(new Batch(all, null, isLast && request.end())))
                .onComplete(done -> {
                    held.end();
                    isPublishing = false;
                    published(done, isLast);
                });
    }

    private void published(AsyncResult<Receipt> done, boolean isLast) {
        if (done.failed()) {
            release();
            // The log's failure is not that of a line that would have come next.
            wrongLine = 0;
            refuse(done.cause());
            return;
        }
        taken = taken.plus(done.result());
        if (isLast) {
            finish();
        } else {
            goOn();
        }
    }

    private void finish() {
        if (taken.last() == null) {
            refuse(EventLines.noLine());
        } else {
            room.end();
            promise.complete(taken);
        }
    }

    private void refuse(Throwable cause) {
        room.end();
        if (cause instanceof BodyReader.BrokenOffException broken) {
            promise.fail(broken.isGone() ? broken : new UploadException(broken.refusal(), 0, taken));
        } else {
            promise.fail(new UploadException(cause, wrongLine, taken));
        }
    }
}
