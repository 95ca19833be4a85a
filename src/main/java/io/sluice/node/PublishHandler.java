package io.sluice.node;

import io.sluice.log.Batch;
import io.sluice.log.ByteSize;
import io.sluice.log.Bytes;
import io.sluice.log.NewEvent;
import io.sluice.stream.PublishFailure;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the body of a POST to a stream.
 *
 * <p>{@code application/json} is checked and kept byte for byte, {@code text/plain} is kept as it is, and {@code
 * application/x-ndjson} is one event a line: all of them or none, or with {@code atomic=false} each as it comes, a {@link
 * LineUpload}. The receipt, 201, comes when the log has the events, and names the id of the last. A request that is repeated with its
 * {@link IdempotencyKey} gets the first receipt, and appends nothing. With {@code end=true} the stream ends with these events, or with
 * none if the body is empty.
 *
 * <p>Event loop only.
 */
final class PublishHandler implements Handler<RoutingContext> {

    private static final String UPLOAD_ADVICE = "it may have what comes after that";

    private final PublishTarget target;
    private final ByteSize maxEvent;
    private final boolean remembersKeys;
    private final BodyReader.Bounds bounds;
    private final LogFailures failures;
    private final Uploads uploads;

    /**
     * @param bounds of the bodies
     * @param failures of the log that has the events
     * @param uploads that are under way
     */
    PublishHandler(
            PublishTarget target,
            PublishConfig config,
            BodyReader.Bounds bounds,
            LogFailures failures,
            Uploads uploads) {
        this.target = target;
        this.maxEvent = config.maxEvent();
        this.remembersKeys = !config.idempotency().isZero();
        this.bounds = bounds;
        this.failures = failures;
        this.uploads = uploads;
    }

    /** Refuses a request that cannot succeed before its body comes. */
    @Override
    public void handle(RoutingContext routing) {
        PublishRequest request = PublishRequest.read(routing, target.name());
        requireAllowed(request.event(Bytes.of("")));
        target.rate().requireRoom();
        AccessRules.requireTopic(routing, request.topic());
        if (request.end()) {
            AccessRules.requireWhole(routing);
        }
        if (request.atomic()) {
            requireLength(routing.request(), request);
            publish(routing, request);
        } else {
            upload(routing, request);
        }
    }

    private void requireAllowed(NewEvent event) {
        try {
            target.requireAllowed(event);
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, e.getMessage());
        }
    }

    private void requireLength(HttpServerRequest http, PublishRequest request) {
        long length = BodyReader.announced(http);
        if (length > bounds.maxBody().bytes()) {
            throw new HttpException(413);
        }
        if (length > maxEvent.bytes() && !request.isLines()) {
            throw new HttpException(413, "an event of " + length + " bytes: expected at most " + maxEvent);
        }
    }

    /** What the body holds counts until the log has answered: its events wait in memory for that. */
    private void publish(RoutingContext routing, PublishRequest request) {
        BodyReader reader = new BodyReader(routing, events(routing.request(), request), bounds);
        reader.read()
                .compose(all -> target.publish(routing, batch(all, request))
                        .recover(failure -> Future.failedFuture(failures.refusal(failure, repeating(request.key())))))
                .onComplete(done -> reader.close())
                .onSuccess(receipt -> failures.over())
                .onComplete(
                        receipt -> answer(routing, Taken.of(receipt)), failure -> BodyReader.fail(routing, failure));
    }

    private void upload(RoutingContext routing, PublishRequest request) {
        LineUpload upload = new LineUpload(routing, request, maxEvent, bounds, batch -> target.publish(routing, batch)
                .onSuccess(receipt -> failures.over())
                .recover(failure -> Future.failedFuture(failures.refusal(failure, UPLOAD_ADVICE))));
        uploads.begin(upload).onComplete(taken -> answer(routing, taken), failure -> BodyReader.fail(routing, failure));
    }

    private BodyEvents events(HttpServerRequest http, PublishRequest request) {
        if (request.bodyType() == null) {
            return new NoBody(() -> BodyType.refusal(http, BodyType.ANY));
        }
        BodyEvents events = request.isLines() ? new EventLines(request, maxEvent) : new SingleEvent(request, maxEvent);
        return request.end() ? new OptionalEvents(events) : events;
    }

    private static Batch batch(List<NewEvent> events, PublishRequest request) {
        if (events.isEmpty() && request.forget()) {
            throw request.noEvent();
        }
        try {
            return new Batch(events, request.key(), request.end());
        } catch (IllegalArgumentException e) {
            throw new HttpException(PublishFailure.INVALID.httpStatus(), e.getMessage());
        }
    }

    private static void answer(RoutingContext routing, Taken taken) {
        routing.response()
                .setStatusCode(201)
                .putHeader("Content-Type", BodyType.JSON.mediaType())
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(taken.toJson().toBuffer());
    }

    private String repeating(@Nullable String key) {
        if (!remembersKeys) {
            return "it may be there twice if it is repeated";
        }
        return key == null
                ? "it may be there twice if it is repeated, which an Idempotency-Key prevents"
                : "it is safe to repeat it with the same Idempotency-Key";
    }
}
