package io.sluice.sse;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.log.EventId;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a poll, as it is collected:
 *
 * <pre>{@code
 * {"stream":"chat/42","events":[...],"last":"k3f9a2-7","gap":null,"ended":false}
 * }</pre>
 *
 * <p>Event loop only.
 */
final class PollAnswer {

    /** The bytes of the events of one answer. A single larger event is an answer. */
    static final int MAX_BYTES = 1024 * 1024;

    private static final List<byte[]> NONE = List.of();

    private final String stream;
    private final @Nullable String lastEventId;
    private final int limit;

    // Shared with the journal; and their bytes, with a comma for each.
    private List<byte[]> events = NONE;
    private int bytes;
    private @Nullable JsonObject gap;

    /**
     * Begins an answer without events.
     *
     * @param stream the full name
     * @param lastEventId what the client came with, or null
     * @param limit the most events
     */
    PollAnswer(String stream, @Nullable String lastEventId, int limit) {
        this.stream = stream;
        this.lastEventId = lastEventId;
        this.limit = limit;
    }

    /** Whether it has neither an event nor a gap. */
    boolean isEmpty() {
        return events.isEmpty() && gap == null;
    }

    int bytes() {
        return bytes;
    }

    /** Whether an event of so many bytes has a place in it, behind some blocks that are still to be added. */
    boolean takes(FrameBatch blocks, int size) {
        int count = events.size() + blocks.events();
        long length = (long) bytes + blocks.length() + blocks.events() + size;
        return count == 0 || (count < limit && length <= MAX_BYTES);
    }

    /** Adds the events of a batch. */
    void add(FrameBatch blocks) {
        if (blocks.events() == 0) {
            return;
        }
        if (events.isEmpty()) {
            events = new ArrayList<>(blocks.events());
        }
        blocks.addTo(events);
        bytes += blocks.length() + blocks.events();
    }

    /** The client has missed something before the first of the events. */
    void tellGap(JsonObject missed) {
        gap = missed;
    }

    /**
     * The whole answer.
     *
     * @param last where the client's next poll goes on; null for where this one began
     */
    byte[] json(@Nullable EventId last, boolean ended) {
        String next = last == null ? lastEventId : last.toString();
        byte[] head = ("{\"stream\":" + Json.encode(stream) + ",\"events\":[").getBytes(UTF_8);
        byte[] tail = ("],\"last\":" + Json.encode(next) + ",\"gap\":" + Json.encode(gap) + ",\"ended\":" + ended + "}")
                .getBytes(UTF_8);
        ByteArrayOutputStream json = new ByteArrayOutputStream(head.length + bytes + tail.length);
        json.writeBytes(head);
        for (int i = 0; i < events.size(); i++) {
            if (i > 0) {
                json.write(',');
            }
            json.writeBytes(events.get(i));
        }
        json.writeBytes(tail);
        return json.toByteArray();
    }

    /** Lets go of the events. */
    void clear() {
        events = NONE;
        bytes = 0;
    }
}
