package io.sluice.stream;

import io.sluice.log.Batch;
import io.sluice.log.Bytes;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.sluice.log.TopicRules;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message on the bus that is to become an event. Its headers are those of a POST's query: {@code topic}, {@code type}, {@code
 * Idempotency-Key}, {@code stream}, {@code end} and {@code forget}.
 */
final class BusMessage {

    private final Message<Object> message;

    BusMessage(Message<Object> message) {
        this.message = message;
    }

    /** The stream that the message names, or null. */
    @Nullable
    String stream() {
        return message.headers().get("stream");
    }

    /**
     * The event of the message. With the header {@code forget: true} it leaves nothing behind of its topic: see {@link NewEvent}. Such a
     * message needs no body.
     *
     * @param defaultTopic the topic, if the message names none
     * @throws IllegalArgumentException that says what is wrong with the message and what is expected
     */
    Batch event(String defaultTopic) {
        return new Batch(List.of(event(defaultTopic, body())), key());
    }

    /**
     * The event of the message, or the end of its stream, or both: the header {@code end: true} ends the stream, after the event if
     * there is a body.
     *
     * @throws IllegalArgumentException as {@link #event(String)}
     */
    Batch eventOrEnd(String defaultTopic) {
        if (!is("end")) {
            return event(defaultTopic);
        }
        Object body = body();
        boolean onlyEnds = isEmpty(body) && !is("forget");
        return new Batch(onlyEnds ? List.of() : List.of(event(defaultTopic, body)), key(), true);
    }

    /** Whether a header says {@code true}. */
    private boolean is(String header) {
        String value = message.headers().get(header);
        if (value == null || value.equals("false") || value.equals("true")) {
            return "true".equals(value);
        }
        throw new IllegalArgumentException(
                "header " + header + " \"" + TopicRules.visible(value) + "\": expected true or false");
    }

    private @Nullable String key() {
        return message.headers().get("Idempotency-Key");
    }

    private NewEvent event(String defaultTopic, @Nullable Object body) {
        String topic = message.headers().get("topic");
        boolean forget = is("forget");
        String data = forget && body == null ? "" : text(body);
        return new NewEvent(
                topic == null ? defaultTopic : topic, message.headers().get("type"), data, forget);
    }

    private @Nullable Object body() {
        Object body;
        try {
            body = message.body();
        } catch (DecodeException e) {
            // It came from another node, and Jackson refuses it.
            throw new IllegalArgumentException("body: " + e.getMessage(), e);
        }
        // Vert.x encodes by recursion: each level costs a part of the stack.
        if (!JsonBounds.fits(body)) {
            throw new IllegalArgumentException("body: it " + JsonBounds.tooDeep());
        }
        return body;
    }

    private static boolean isEmpty(@Nullable Object body) {
        return body == null || body.equals("") || (body instanceof Buffer buffer && buffer.length() == 0);
    }

    private static String text(@Nullable Object body) {
        if (body instanceof String text) {
            return text;
        } else if (body instanceof JsonObject object) {
            return object.encode();
        } else if (body instanceof JsonArray array) {
            return array.encode();
        } else if (body instanceof Number || body instanceof Boolean) {
            return body.toString();
        } else if (body instanceof Buffer buffer) {
            return utf8(buffer.getBytes());
        }
        String found = body == null ? "null" : body.getClass().getName();
        throw new IllegalArgumentException(
                "body of type " + found + ": expected JsonObject, JsonArray, String, Buffer, number or boolean");
    }

    private static String utf8(byte[] bytes) {
        try {
            return Bytes.decode(bytes);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("body: expected UTF-8", e);
        }
    }

    /** Whether the sender waits for an answer. */
    boolean isRequest() {
        return message.replyAddress() != null;
    }

    /** Tells the sender that the log has the event. */
    void accept(Receipt receipt) {
        if (isRequest()) {
            message.reply(receipt.last().toString());
        }
    }

    /** Tells the sender of a request why there is no event. */
    void refuse(Throwable why) {
        message.fail(PublishFailure.of(why).busCode(), why.getMessage());
    }
}
