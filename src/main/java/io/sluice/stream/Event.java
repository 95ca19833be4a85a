package io.sluice.stream;

import io.netty.buffer.ByteBufUtil;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a stream is a sequence of: an immutable value.
 *
 * @param id its place in the stream
 * @param time when the log appended it
 * @param topic what it is about
 * @param type the name that a browser listens for, or null for {@code message}
 * @param data one text, usually JSON
 */
public record Event(
        EventId id, Instant time, String topic, @Nullable String type, String data) {

    /** The event that a publication becomes when a log appends it. */
    public static Event of(EventId id, Instant time, Publication publication) {
        return new Event(id, time, publication.topic(), publication.type(), publication.data());
    }

    /** The size of the data in bytes of UTF-8. */
    public int size() {
        return ByteBufUtil.utf8Bytes(data);
    }
}
