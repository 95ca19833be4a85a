package io.sluice.sse;

import io.sluice.log.Journal;
import io.sluice.log.Resumption;
import io.sluice.log.Resumption.Gap;
import io.sluice.stream.TopicFilter;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream's state for the clients of one filter: of the events after a position and up to an end, the newest of each topic.
 *
 * <pre>
 *    journal   | a1 | b1 | a2 | c1 | a3 | b2 |     the state from 0 to 6: c1, a3, b2
 *              0                             6
 *           position                        end
 * </pre>
 *
 * <p>It passes over an event that has a successor up to the end. If the filter names its topics it asks for the newest event of each,
 * and reads no others.
 *
 * <p><b>Lapped.</b> Events that left the history before it came to them are no loss as long as each topic has a newer event, or its
 * newest is kept beyond the history. If one was forgotten, or the log itself has lost its past, it is {@linkplain #isBroken broken}.
 *
 * <p>Event loop only.
 */
final class Conflation {

    private static final long NOT_LAPPED = -1;

    private final Journal journal;
    private final TopicFilter filter;
    private final boolean named;

    private long position;
    private long end;
    private boolean broken;

    /** Where it was as it was lapped, while it reads what is kept beyond the history. */
    private long lappedAt = NOT_LAPPED;

    /** If the filter names its topics: what is left of the state. */
    private @Nullable Iterator<Journal.Entry> left;

    Conflation(Journal journal, TopicFilter filter) {
        this.journal = journal;
        this.filter = filter;
        this.named = ReplayStart.namesItsTopics(filter);
    }

    /** Everything up to it was given that is of the state. */
    long position() {
        return position;
    }

    /** The last position of the state. */
    long end() {
        return end;
    }

    /** Stands at a position: all up to it is had. */
    void standAt(long had) {
        position = had;
        end = had;
    }

    /** Begins to read up to the journal's head. */
    void begin() {
        end = Math.max(position, journal.head());
        broken = false;
        lappedAt = NOT_LAPPED;
        left = null;
        if (named && position < end) {
            beginNamed();
        }
    }

    private void beginNamed() {
        if (position + 1 < journal.tail()) {
            beginLapped();
        }
        left = newest().iterator();
        if (position + 1 < journal.tail()) {
            broken |= !Hole.isPassedOver(journal, filter, journal.resume(position));
        }
    }

    /** In their order. A topic whose newest event is behind the end has that in the next state. */
    private List<Journal.Entry> newest() {
        return filter.exactTopics().stream()
                .map(journal::newest)
                .filter(Objects::nonNull)
                .filter(entry -> entry.position() > position && entry.position() <= end)
                .sorted(Comparator.comparingLong(Journal.Entry::position))
                .toList();
    }

    boolean isOver() {
        return position >= end;
    }

    /** Whether an event of the state is missing, so that a gap is to be told. */
    boolean isBroken() {
        return broken;
    }

    /** Moves on. Returns the event that it comes to, or null if that is not one of the state. */
    Journal.@Nullable Entry next() {
        Iterator<Journal.Entry> known = left;
        if (known != null) {
            return next(known);
        }
        Journal.Entry entry = journal.read(position + 1);
        if (entry == null) {
            return nextBeyond();
        }
        position++;
        return selected(entry);
    }

    private Journal.@Nullable Entry next(Iterator<Journal.Entry> known) {
        if (!known.hasNext()) {
            position = end;
            return null;
        }
        Journal.Entry entry = known.next();
        position = known.hasNext() ? entry.position() : end;
        return entry;
    }

    private Journal.@Nullable Entry selected(Journal.Entry entry) {
        return entry.isNewestUpTo(end) && filter.matches(entry.event().topic()) ? entry : null;
    }

    private Journal.@Nullable Entry nextBeyond() {
        if (lappedAt == NOT_LAPPED && !beginLapped()) {
            return null;
        }
        // Before what is kept beyond it: an event is kept there before the tail rises.
        long tail = journal.tail();
        Journal.Entry kept = journal.latestAfter(position);
        if (kept != null && kept.position() < tail && kept.position() <= end) {
            position = kept.position();
            return selected(kept);
        }
        broken |= !Hole.isPassedOver(journal, filter, journal.resume(lappedAt));
        lappedAt = NOT_LAPPED;
        position = Math.max(position, Math.min(tail - 1, end));
        return null;
    }

    /** Moves to where the log goes on behind what is had. Returns whether events are missing there. */
    private boolean beginLapped() {
        Resumption next = journal.resume(position);
        if (next instanceof Gap gap) {
            broken |= !Hole.isPassedOver(journal, filter, gap);
            position = Math.max(position, gap.after());
            lappedAt = position;
            return true;
        }
        position = Math.max(position, next.position());
        return false;
    }
}
