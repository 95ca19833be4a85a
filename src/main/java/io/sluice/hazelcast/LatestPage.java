package io.sluice.hazelcast;

import io.sluice.log.BufferReader;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.LatestEvents;
import io.sluice.log.NewEvent;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the newest events of topics, as they go from node to node.
 *
 * <pre>
 *   question   long after, long upTo
 *   answer     nothing, if the node has none; one byte, if it may have them soon; otherwise
 *              id last, long lacking, long end, int events; each: id, long time, event
 *   id         text epoch, long n
 * </pre>
 *
 * @param last the id of the newest event that the other node has
 * @param lacking the number up to which the other node may lack topics
 * @param events oldest first
 * @param end the number up to which these are all
 */
record LatestPage(EventId last, long lacking, List<Event> events, long end) {

    /** About the most bytes of events. */
    private static final int BYTES = 128 << 10;

    /** The answer of a node that has nothing. */
    static final Buffer NOTHING = Buffer.buffer();

    /** The answer of a node that may have them soon. */
    static final Buffer LATER = Buffer.buffer(new byte[1]);

    LatestPage {
        events = List.copyOf(events);
    }

    /** Asks for the events behind a number, and up to another one. */
    static Buffer question(long after, long upTo) {
        return Buffer.buffer().appendLong(after).appendLong(upTo);
    }

    /** Answers a question from what this node has. */
    static Buffer answer(LatestEvents latest, Buffer question) {
        BufferReader in = new BufferReader(question);
        long after = in.nextLong();
        long upTo = in.nextLong();
        return latest.last().n() < upTo ? LATER : of(latest, after, upTo).encode();
    }

    /** Reads a page of what this node has. */
    static LatestPage of(LatestEvents latest, long after, long upTo) {
        LatestEvents.Page page = latest.page(after, upTo, BYTES);
        return new LatestPage(latest.last(), latest.lacking(), page.events(), page.end());
    }

    private Buffer encode() {
        Buffer bytes = appendId(Buffer.buffer(), last)
                .appendLong(lacking)
                .appendLong(end)
                .appendInt(events.size());
        for (Event event : events) {
            appendId(bytes, event.id()).appendLong(event.time().toEpochMilli());
            BufferReader.appendEvent(bytes, new NewEvent(event.topic(), event.type(), event.data(), event.forget()));
        }
        return bytes;
    }

    private static Buffer appendId(Buffer bytes, EventId id) {
        return BufferReader.appendText(bytes, id.epoch()).appendLong(id.n());
    }

    /** Reads an answer: a page, or null if the other node has none now. */
    static @Nullable LatestPage read(Buffer answer) {
        if (answer.length() <= LATER.length()) {
            return null;
        }
        BufferReader in = new BufferReader(answer);
        EventId last = nextId(in);
        long lacking = in.nextLong();
        long end = in.nextLong();
        List<Event> events = new ArrayList<>();
        for (int left = in.nextInt(); left > 0; left--) {
            EventId id = nextId(in);
            events.add(Event.of(id, Instant.ofEpochMilli(in.nextLong()), in.nextEvent()));
        }
        return new LatestPage(last, lacking, events, end);
    }

    private static EventId nextId(BufferReader in) {
        return new EventId(in.nextText(), in.nextLong());
    }
}
