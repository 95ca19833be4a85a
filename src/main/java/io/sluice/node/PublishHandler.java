package io.sluice.node;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.sluice.log.Batch;
import io.sluice.log.ByteSize;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.sluice.stream.EventStream;
import io.sluice.stream.PublishFailure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what is POSTed to a stream.
 *
 * <p>{@code application/json} is checked and kept byte for byte, {@code text/plain} is taken as it is,
 * {@code application/x-ndjson} is one event a line: all or none. Topic and type come from the query, {@code topic} and
 * {@code type}, the type also from the {@code Sluice-Type} header. The receipt, 201, names the id of the last event, once the
 * log has it. A request that comes again with its {@link IdempotencyKey} gets the first one's receipt, and adds nothing.
 */
final class PublishHandler {

    private static final String JSON = "application/json";
    private static final String NDJSON = "application/x-ndjson";
    private static final String TEXT = "text/plain";
    private static final Logger LOG = LoggerFactory.getLogger(PublishHandler.class);
    private static final JsonFactory JSON_FACTORY = new JsonFactory();

    private final EventStream stream;
    private final ByteSize maxEvent;
    private final boolean remembersKeys;
    private long failed; // since the log last took something; event loop only

    PublishHandler(EventStream stream, NodeConfig.Publish config) {
        this.stream = stream;
        this.maxEvent = config.maxEvent();
        this.remembersKeys = !config.idempotency().isZero();
    }

    /** Refuses, before the body is read, what cannot succeed whatever the body is. */
    void checkHead(RoutingContext routing) {
        mediaType(routing);
        publication(routing, "");
        IdempotencyKey.of(routing);
        routing.next();
    }

    /** Publishes the body that has been read. */
    void publish(RoutingContext routing) {
        String body = utf8(routing.body().buffer());
        List<NewEvent> publications =
                switch (mediaType(routing)) {
                    case NDJSON -> lines(routing, body);
                    case JSON -> List.of(publication(routing, json(body, "the body")));
                    default -> List.of(publication(routing, body));
                };
        String key = IdempotencyKey.of(routing);
        stream.publish(submission(publications, key))
                .onComplete(receipt -> answer(routing, receipt), failure -> routing.fail(refuse(failure, key)));
    }

    private static Batch submission(List<NewEvent> publications, @Nullable String key) {
        try {
            return new Batch(publications, key);
        } catch (IllegalArgumentException e) {
            throw new HttpException(413, e.getMessage());
        }
    }

    private void answer(RoutingContext routing, Receipt receipt) {
        if (failed > 0) {
            LOG.info("stream {}: its log works again, after {} POSTs that failed", stream.name(), failed);
            failed = 0;
        }
        routing.response()
                .setStatusCode(201)
                .putHeader("Content-Type", JSON)
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
        if (failed++ == 0) {
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

    private List<NewEvent> lines(RoutingContext routing, String body) {
        List<NewEvent> publications = new ArrayList<>();
        int number = 0;
        for (String line : body.split("\n", -1)) {
            number++;
            if (!line.isBlank()) {
                String data = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
                publications.add(publication(routing, json(data, "line " + number)));
            }
        }
        if (publications.isEmpty()) {
            throw new HttpException(400, "the body has no line: expected one JSON value a line");
        }
        return publications;
    }

    private NewEvent publication(RoutingContext routing, String data) {
        NewEvent publication;
        try {
            String topic = single(routing, "topic");
            publication = new NewEvent(topic == null ? stream.name() : topic, type(routing), data);
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, e.getMessage());
        }
        if (publication.size() > maxEvent.bytes()) {
            throw new HttpException(413, "an event of " + publication.size() + " bytes: expected at most " + maxEvent);
        }
        return publication;
    }

    private static @Nullable String type(RoutingContext routing) {
        String type = single(routing, "type");
        return type == null ? routing.request().getHeader("Sluice-Type") : type;
    }

    private static @Nullable String single(RoutingContext routing, String name) {
        List<String> values = routing.queryParam(name);
        if (values.size() > 1) {
            throw new HttpException(400, name + " is given " + values.size() + " times: expected once");
        }
        return values.isEmpty() ? null : values.get(0);
    }

    private static String mediaType(RoutingContext routing) {
        MIMEHeader given = routing.parsedHeaders().contentType();
        String type = (given.component() + '/' + given.subComponent()).toLowerCase(Locale.ROOT);
        String charset = given.parameter("charset");
        boolean utf8 = charset == null || charset.matches("(?i)utf-?8|us-ascii");
        String encoding = routing.request().getHeader("Content-Encoding");
        if (!utf8 || (encoding != null && !encoding.equalsIgnoreCase("identity"))) {
            throw new HttpException(415, "expected a body in UTF-8, and no Content-Encoding");
        }
        if (!List.of(JSON, NDJSON, TEXT).contains(type)) {
            String found = given.rawValue().isEmpty() ? "no Content-Type" : "Content-Type " + given.rawValue();
            throw new HttpException(415, found + ": expected " + JSON + ", " + NDJSON + " or " + TEXT);
        }
        return type;
    }

    private static String utf8(@Nullable Buffer body) {
        if (body == null) {
            return "";
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(body.getBytes());
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new HttpException(400, "the body is not UTF-8");
        }
    }

    /** The text as it is, if it is one JSON value; parsed and thrown away, so that every byte stays as it came. */
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
