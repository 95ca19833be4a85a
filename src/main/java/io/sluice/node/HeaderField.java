package io.sluice.node;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads header fields that have one value. A field without a value is as none: many clients send it so. */
final class HeaderField {

    private HeaderField() {}

    /**
     * The value of a field, or null.
     *
     * @throws HttpException 400 if the request has several: nobody can say which one another program in front has seen
     */
    static @Nullable String single(HttpServerRequest request, String name) {
        List<String> values = request.headers().getAll(name).stream()
                .filter(value -> !value.isBlank())
                .toList();
        if (values.size() > 1) {
            throw new HttpException(400, name + " is given " + values.size() + " times: expected once");
        }
        return values.isEmpty() ? null : values.get(0);
    }

    /**
     * The value of a field that holds any text, in UTF-8, or null.
     *
     * @throws HttpException 400 if the request has several, or if it is not UTF-8
     */
    static @Nullable String text(HttpServerRequest request, String name) {
        String value = single(request, name);
        try {
            return value == null ? null : UrlText.decodeField(value);
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, name + " has " + e.getMessage());
        }
    }
}
