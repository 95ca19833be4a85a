package io.sluice.sse;

import io.sluice.log.EventId;
import io.sluice.log.Journal;
import io.sluice.log.Resumption;
import io.sluice.log.Resumption.Ahead;
import io.sluice.log.Resumption.Gap;
import io.sluice.log.Resumption.Resumed;
import io.sluice.log.Resumption.Unknown;
import io.sluice.stream.ResumeResult;
import io.sluice.stream.TopicFilter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a subscription.
 *
 * @param lastIdSent the position that the client knows then, or {@link Subscription#NOTHING}
 * @param cursor from which position on it reads, and what
 * @param resumes whether the client goes on where it was: after an id, or from a time on
 */
record StartPosition(long lastIdSent, Cursor cursor, boolean resumes) {

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
            ReplayStart replay = new ReplayStart(journal, request.filter(), positions);
            return new StartPosition(
                    Subscription.NOTHING,
                    replay.cursor(request.beginning()),
                    request.beginning().since() != null);
        }
        Cursor.Waiting waiting = lag.isZero() ? null : new Cursor.Waiting(id, now + lag.toMillis());
        return after(
                journal,
                request.filter(),
                positions,
                id,
                waiting,
                request.manner().isRated());
    }

    /**
     * Just after the last event that the client has seen, or with a gap.
     *
     * @param positions that the client may know
     * @param waiting until when the subscription waits if this node has not read that event yet; null to tell a gap instead
     * @param isRated whether the client misses nothing if it gets the newest event of each topic
     */
    static StartPosition after(
            Journal journal,
            TopicFilter filter,
            Positions positions,
            String lastEventId,
            Cursor.@Nullable Waiting waiting,
            boolean isRated) {
        EventId id = EventId.parse(lastEventId);
        Resumption next = id == null ? new Unknown(journal.tail() - 1) : journal.resume(id);
        if (next instanceof Resumed) {
            return new StartPosition(next.position(), Cursor.after(next.position()), true);
        }
        boolean knowsTheEnd = Positions.END.equals(id);
        if (knowsTheEnd && journal.state() == Journal.State.ENDED) {
            return new StartPosition(Subscription.NOTHING, Cursor.after(journal.head()), true);
        }
        boolean isAhead = next instanceof Ahead;
        // Another node may know the stream already, or its end.
        boolean mayBeMade = id != null && next instanceof Unknown && journal.isUnborn();
        if (waiting != null && (isAhead || mayBeMade || knowsTheEnd)) {
            Cursor cursor = Cursor.waitingFor(isAhead ? next.position() : journal.head() + 1, waiting);
            return new StartPosition(Subscription.NOTHING, cursor, true);
        }
        Hole hole = next instanceof Gap gap ? Hole.of(journal, gap) : Hole.beforeAll(journal);
        boolean missesNothing = hole.isComplete() || (isRated && Hole.isPassedOver(journal, filter, next));
        if (next instanceof Gap gap && missesNothing) {
            return new StartPosition(gap.after(), Cursor.crossing(hole, null), true);
        }
        Cursor.UntoldGap gap = new Cursor.UntoldGap(
                echo(lastEventId), Subscription.NOTHING, isRated ? null : hole.lost(), positions.gapDue(hole.start()));
        return new StartPosition(Subscription.NOTHING, Cursor.crossing(hole, gap), true);
    }

    /**
     * What the client is told that comes back; null if it does not come back, or that is not known yet.
     *
     * @param filter of the subscription: who gets a part of the stream is never told how many events of the part are lost
     */
    @Nullable
    ResumeResult result(TopicFilter filter) {
        if (!resumes || cursor.waiting() != null) {
            return null;
        }
        Cursor.UntoldGap gap = cursor.untoldGap();
        if (gap == null) {
            return ResumeResult.EXACT;
        }
        return gap.lost() != null && filter.isAll() ? ResumeResult.GAP : ResumeResult.UNKNOWN;
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

    /** The text that the client sent, if it is printable and not much longer than an id may be. */
    private static @Nullable String echo(String lastEventId) {
        boolean printable = lastEventId.chars().allMatch(c -> c > ' ' && c < 0x7f);
        return printable && lastEventId.length() <= MAX_ECHO ? lastEventId : null;
    }
}
