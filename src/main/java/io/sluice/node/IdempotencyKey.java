package io.sluice.node;

import io.sluice.log.Batch;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What makes a request harmless to repeat, as its header says it: {@code Idempotency-Key: "8e03978e"}, a string of RFC 8941
 * (draft-ietf-httpapi-idempotency-key-header), or bare, as most clients send it. The quotes are not part of the key.
 */
final class IdempotencyKey {

    static final String HEADER = "Idempotency-Key";

    /** RFC 8941 4.2.5: of a quote or a backslash, and of nothing else. */
    private static final String ESCAPE = "\\\\([\"\\\\])";

    private IdempotencyKey() {}

    /** The key of a request, or null; fails with 400 where it is none that a {@link Batch} takes. */
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
