package io.sluice.sse;

import io.sluice.log.EventId;
import io.sluice.log.Journal;
import io.sluice.log.Resumption;
import io.sluice.log.Resumption.Ahead;
import io.sluice.log.Resumption.Gap;
import io.sluice.log.Resumption.Resumed;
import io.sluice.log.Resumption.Unknown;
import io.sluice.stream.TopicFilter;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a subscription.
 *
 * @param lastIdSent the position that the client knows then, or {@link Subscription#NOTHING}
 * @param cursor from which position on it reads, and what
 */
record StartPosition(long lastIdSent, Cursor cursor) {

    private static final int MAX_ECHO = 64;

    /**
     * Where a subscription begins.
     *
     * @param lag how long it waits for an id that this node has not read yet
     * @param now in milliseconds of the hub's clock
     */
    static StartPosition of(Journal journal, SubscriptionRequest request, Duration lag, long now) {
        Positions positions = Positions.of(request.limited());
        String id = request.beginning().lastEventId();
        if (id == null) {
            return replaying(
                    journal, request.filter(), positions, request.beginning().replay());
        }
        return after(journal, positions, id, lag.isZero() ? null : new Cursor.Waiting(id, now + lag.toMillis()));
    }

    /**
     * Just after the last event that the client has seen, or with a gap.
     *
     * @param positions that the client may know
     * @param waiting until when the subscription waits if this node has not read that event yet; null to tell a gap instead
     */
    static StartPosition after(
            Journal journal, Positions positions, String lastEventId, Cursor.@Nullable Waiting waiting) {
        EventId id = EventId.parse(lastEventId);
        long oldest = journal.tail() - 1;
        Resumption next = id == null ? new Unknown(oldest) : journal.resume(id);
        if (next instanceof Resumed) {
            return new StartPosition(next.position(), Cursor.after(next.position()));
        }
        boolean knowsTheEnd = Positions.END.equals(id);
        if (knowsTheEnd && journal.state() == Journal.State.ENDED) {
            return new StartPosition(Subscription.NOTHING, Cursor.after(journal.head()));
        }
        boolean isAhead = next instanceof Ahead;
        // Another node may know the stream already, or its end.
        boolean mayBeMade = id != null && next instanceof Unknown && journal.isUnborn();
        if (waiting != null && (isAhead || mayBeMade || knowsTheEnd)) {
            Cursor cursor = Cursor.waitingFor(isAhead ? next.position() : journal.head() + 1, waiting);
            return new StartPosition(Subscription.NOTHING, cursor);
        }
        long position = isAhead ? oldest : next.position();
        Long lost = next instanceof Gap gap ? gap.lost() : null;
        Cursor.UntoldGap gap =
                new Cursor.UntoldGap(echo(lastEventId), Subscription.NOTHING, lost, positions.gapDue(position));
        return new StartPosition(Subscription.NOTHING, Cursor.afterGap(position, gap));
    }

    /** Whether the stream has ended, and the client has seen its last event: exactly that, or a position behind it. */
    static boolean isAtEnd(Journal journal, TopicFilter filter, Positions positions, @Nullable String lastEventId) {
        if (lastEventId == null || journal.state() != Journal.State.ENDED) {
            return false;
        }
        EventId id = EventId.parse(lastEventId);
        return id != null
                && (id.equals(Positions.END)
                        || (journal.resume(id) instanceof Resumed resumed
                                && positions.hasAll(journal, filter, resumed.position())));
    }

    /** For a client without an id: some of the kept events. */
    private static StartPosition replaying(Journal journal, TopicFilter filter, Positions positions, Replay replay) {
        // Read once: later events are read after these.
        long head = journal.head();
        Cursor cursor =
                switch (replay.kind()) {
                    case NONE -> positions.standingAt(head);
                    case ALL -> Cursor.after(journal.tail() - 1);
                    case SNAPSHOT -> snapshot(journal, filter, head);
                    case NEWEST -> newest(journal, filter, replay.count(), head);
                };
        return new StartPosition(Subscription.NOTHING, cursor);
    }

    private static Cursor snapshot(Journal journal, TopicFilter filter, long head) {
        long first = namesItsTopics(filter)
                ? newestPositions(journal, filter, head).min().orElse(head + 1)
                : journal.tail();
        return Cursor.snapshot(first - 1, head);
    }

    private static Cursor newest(Journal journal, TopicFilter filter, int count, long head) {
        if (filter.isAll()) {
            return Cursor.after(Math.max(journal.tail() - 1, head - count));
        }
        if (count == 1 && namesItsTopics(filter)) {
            long last = newestPositions(journal, filter, head).max().orElse(head + 1);
            return Cursor.after(last - 1);
        }
        return Cursor.searchingFrom(head, count);
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

    /** The text that the client sent, if it is printable and not much longer than an id may be. */
    private static @Nullable String echo(String lastEventId) {
        boolean printable = lastEventId.chars().allMatch(c -> c > ' ' && c < 0x7f);
        return printable && lastEventId.length() <= MAX_ECHO ? lastEventId : null;
    }
}
