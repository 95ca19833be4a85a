package io.sluice.node;

import io.sluice.log.Bytes;
import io.sluice.log.NewEvent;
import io.sluice.sse.Parameter;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head of a POST to a stream, checked before the body is read.
 *
 * @param bodyType null if no event can follow, which only the end of a stream goes without
 * @param topic the query's {@code topic}, or else the name of the stream or template
 * @param type the query's {@code type}, or else the header {@code Sluice-Type}
 * @param key the {@link IdempotencyKey}
 * @param end whether the stream ends with it, the query's {@code end}
 * @param forget whether each of its events is the last of the topic, the query's {@code forget}
 * @param atomic whether all of its events are taken or none, the query's {@code atomic}: it is if that is absent
 */
record PublishRequest(
        @Nullable BodyType bodyType,
        String topic,
        @Nullable String type,
        @Nullable String key,
        boolean end,
        boolean forget,
        boolean atomic) {

    /** What may be taken for more than the query of a POST, and is not. */
    private static final List<String> OF_POST = List.of("signal", "end", "forget", "atomic");

    /**
     * A handler that refuses what only a POST has in its query: whoever sends it with another method means something else.
     *
     * @throws HttpException 400 if the query has such a parameter
     */
    static void refuse(RoutingContext routing) {
        OF_POST.forEach(name -> Parameter.requireAbsent(
                routing, name, "with " + routing.request().method()));
        routing.next();
    }

    /** A body that is read as that of an event is. */
    static PublishRequest of(BodyType bodyType, String topic) {
        return new PublishRequest(bodyType, topic, null, null, false, false, true);
    }

    /**
     * Reads the head of a request.
     *
     * @param stream the topic of events that have no other
     * @throws HttpException 400 or 415 for a request that cannot succeed, whatever its body is
     */
    static PublishRequest read(RoutingContext routing, String stream) {
        String topic = Parameter.single(routing, "topic");
        String type = Parameter.single(routing, "type");
        PublishRequest request = new PublishRequest(
                BodyType.of(routing.request(), BodyType.ANY).orElse(null),
                topic == null ? stream : topic,
                type == null ? HeaderField.text(routing.request(), "Sluice-Type") : type,
                IdempotencyKey.of(routing),
                Parameter.flag(routing, "end"),
                Parameter.flag(routing, "forget"),
                Parameter.flag(routing, "atomic", true));
        request.requireBody(routing);
        request.requireSense();
        request.event(Bytes.of(""));
        return request;
    }

    private void requireBody(RoutingContext routing) {
        if (bodyType != null) {
            return;
        }
        if (!end || BodyReader.announced(routing.request()) > 0) {
            throw BodyType.refusal(routing.request(), BodyType.ANY);
        }
        if (forget) {
            throw noEvent();
        }
    }

    private void requireSense() {
        if (atomic) {
            return;
        }
        if (!isLines()) {
            throw Parameter.refusal("atomic", "false", "a body of Content-Type " + BodyType.LINES.mediaType());
        }
        if (key != null) {
            throw Parameter.refusal(
                    "atomic", "false", "no Idempotency-Key: the answer to what breaks off says how far it came");
        }
    }

    /** The answer to a body without an event whose topic is to be forgotten. */
    HttpException noEvent() {
        return Parameter.refusal("forget", "true", "an event in the body: it is the topic's last");
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
            return new NewEvent(topic, type, data, forget);
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, e.getMessage());
        }
    }
}
