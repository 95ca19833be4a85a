package io.sluice.node;

import io.sluice.log.Bytes;
import io.sluice.log.NewEvent;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The head of a POST to a stream, checked before the body is read.
 *
 * @param mediaType one of {@link #JSON}, {@link #NDJSON} and {@link #TEXT}
 * @param topic the query's {@code topic}, or else the stream's name
 * @param type the query's {@code type}, or else the header {@code Sluice-Type}
 * @param key the {@link IdempotencyKey}
 */
record PublishRequest(
        String mediaType,
        String topic,
        @Nullable String type,
        @Nullable String key) {

    static final String JSON = "application/json";
    static final String NDJSON = "application/x-ndjson";
    static final String TEXT = "text/plain";

    /**
     * Reads the head of a request.
     *
     * @throws HttpException 400 or 415 for a request that cannot succeed, whatever its body is
     */
    static PublishRequest read(RoutingContext routing, String stream) {
        String topic = single(routing, "topic");
        String type = single(routing, "type");
        PublishRequest request = new PublishRequest(
                mediaType(routing),
                topic == null ? stream : topic,
                type == null ? routing.request().getHeader("Sluice-Type") : type,
                IdempotencyKey.of(routing));
        request.event(Bytes.of(""));
        return request;
    }

    /** Whether the body is an event a line. */
    boolean isLines() {
        return mediaType.equals(NDJSON);
    }

    /**
     * The event of some data.
     *
     * @throws HttpException 400 if topic, type or data are refused
     */
    NewEvent event(Bytes data) {
        try {
            return new NewEvent(topic, type, data);
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, e.getMessage());
        }
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
}
