package io.sluice.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A {@link NewEvent} that a log has appended. An immutable value.
 *
 * @param id its place in the stream
 * @param time when the log appended it
 * @param topic the subject, as the producer named it
 * @param type as the producer named it, or null
 * @param data any bytes, usually JSON
 * @param forget whether it leaves nothing behind of its topic: see {@link NewEvent}
 */
public record Event(
        EventId id, Instant time, String topic, @Nullable String type, Bytes data, boolean forget) {

    /** About the size of what an encoded event has besides id, type and data. */
    private static final int ENVELOPE = "id: \ndata: \n\n".length();

    /** The event that a new event becomes when a log appends it. */
    public static Event of(EventId id, Instant time, NewEvent event) {
        return new Event(id, time, event.topic(), event.type(), event.data(), event.forget());
    }

    /** The number of its id: 1 and up. */
    public long n() {
        return id.n();
    }

    /** The same event; its data is a part of an array. */
    Event withDataIn(byte[] array, int from) {
        return new Event(id, time, topic, type, Bytes.slice(array, from, data.size()), forget);
    }

    /** About its size as it is sent, in bytes: what counts for {@link History#bytes} until it is encoded. */
    int size() {
        return ENVELOPE + id.toString().length() + (type == null ? 0 : type.length() + 8) + data.size();
    }
}
