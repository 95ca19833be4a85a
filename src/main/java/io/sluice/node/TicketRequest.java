package io.sluice.node;

import io.sluice.log.InvalidOptionException;
import io.sluice.log.TopicRules;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamTemplate;
import io.sluice.stream.TopicFilter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.handler.HttpException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The body of a request for a ticket: {@code {"stream": "chat/42", "topics": ["a.*"]}}.
 *
 * @param stream the full name of a stream that can be
 * @param topics those that are asked for; all if the body has none
 */
record TicketRequest(String stream, TopicFilter topics) {

    private static final Set<String> KEYS = Set.of("stream", "topics");

    /**
     * Reads one JSON value.
     *
     * @param maxTopics how many topics there may be
     * @throws HttpException 400 that says what is wrong and what is expected
     */
    static TicketRequest read(Buffer body, int maxTopics) {
        JsonObject json = JsonBody.object(body, "{\"stream\": \"…\"}");
        for (String key : json.fieldNames()) {
            if (!KEYS.contains(key)) {
                throw refusal("\"" + TopicRules.visible(key) + "\": expected stream or topics");
            }
        }
        return new TicketRequest(stream(json), topics(json, maxTopics));
    }

    private static String stream(JsonObject json) {
        if (!(json.getValue("stream") instanceof String stream)) {
            throw refusal("stream: expected the name of a stream");
        }
        int slash = stream.indexOf('/');
        try {
            EventStream.requireName(slash < 0 ? stream : stream.substring(0, slash));
            if (slash >= 0) {
                StreamTemplate.requireStreamName(stream.substring(slash + 1));
            }
            return stream;
        } catch (InvalidOptionException e) {
            throw refusal(
                    "stream \"" + TopicRules.visible(stream) + "\": expected the name of a stream, such as chat/42");
        } catch (IllegalArgumentException e) {
            throw refusal(String.valueOf(e.getMessage()));
        }
    }

    private static TopicFilter topics(JsonObject json, int max) {
        if (!json.containsKey("topics")) {
            return TopicFilter.ALL;
        }
        // None would be all, which is not what whoever has computed them means.
        if (!(json.getValue("topics") instanceof JsonArray given) || given.isEmpty()) {
            throw refusal("topics: expected a list of one or more, or none at all for all topics");
        }
        if (given.size() > max) {
            throw refusal(given.size() + " topics: expected at most " + max);
        }
        List<String> topics = new ArrayList<>();
        for (Object topic : given) {
            if (!(topic instanceof String text)) {
                throw refusal("topics: expected texts");
            }
            topics.add(text);
        }
        try {
            return TopicFilter.of(topics);
        } catch (IllegalArgumentException e) {
            throw refusal(String.valueOf(e.getMessage()));
        }
    }

    private static HttpException refusal(String message) {
        return new HttpException(400, message);
    }
}
