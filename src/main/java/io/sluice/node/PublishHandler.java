package io.sluice.node;

import io.sluice.log.Batch;
import io.sluice.log.ByteSize;
import io.sluice.log.Bytes;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.sluice.stream.EventStream;
import io.sluice.stream.PublishFailure;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the body of a POST to a stream.
 *
 * <p>{@code application/json} is checked and kept byte for byte, {@code text/plain} is kept as it is, and {@code
 * application/x-ndjson} is one event a line: all of them or none. The receipt, 201, comes when the log has the events, and names
 * the id of the last. A request that is repeated with its {@link IdempotencyKey} gets the first receipt, and appends nothing.
 *
 * <p>Event loop only.
 */
final class PublishHandler implements Handler<RoutingContext> {

    private static final Logger LOG = LoggerFactory.getLogger(PublishHandler.class);

    private final EventStream stream;
    private final ByteSize maxEvent;
    private final boolean remembersKeys;
    private final BodyReader.Bounds bounds;
    private long failedSinceReceipt;

    /** @param bounds of the bodies */
    PublishHandler(EventStream stream, NodeConfig.Publish config, BodyReader.Bounds bounds) {
        this.stream = stream;
        this.maxEvent = config.maxEvent();
        this.remembersKeys = !config.idempotency().isZero();
        this.bounds = bounds;
    }

    /** Refuses a request that cannot succeed before its body comes. */
    @Override
    public void handle(RoutingContext routing) {
        PublishRequest request = PublishRequest.read(routing, stream.name());
        requireAllowed(request.event(Bytes.of("")));
        requireLength(routing.request(), request);
        inviteBody(routing.request());
        publish(routing, request);
    }

    private void requireAllowed(NewEvent event) {
        try {
            stream.requireAllowed(event);
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, e.getMessage());
        }
    }

    private void requireLength(HttpServerRequest http, PublishRequest request) {
        long length = length(http);
        if (length > bounds.maxBody().bytes()) {
            throw new HttpException(413);
        }
        if (length > maxEvent.bytes() && !request.isLines()) {
            throw new HttpException(413, "an event of " + length + " bytes: expected at most " + maxEvent);
        }
    }

    /** The length that the head announces, 0 if it does not. */
    private static long length(HttpServerRequest http) {
        String length = http.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            // HTTP/2: the length is a hint only.
            return 0;
        }
    }

    /** Clients of HTTP/1.0 do not know of that (RFC 9110 10.1.1). */
    private static void inviteBody(HttpServerRequest http) {
        if (http.version() != HttpVersion.HTTP_1_0 && http.headers().contains(HttpHeaders.EXPECT)) {
            http.response().writeContinue();
        }
    }

    /** What the body holds counts until the log has answered: its events wait in memory for that. */
    private void publish(RoutingContext routing, PublishRequest request) {
        BodyEvents events = request.isLines() ? new EventLines(request, maxEvent) : new SingleEvent(request, maxEvent);
        BodyReader reader = new BodyReader(routing, events, bounds);
        reader.read()
                .compose(all -> stream.publish(batch(all, request.key()))
                        .recover(failure -> Future.failedFuture(refusal(failure, request.key()))))
                .onComplete(done -> reader.close())
                .onComplete(receipt -> answer(routing, receipt), failure -> fail(routing, failure));
    }

    private static void fail(RoutingContext routing, Throwable failure) {
        if (!(failure instanceof BodyReader.BrokenOffException broken)) {
            routing.fail(failure);
        } else if (broken.isGone()) {
            routing.fail(ProblemDetails.BROKEN_OFF, failure);
        } else {
            routing.fail(new HttpException(400, "the body is no HTTP: expected chunks as in RFC 9112 7.1"));
            // Vert.x closes the connection at once, and would flush the answer later.
            ((ConnectionBase) routing.request().connection()).channel().flush();
        }
    }

    private static Batch batch(List<NewEvent> events, @Nullable String key) {
        try {
            return new Batch(events, key);
        } catch (IllegalArgumentException e) {
            throw new HttpException(PublishFailure.INVALID.httpStatus(), e.getMessage());
        }
    }

    private void answer(RoutingContext routing, Receipt receipt) {
        if (failedSinceReceipt > 0) {
            LOG.info("stream {}: its log works again, after {} POSTs that failed", stream.name(), failedSinceReceipt);
            failedSinceReceipt = 0;
        }
        routing.response()
                .setStatusCode(201)
                .putHeader("Content-Type", PublishRequest.JSON)
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(new JsonObject()
                        .put("id", receipt.last().toString())
                        .put("count", receipt.count())
                        .toBuffer());
    }

    private HttpException refusal(Throwable failure, @Nullable String key) {
        PublishFailure why = PublishFailure.of(failure);
        if (why != PublishFailure.OUTCOME_UNKNOWN) {
            return new HttpException(why.httpStatus(), failure.getMessage());
        }
        if (failedSinceReceipt++ == 0) {
            LOG.warn("stream {}: its log fails, and POSTs with it: {}", stream.name(), failure.toString());
            LOG.debug("stream {}: where its log fails", stream.name(), failure);
        }
        return new HttpException(
                why.httpStatus(), "the log failed, and nobody can say whether it has this: " + repeating(key));
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
