package io.sluice.sse;

import io.sluice.stream.TopicFilter;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the topic filters of a request: its parameters {@code topic}, of which there may be so many. */
final class RequestedTopics {

    private static final String NAME = "topic";

    private RequestedTopics() {}

    /**
     * The filter of a request. Too many are refused before any of them is looked at; one that is there twice counts twice.
     *
     * @throws IllegalArgumentException that names what is wrong and what is expected
     */
    static TopicFilter of(RoutingContext routing, int max) {
        // Before the query is decoded, which costs more than this. A name with an escape in it is counted after that.
        requireAtMost(max, count(routing.request().query()));
        List<String> patterns = routing.queryParam(NAME);
        requireAtMost(max, patterns.size());
        return TopicFilter.of(patterns);
    }

    private static void requireAtMost(int max, int count) {
        if (count > max) {
            throw new IllegalArgumentException(count + " topics: expected at most " + max);
        }
    }

    /** How many parameters of a query have the name, as it is written. */
    private static int count(@Nullable String query) {
        int count = 0;
        if (query != null) {
            for (int at = 0; at < query.length(); at = next(query, at)) {
                count += isNamed(query, at) ? 1 : 0;
            }
        }
        return count;
    }

    private static int next(String query, int at) {
        int ampersand = query.indexOf('&', at);
        return ampersand < 0 ? query.length() : ampersand + 1;
    }

    private static boolean isNamed(String query, int at) {
        int end = at + NAME.length();
        return query.startsWith(NAME, at)
                && (end == query.length() || query.charAt(end) == '=' || query.charAt(end) == '&');
    }
}
