package io.sluice.log;

import io.sluice.log.Journal.Entry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest event of each topic, as a journal has it: in the history, and beyond it. For a node whose log does not have the older of
 * them any more.
 *
 * <p>On the thread of the journal's writer only.
 */
public final class LatestEvents {

    /** The most entries of the history that a page looks at. */
    private static final int MAX_SCANNED = 10_000;

    /** About the size of an event besides its topic, type and data. */
    private static final int EVENT_BYTES = 40;

    private final Journal journal;

    /**
     * Some of the events.
     *
     * @param events oldest first
     * @param end the number up to which these are all
     */
    public record Page(List<Event> events, long end) {

        public Page {
            events = List.copyOf(events);
        }
    }

    LatestEvents(Journal journal) {
        this.journal = journal;
    }

    /** The id of the newest event that the journal has: the events are the newest of their topics up to it. */
    public EventId last() {
        return journal.id(journal.head());
    }

    /** The number up to which the newest events of topics may be missing; 0 if none is. */
    public long lacking() {
        return Math.max(0, journal.lacking() - journal.timeline.position(0));
    }

    /**
     * Reads events behind a number, and up to another one. A topic that is {@linkplain NewEvent#forget forgotten} has none.
     *
     * @param bytes about the most bytes; there is one event at least, if there are any
     */
    public Page page(long after, long upTo, int bytes) {
        Timeline timeline = journal.timeline;
        long position = timeline.position(after);
        long end = Math.min(journal.head(), timeline.position(upTo));
        List<Event> events = new ArrayList<>();
        int left = bytes;
        for (int scanned = 0; position < end && left > 0 && scanned < MAX_SCANNED; scanned++) {
            Entry next = next(position);
            position = next == null ? end : Math.min(end, next.position());
            if (next != null && next.position() <= end && isLatest(next)) {
                events.add(next.event());
                left -= size(next.event());
            }
        }
        return new Page(events, position >= end ? upTo : after + position - timeline.position(after));
    }

    /** The next entry: those that are kept beyond the history are older than it. */
    private @Nullable Entry next(long position) {
        Entry beyond = journal.latestAfter(position);
        if (beyond != null && beyond.position() < journal.tail()) {
            return beyond;
        }
        long next = Math.max(position + 1, journal.tail());
        return next <= journal.head() ? journal.read(next) : null;
    }

    private boolean isLatest(Entry entry) {
        return !entry.event().forget() && entry.isNewestUpTo(journal.head());
    }

    private static int size(Event event) {
        return event.size() + event.topic().length() + EVENT_BYTES;
    }
}
