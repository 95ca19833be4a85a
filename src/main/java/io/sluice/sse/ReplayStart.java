package io.sluice.sse;

import io.sluice.log.Journal;
import io.sluice.stream.TopicFilter;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Where a client without an id begins: at a time, or with some of the kept events. If that reaches back to events that are no longer
 * kept, it begins with a gap.
 *
 * @param positions that the client may know
 */
record ReplayStart(Journal journal, TopicFilter filter, Positions positions) {

    /** From which position on the client reads, and what. */
    Cursor cursor(Beginning beginning) {
        // Read once: later events are read after these.
        long head = journal.head();
        Instant since = beginning.since();
        if (since != null) {
            return since(since, head);
        }
        return switch (beginning.replay().kind()) {
            case NONE -> positions.standingAt(head);
            case ALL -> all();
            case SNAPSHOT -> snapshot(head);
            case NEWEST -> newest(beginning.replay().count(), head);
        };
    }

    /** A time that is still to come is now. */
    private Cursor since(Instant since, long head) {
        if (since.isAfter(Instant.now())) {
            return positions.standingAt(head);
        }
        // Before what was dropped: what is dropped meanwhile is behind it.
        Hole hole = Hole.upTo(journal.tail() - 1, null);
        return journal.hasDropped(since)
                ? Cursor.crossing(hole, gap(positions, hole.start(), hole.lost()))
                : positions.skippingFrom(hole.end(), since, head);
    }

    private Cursor all() {
        long before = journal.tail() - 1;
        long beginning = Positions.beginning(journal, before);
        if (before == beginning) {
            return Cursor.after(before);
        }
        Hole hole = Hole.upTo(before, journal.count(beginning, before));
        return Cursor.crossing(hole, gap(positions, hole.start(), hole.lost()));
    }

    /** The newest event of each topic, those that are kept beyond the history too. */
    private Cursor snapshot(long head) {
        Hole hole = Hole.beforeAll(journal);
        long first = namesItsTopics(filter)
                ? newestPositions(journal, filter, head).min().orElse(head + 1)
                : hole.start() + 1;
        Cursor.UntoldGap gap = lacksTopics(hole.end()) ? gap(positions, first - 1, null) : null;
        return Cursor.snapshot(first - 1, hole.end(), head, gap);
    }

    /** Whether topics are missing in a snapshot that are not left out for their number. */
    private boolean lacksTopics(long beforeHistory) {
        return journal.lacking() > Positions.beginning(journal, beforeHistory) && !hasAllTopics(journal, filter);
    }

    private Cursor newest(int count, long head) {
        if (filter.isAll()) {
            return Cursor.after(Math.max(journal.tail() - 1, head - count));
        }
        if (count == 1 && namesItsTopics(filter)) {
            long tail = journal.tail();
            long last = newestPositions(journal, filter, head)
                    .filter(position -> position >= tail)
                    .max()
                    .orElse(head + 1);
            return Cursor.after(last - 1);
        }
        return Cursor.searchingFrom(head, count);
    }

    /** The gap of a client that had nothing, up to a position. */
    static Cursor.UntoldGap gap(Positions positions, long position, @Nullable Long lost) {
        return new Cursor.UntoldGap(null, Subscription.NOTHING, lost, positions.gapDue(position));
    }

    /** Whether the filter names its topics, and the newest event of each is kept. */
    static boolean hasAllTopics(Journal journal, TopicFilter filter) {
        return namesItsTopics(filter) && filter.exactTopics().stream().allMatch(topic -> journal.newest(topic) != null);
    }

    static boolean namesItsTopics(TopicFilter filter) {
        return !filter.isAll() && !filter.hasWildcards();
    }

    /** The positions of the newest events of a filter's topics, up to {@code head}: a newer one is about to be read. */
    static LongStream newestPositions(Journal journal, TopicFilter filter, long head) {
        return filter.exactTopics().stream()
                .map(journal::newest)
                .filter(Objects::nonNull)
                .mapToLong(Journal.Entry::position)
                .filter(position -> position <= head);
    }
}
