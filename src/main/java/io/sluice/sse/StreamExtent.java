package io.sluice.sse;

import io.sluice.log.EventId;
import io.sluice.log.Journal;
import io.sluice.stream.TopicFilter;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * From where to where a stream reaches: what HEAD tells of it. A client whose rights are limited to topics is told ids of its own events
 * only, and none that it would take long to find.
 *
 * @param first the oldest event of the history, or null
 * @param last the position of the newest event, whether it is kept or not; null if it is not found
 * @param ended whether no event comes any more
 */
record StreamExtent(@Nullable EventId first, @Nullable EventId last, boolean ended) {

    private static final String FIRST_ID = "Sluice-First-Id";
    private static final String LAST_ID = "Sluice-Last-Id";
    private static final String ENDED = "Sluice-Ended";

    /**
     * The extent of a stream.
     *
     * @param filter the topics that a limited client may see
     */
    static StreamExtent of(Journal journal, TopicFilter filter, boolean limited) {
        // Before the head: an end that is seen comes after the last event.
        boolean ended = journal.state() == Journal.State.ENDED;
        long tail = journal.tail();
        long head = journal.head();
        if (limited) {
            Search own = new Search(journal, filter, tail, head);
            return new StreamExtent(own.first(), own.last(), ended);
        }
        return new StreamExtent(tail <= head ? journal.id(tail) : null, journal.id(head), ended);
    }

    /** Puts what is known of it on the head of a response. */
    void tell(HttpServerResponse response) {
        if (first != null) {
            response.putHeader(FIRST_ID, first.toString());
        }
        if (last != null) {
            response.putHeader(LAST_ID, last.toString());
        }
        if (ended) {
            response.putHeader(ENDED, "true");
        }
    }

    /** Looks for a client's own events from both ends of the history, with the work of {@link Backlog#SHARE} at most. */
    private record Search(Journal journal, TopicFilter filter, long tail, long head) {

        private @Nullable EventId first() {
            long end = tail + looks();
            for (long position = tail; position <= head && position < end; position++) {
                if (isOwn(position)) {
                    return journal.id(position);
                }
            }
            return null;
        }

        private @Nullable EventId last() {
            if (ReplayStart.namesItsTopics(filter)) {
                long newest =
                        ReplayStart.newestPositions(journal, filter, head).max().orElse(Positions.beginning(journal));
                return journal.id(newest);
            }
            long end = head - looks();
            for (long position = head; position >= tail && position > end; position--) {
                if (isOwn(position)) {
                    return journal.id(position);
                }
            }
            // As at the opening of a client that has nothing of its own.
            return end < tail ? journal.id(Positions.beginning(journal)) : null;
        }

        /** The half of the work, in events. */
        private long looks() {
            return Backlog.SHARE / 2 / Audience.matchUnits(filter);
        }

        private boolean isOwn(long position) {
            Journal.Entry entry = journal.read(position);
            return entry != null && filter.matches(entry.event().topic());
        }
    }
}
