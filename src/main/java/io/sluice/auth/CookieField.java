package io.sluice.auth;

import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code Cookie} fields of a request, RFC 6265 4.2.1; over HTTP/2 a client may send one for each cookie (RFC 9113 8.2.3).
 * Vert.x reads the first field alone, and takes a cookie with a value that it does not like for none.
 */
final class CookieField {

    private CookieField() {}

    /** The value of the first cookie of a name, without its quotes if it has some; null if there is none. */
    static @Nullable String value(HttpServerRequest request, String name) {
        for (String field : request.headers().getAll("Cookie")) {
            for (String pair : field.split(";", -1)) {
                int equals = pair.indexOf('=');
                if (equals >= 0 && pair.substring(0, equals).strip().equals(name)) {
                    return unquoted(pair.substring(equals + 1).strip());
                }
            }
        }
        return null;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
