package io.sluice.node;

import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the query of a request to a stream as WHATWG URL 5.1 says: a {@code ;} is a character as any other. Vert.x takes it for
 * an {@code &} (vert-x3/vertx-web#2887).
 */
final class QueryText {

    private QueryText() {}

    /**
     * A handler that puts the parameters as they are in the place of those that Vert.x reads.
     *
     * @throws HttpException 400 if the query is no percent-encoded UTF-8
     */
    static void read(RoutingContext routing) {
        String query = routing.request().query();
        if (query != null) {
            MultiMap read = parse(query);
            routing.queryParams().clear().addAll(read);
        }
        routing.next();
    }

    /** The parameters of a query, in their order. */
    static MultiMap parse(@Nullable String query) {
        MultiMap parameters = MultiMap.caseInsensitiveMultiMap();
        int from = 0;
        while (query != null && from < query.length()) {
            int ampersand = query.indexOf('&', from);
            int to = ampersand < 0 ? query.length() : ampersand;
            if (to > from) {
                add(parameters, query.substring(from, to));
            }
            from = to + 1;
        }
        return parameters;
    }

    private static void add(MultiMap parameters, String parameter) {
        int equals = parameter.indexOf('=');
        String name = equals < 0 ? parameter : parameter.substring(0, equals);
        String value = equals < 0 ? "" : parameter.substring(equals + 1);
        try {
            parameters.add(UrlText.decodeForm(name), UrlText.decodeForm(value));
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, "the query has " + e.getMessage() + ": expected percent-encoded UTF-8");
        }
    }
}
