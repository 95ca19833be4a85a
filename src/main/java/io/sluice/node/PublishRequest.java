package io.sluice.node;

import io.sluice.log.Bytes;
import io.sluice.log.NewEvent;
import io.sluice.sse.Parameter;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import org.jspecify.annotations.Nullable;

/**
 * The head of a POST to a stream, checked before the body is read.
 *
 * @param bodyType null if no event can follow, which only the end of a stream goes without
 * @param topic the query's {@code topic}, or else the name of the stream or template
 * @param type the query's {@code type}, or else the header {@code Sluice-Type}
 * @param key the {@link IdempotencyKey}
 * @param end whether the stream ends with it, the query's {@code end}
 */
record PublishRequest(
        @Nullable BodyType bodyType,
        String topic,
        @Nullable String type,
        @Nullable String key,
        boolean end) {

    /**
     * Reads the head of a request.
     *
     * @param stream the topic of events that have no other
     * @throws HttpException 400 or 415 for a request that cannot succeed, whatever its body is
     */
    static PublishRequest read(RoutingContext routing, String stream) {
        String topic = Parameter.single(routing, "topic");
        String type = Parameter.single(routing, "type");
        boolean end = Parameter.flag(routing, "end");
        BodyType bodyType = BodyType.of(routing.request(), BodyType.ANY).orElse(null);
        if (bodyType == null && !end) {
            throw BodyType.refusal(routing.request(), BodyType.ANY);
        }
        PublishRequest request = new PublishRequest(
                bodyType,
                topic == null ? stream : topic,
                type == null ? HeaderField.text(routing.request(), "Sluice-Type") : type,
                IdempotencyKey.of(routing),
                end);
        request.event(Bytes.of(""));
        return request;
    }

    /** Whether the body is an event a line. */
    boolean isLines() {
        return bodyType == BodyType.LINES;
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
}
