package io.sluice.sse;

import io.sluice.log.Journal;
import io.sluice.log.Resumption;
import io.sluice.log.Resumption.Gap;
import io.sluice.stream.TopicFilter;
import org.jspecify.annotations.Nullable;

/**
 * The events that a client has missed because they left the history. Those that are kept beyond it, as the newest of their topics, it
 * gets: {@link Journal#latestAfter}.
 *
 * @param start just before the first of these; {@code end} if there is none
 * @param end the last position that is missing: every event behind it is in the history
 * @param left how many of these there are; null if they are too many to be counted
 * @param lost how many events are missing, without these; null if it cannot be known
 * @param forgotten what {@link Journal#forgotten} said before these were looked for
 */
record Hole(
        long start,
        long end,
        @Nullable Integer left,
        @Nullable Long lost,
        long forgotten) {

    private static final int MAX_COUNTED = 1000;

    /** What lies between a client's last event and the history. */
    static Hole of(Journal journal, Gap gap) {
        long forgotten = journal.forgotten();
        int counted = journal.countLatest(gap.after(), gap.position(), MAX_COUNTED);
        Integer left = counted == MAX_COUNTED ? null : (Integer) counted;
        Long lost = left == null || gap.lost() == null ? null : (Long) Math.max(0, gap.lost() - left);
        return new Hole(start(journal, gap.after(), gap.position()), gap.position(), left, lost, forgotten);
    }

    /** All before the history, for a client of which nobody knows what it has had. */
    static Hole beforeAll(Journal journal) {
        long end = journal.tail() - 1;
        long forgotten = journal.forgotten();
        return new Hole(start(journal, Positions.beginning(journal, end), end), end, null, null, forgotten);
    }

    /** All before the history, without what is left of it. */
    static Hole upTo(long end, @Nullable Long lost) {
        return new Hole(end, end, 0, lost, 0);
    }

    private static long start(Journal journal, long after, long end) {
        Journal.Entry first = journal.latestAfter(after);
        return first == null ? end : Math.min(first.position() - 1, end);
    }

    /** Whether a position is the current log's, and behind it is a hole. */
    static boolean isBehind(Journal journal, long position) {
        return journal.resume(position) instanceof Gap gap && gap.after() == position;
    }

    /** Whether a client with a rate misses nothing: each topic has a newer event, or its newest is kept; and none was to be forgotten. */
    static boolean isPassedOver(Journal journal, TopicFilter filter, Resumption next) {
        return !(next instanceof Gap gap)
                || (gap.lost() != null
                        && (Math.max(journal.forgotten(), journal.withdrawn()) <= gap.after()
                                || ReplayStart.hasAllTopics(journal, filter)));
    }

    /** How many of those that are left a client is to get; 0 if they are too many to be counted. */
    int owed() {
        return left == null ? 0 : left;
    }

    /** Whether all of it is kept. */
    boolean isComplete() {
        return lost != null && lost == 0;
    }
}
