package io.sluice.node;

import io.sluice.log.Batch;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The key that makes the repetition of a request harmless. The header is {@code Idempotency-Key: "8e03978e"}, a string of RFC 8941
 * (draft-ietf-httpapi-idempotency-key-header), or bare, as most clients send it. The quotes are not part of the key.
 */
final class IdempotencyKey {

    static final String HEADER = "Idempotency-Key";

    /** A backslash escapes a quote or a backslash only (RFC 8941 4.2.5). */
    private static final String ESCAPE = "\\\\([\"\\\\])";

    private IdempotencyKey() {}

    /** The key of a request, or null. Fails with 400 if a {@link Batch} does not take it. */
    static @Nullable String of(RoutingContext routing) {
        List<String> values = routing.request().headers().getAll(HEADER);
        if (values.size() > 1) {
            throw new HttpException(400, HEADER + " is given " + values.size() + " times: expected once");
        }
        return values.isEmpty() ? null : checked(unquoted(values.get(0)));
    }

    private static String checked(String key) {
        try {
            Batch.requireKey(key);
            return key;
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, e.getMessage());
        }
    }

    private static String unquoted(String value) {
        if (!value.startsWith("\"")) {
            return value;
        }
        String inside = value.substring(1, Math.max(1, value.length() - 1));
        boolean closed = value.length() > 1 && value.endsWith("\"");
        if (!closed || inside.replaceAll(ESCAPE, "").matches(".*[\"\\\\].*")) {
            throw new HttpException(
                    400, HEADER + " " + value + ": expected a string such as \"8e03978e\", or a bare key");
        }
        return inside.replaceAll(ESCAPE, "$1");
    }
}
