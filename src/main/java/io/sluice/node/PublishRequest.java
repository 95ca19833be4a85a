package io.sluice.node;

import io.sluice.log.Bytes;
import io.sluice.log.NewEvent;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
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

    private static final Pattern CHARSET = Pattern.compile("(?i);\\s*charset=\"?([^\";\\s]*)");

    /**
     * Reads the head of a request.
     *
     * @throws HttpException 400 or 415 for a request that cannot succeed, whatever its body is
     */
    static PublishRequest read(RoutingContext routing, String stream) {
        String topic = single(routing, "topic");
        String type = single(routing, "type");
        PublishRequest request = new PublishRequest(
                mediaType(routing.request()),
                topic == null ? stream : topic,
                type == null ? HeaderField.text(routing.request(), "Sluice-Type") : type,
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

    private static String mediaType(HttpServerRequest request) {
        String given = HeaderField.single(request, "Content-Type");
        if (!isUtf8(given) || !isPlain(request.headers().getAll("Content-Encoding"))) {
            throw new HttpException(415, "expected a body in UTF-8, and no Content-Encoding");
        }
        String type = given == null ? "" : given.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
        if (!List.of(JSON, NDJSON, TEXT).contains(type)) {
            String found = given == null ? "no Content-Type" : "Content-Type " + given;
            throw new HttpException(415, found + ": expected " + JSON + ", " + NDJSON + " or " + TEXT);
        }
        return type;
    }

    private static boolean isUtf8(@Nullable String contentType) {
        return contentType == null
                || CHARSET.matcher(contentType).results().allMatch(charset -> charset.group(1)
                        .matches("(?i)utf-?8|us-ascii"));
    }

    private static boolean isPlain(List<String> encodings) {
        return String.join(",", encodings).matches("(?i)(identity|[,\\s])*");
    }
}
