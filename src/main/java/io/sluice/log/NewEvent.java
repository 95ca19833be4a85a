package io.sluice.log;

import org.jspecify.annotations.Nullable;

/**
 * An event that a producer publishes: an {@link Event} without an id and a time yet.
 *
 * @param topic the subject: 1 to 255 characters, no control character; {@code *} and {@code >} are for filters
 * @param type the name that a browser's {@code addEventListener} takes, or null for {@code message}: 1 to 255 characters, no
 *     control character; the formats in which a stream is served may reserve some
 * @param data any bytes, usually the UTF-8 of JSON; may be empty
 * @param forget whether the event is the topic's last: it is an event as any other, but a snapshot has nothing of the topic after it,
 *     until the topic has a new event
 */
public record NewEvent(String topic, @Nullable String type, Bytes data, boolean forget) {

    /** @throws IllegalArgumentException that names the value and what is expected */
    public NewEvent {
        TopicRules.requireLine("topic", topic);
        if (topic.indexOf('*') >= 0 || topic.indexOf('>') >= 0) {
            throw new IllegalArgumentException(
                    "topic \"" + topic + "\": expected no * and no >, which are for filters");
        }
        if (type != null) {
            TopicRules.requireLine("type", type);
        }
    }

    /**
     * An event that a snapshot may have.
     *
     * @throws IllegalArgumentException that names the value and what is expected
     */
    public NewEvent(String topic, @Nullable String type, Bytes data) {
        this(topic, type, data, false);
    }

    /**
     * An event of text, which may have several lines.
     *
     * @throws IllegalArgumentException that names the value and what is expected
     */
    public NewEvent(String topic, @Nullable String type, String data) {
        this(topic, type, data, false);
    }

    /**
     * The same.
     *
     * @param forget whether it is the topic's last event
     * @throws IllegalArgumentException that names the value and what is expected
     */
    public NewEvent(String topic, @Nullable String type, String data, boolean forget) {
        this(topic, type, utf8(data), forget);
    }

    private static Bytes utf8(String data) {
        TopicRules.requireUnicode("data", data);
        return Bytes.of(data);
    }

    /** The size of the data in bytes. */
    public int size() {
        return data.size();
    }
}
