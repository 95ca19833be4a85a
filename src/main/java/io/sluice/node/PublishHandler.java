package io.sluice.node;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.sluice.log.Batch;
import io.sluice.log.ByteSize;
import io.sluice.log.Bytes;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.sluice.stream.EventStream;
import io.sluice.stream.PublishFailure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
final class PublishHandler {

    private static final String REQUEST = "sluice.publish";

    private static final Logger LOG = LoggerFactory.getLogger(PublishHandler.class);
    private static final JsonFactory JSON_FACTORY = new JsonFactory();

    private final EventStream stream;
    private final ByteSize maxEvent;
    private final boolean remembersKeys;
    private long failedSinceReceipt;

    PublishHandler(EventStream stream, NodeConfig.Publish config) {
        this.stream = stream;
        this.maxEvent = config.maxEvent();
        this.remembersKeys = !config.idempotency().isZero();
    }

    /** Reads the head, and refuses a request that cannot succeed before its body comes. */
    void checkHead(RoutingContext routing) {
        PublishRequest request = PublishRequest.read(routing, stream.name());
        requireAllowed(request.event(""));
        routing.put(REQUEST, request).next();
    }

    private void requireAllowed(NewEvent event) {
        try {
            stream.requireAllowed(event);
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, e.getMessage());
        }
    }

    /** Publishes the body. */
    void publish(RoutingContext routing) {
        PublishRequest request = Objects.requireNonNull(routing.<PublishRequest>get(REQUEST));
        String body = utf8(routing.body().buffer());
        List<NewEvent> events =
                switch (request.mediaType()) {
                    case PublishRequest.NDJSON -> lines(request, body);
                    case PublishRequest.JSON -> List.of(event(request, json(body, "the body")));
                    default -> List.of(event(request, body));
                };
        stream.publish(batch(events, request.key()))
                .onComplete(
                        receipt -> answer(routing, receipt), failure -> routing.fail(refuse(failure, request.key())));
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
                .end(new JsonObject()
                        .put("id", receipt.last().toString())
                        .put("count", receipt.count())
                        .toBuffer());
    }

    private HttpException refuse(Throwable failure, @Nullable String key) {
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

    private List<NewEvent> lines(PublishRequest request, String body) {
        List<NewEvent> events = new ArrayList<>();
        int number = 0;
        for (String line : body.split("\n", -1)) {
            number++;
            if (!line.isBlank()) {
                String data = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
                events.add(event(request, json(data, "line " + number)));
            }
        }
        if (events.isEmpty()) {
            throw new HttpException(400, "the body has no line: expected one JSON value a line");
        }
        return events;
    }

    private NewEvent event(PublishRequest request, String data) {
        NewEvent event = request.event(data);
        if (event.size() > maxEvent.bytes()) {
            throw new HttpException(413, "an event of " + event.size() + " bytes: expected at most " + maxEvent);
        }
        return event;
    }

    private static String utf8(@Nullable Buffer body) {
        if (body == null) {
            return "";
        }
        try {
            return Bytes.decode(body.getBytes());
        } catch (CharacterCodingException e) {
            throw new HttpException(400, "the body is not UTF-8");
        }
    }

    /** Checks that the text is one JSON value, and returns the text itself, so that every byte stays as it came. */
    private static String json(String text, String what) {
        try (JsonParser parser = JSON_FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new HttpException(400, what + " is empty: expected JSON");
            }
            parser.skipChildren();
            parser.finishToken();
            if (parser.nextToken() != null) {
                throw new HttpException(400, what + " has more than one JSON value: expected one");
            }
            return text;
        } catch (JsonProcessingException e) {
            throw new HttpException(
                    400,
                    what + " is not JSON: "
                            + e.getOriginalMessage().lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw new IllegalStateException("a text cannot fail to be read", e);
        }
    }
}
