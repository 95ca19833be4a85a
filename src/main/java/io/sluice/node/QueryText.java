package io.sluice.node;

import io.sluice.log.TopicRules;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
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

    /**
     * The value of a parameter, or null.
     *
     * @throws HttpException 400 if the query has it more than once
     */
    static @Nullable String single(RoutingContext routing, String name) {
        List<String> values = routing.queryParam(name);
        if (values.size() > 1) {
            throw new HttpException(400, name + " is given " + values.size() + " times: expected once");
        }
        return values.isEmpty() ? null : values.get(0);
    }

    /**
     * Whether a parameter is {@code true}; it is not if it is absent.
     *
     * @throws HttpException 400 if it is neither true nor false, or the query has it more than once
     */
    static boolean flag(RoutingContext routing, String name) {
        String value = single(routing, name);
        if (value != null && !value.equals("true") && !value.equals("false")) {
            throw new HttpException(400, name + " is \"" + TopicRules.visible(value) + "\": expected true or false");
        }
        return "true".equals(value);
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
