package io.sluice.sse;

import io.sluice.log.Journal;
import io.sluice.stream.TopicFilter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The position of a subscription that is behind, and what it does there. A few numbers, whatever the client asks for and
 * however slow it is.
 *
 * <pre>
 *    waiting      for the journal to reach the client's id: the position is above the journal's head
 *       |
 *    skipping     forwards, up to an end: events that are older than a time
 *       |
 *    searching    backwards, for where the newest n events begin that pass the filter;
 *       |         or locating: for the newest one, to come back from there
 *    snapshot     forwards, up to an end: the newest event of each topic
 *       |
 *    reading      forwards: every event
 * </pre>
 *
 * <p>A cursor begins in one of these states, and leaves them in this order. Where the history has dropped events, as the client knows, it
 * crosses the {@link Hole}: it reads what is kept there beyond the history. Event loop only.
 */
final class Cursor {

    private long position;
    private @Nullable Waiting waiting;
    private @Nullable Skip skip;
    private int wanted;
    private @Nullable Snapshot snapshot;

    /** The end of the hole that it crosses, or that it has crossed last; and what the journal had forgotten as it began. */
    private long holeEnd = Subscription.NOTHING;

    private long forgotten;

    /** How many events that are left in the hole the client is promised, and has not come to; 0 if that is not known. */
    private int owedInHole;

    /** Up to here, of a client with a rate, only the newest event of each topic is read. */
    private long conflatedEnd = Subscription.NOTHING;

    /** If it is locating: where it comes back to. */
    private long standing = Subscription.NOTHING;

    /** Until the client is told. */
    private @Nullable UntoldGap gap;

    /** An id that the journal has not reached, and when to stop waiting for it, in milliseconds of the hub's clock. */
    record Waiting(String lastEventId, long until) {}

    /**
     * A part of the journal of which nothing is read that is older than a time.
     *
     * @param end the last position of the part
     * @param locates whether it looks for the newest event of the client's own then, of those that are older
     */
    private record Skip(Instant since, long end, boolean locates) {}

    /** A part of the journal of which only the newest event of each topic is read. */
    private static final class Snapshot {

        /** The last position of the part. */
        private final long end;

        /** If the client was lapped: how many events of the part it has been promised and not been sent. */
        private long owed;

        /** Whether the client was lapped, and reads a snapshot instead. */
        private final boolean lapped;

        private Snapshot(long end, long owed, boolean lapped) {
            this.end = end;
            this.owed = owed;
            this.lapped = lapped;
        }
    }

    /**
     * A gap that is told just before the event that follows it, or without one if there is none.
     *
     * @param after what the client had, as it is told
     * @param position from which the client may resume until it is told; {@link Subscription#NOTHING} for the id that it came with
     * @param lost how many events are missing, or null if it cannot be known
     * @param due the position at which it is told without an event
     */
    record UntoldGap(
            @Nullable String after, long position, @Nullable Long lost, long due) {

        /** Where there is nothing to read any more. */
        static final long AT_HEAD = Long.MAX_VALUE;
    }

    private Cursor(long position) {
        this.position = position;
    }

    /** Reads every event after a position. */
    static Cursor after(long position) {
        return new Cursor(position);
    }

    /** Tells a gap, if there is one, and reads what is left in a hole, and every event after it. */
    static Cursor crossing(Hole hole, @Nullable UntoldGap gap) {
        Cursor cursor = new Cursor(hole.start());
        cursor.holeEnd = hole.end();
        cursor.forgotten = hole.forgotten();
        cursor.owedInHole = hole.owed();
        cursor.gap = gap;
        return cursor;
    }

    /** Waits for the journal to reach a position. */
    static Cursor waitingFor(long position, Waiting waiting) {
        Cursor cursor = new Cursor(position);
        cursor.waiting = waiting;
        return cursor;
    }

    /** Passes over events that are older than a time, after a position and up to {@code end}, and reads every event from there. */
    static Cursor skipping(long position, Instant since, long end) {
        return skipping(position, new Skip(since, end, false));
    }

    /** The same, and it looks for the newest event before those that it reads. */
    static Cursor skippingAndLocating(long position, Instant since, long end) {
        return skipping(position, new Skip(since, end, true));
    }

    private static Cursor skipping(long position, Skip skip) {
        Cursor cursor = new Cursor(position);
        cursor.skip = skip;
        return cursor;
    }

    /** Searches for the newest {@code wanted} events up to a position, and reads every event from there. */
    static Cursor searchingFrom(long position, int wanted) {
        Cursor cursor = new Cursor(position);
        cursor.wanted = wanted;
        return cursor;
    }

    /** Looks for the newest event up to a position, and reads every event after that position. */
    static Cursor locating(long position) {
        Cursor cursor = searchingFrom(position, 1);
        cursor.standing = position;
        return cursor;
    }

    /**
     * Tells a gap, if there is one, and reads the newest event of each topic after a position and up to {@code end}, then every event.
     *
     * @param holeEnd the last position before the history
     */
    static Cursor snapshot(long position, long holeEnd, long end, @Nullable UntoldGap gap) {
        Cursor cursor = new Cursor(Math.min(position, end));
        cursor.holeEnd = Math.min(holeEnd, end);
        cursor.gap = gap;
        cursor.snapshot = new Snapshot(end, 0, false);
        cursor.leaveSnapshotAtItsEnd();
        return cursor;
    }

    /** Searching: nothing after it is unsearched. Otherwise: everything up to it was written that is to be written. */
    long position() {
        return position;
    }

    /** The position that the client may resume from; {@link Subscription#NOTHING} if there is none yet. */
    long resumable() {
        if (waiting != null || skip != null || wanted > 0) {
            return Subscription.NOTHING;
        }
        return gap != null ? gap.position : position;
    }

    @Nullable
    Waiting waiting() {
        return waiting;
    }

    /** The gap that it tells before anything else, or null. */
    @Nullable
    UntoldGap untoldGap() {
        return gap;
    }

    boolean isSnapshot() {
        return snapshot != null;
    }

    /** Whether it reads a snapshot because the client was lapped, and not because the client asked for one. */
    boolean isConflating() {
        return snapshot != null && snapshot.lapped;
    }

    /** Passes over each event that has a successor up to a position. */
    void conflateUpTo(long end) {
        conflatedEnd = end;
    }

    /** Whether it passes over events because the client wants them at a rate. */
    boolean isRated() {
        return position < conflatedEnd;
    }

    boolean isSkipping() {
        return skip != null;
    }

    boolean isSearching() {
        return wanted > 0;
    }

    boolean isLocating() {
        return standing != Subscription.NOTHING;
    }

    /** Whether it has left all states but reading, and has no gap to tell. */
    boolean isReading() {
        return waiting == null && skip == null && wanted == 0 && snapshot == null && gap == null;
    }

    /** Whether there may be something to do up to a position. */
    boolean isBefore(long until) {
        return skip != null || wanted > 0 || isGapDue(until) || (waiting == null && position < until);
    }

    /** Whether a gap is to be told now, without an event, to a client that reads up to a position. */
    boolean isGapDue(long until) {
        return gap != null && position >= (gap.due == UntoldGap.AT_HEAD ? until : gap.due);
    }

    /** Looks at one event, and moves behind it if it is older than the client wants. Returns false if it is no longer kept. */
    boolean skipOne(Journal journal) {
        Skip skipped = skip;
        if (skipped == null) {
            return true;
        }
        if (position >= skipped.end) {
            stopSkipping(skipped);
            return true;
        }
        Journal.Entry entry = journal.read(position + 1);
        if (entry == null) {
            return false;
        }
        if (entry.event().time().isBefore(skipped.since)) {
            position++;
        } else {
            stopSkipping(skipped);
        }
        return true;
    }

    private void stopSkipping(Skip skipped) {
        skip = null;
        if (skipped.locates) {
            standing = position;
            wanted = 1;
        }
    }

    /** Whether the journal may have dropped an event that it is skipping to. */
    boolean hasDroppedWanted(Journal journal) {
        return skip != null && journal.hasDropped(skip.since);
    }

    /** Looks at one event, and moves before it. Returns whether it passes. */
    boolean searchOne(Journal journal, TopicFilter filter) {
        Journal.Entry entry = position < journal.tail() ? null : journal.read(position);
        if (entry == null) {
            // The oldest kept event is found, or was evicted meanwhile: there are no more.
            wanted = 0;
            return false;
        }
        position--;
        boolean found = filter.matches(entry.event().topic());
        wanted -= found ? 1 : 0;
        return found;
    }

    /** Has located what it looked for, or not: it reads on from where it stands. */
    void comeBack() {
        position = standing;
        standing = Subscription.NOTHING;
        wanted = 0;
    }

    /** Whether the events before the next one in the history are gone, as the client knows, but for those that are kept beyond it. */
    boolean isInHole() {
        return position < holeEnd || (owedInHole > 0 && position == holeEnd);
    }

    /** Whether the log itself went back, and the hole is none any more. */
    boolean hasLostHole(Journal journal) {
        return position < holeEnd && !Hole.isBehind(journal, position);
    }

    /** The next event that is left in the hole, or null. */
    Journal.@Nullable Entry leftInHole(Journal journal) {
        Journal.Entry next = journal.latestAfter(position);
        return next == null || next.position() > holeEnd ? null : next;
    }

    /** Whether an event is gone that was left as the hole began, unless the client has only asked for what is kept. */
    boolean isForgotten(Journal journal) {
        long now = journal.forgotten();
        boolean promised = snapshot == null || snapshot.lapped;
        return promised && now > forgotten && now > position && now <= holeEnd;
    }

    /**
     * How many events have got a successor since they were promised as left in the hole: known at its end. A client with a rate gets the
     * successors.
     */
    int superseded(Journal.@Nullable Entry left) {
        return left == null && !isRated() ? owedInHole : 0;
    }

    /** The hole from the next event on that is left in it. */
    Hole restOfHole(Journal journal, Journal.@Nullable Entry left) {
        return new Hole(left == null ? holeEnd : left.position() - 1, holeEnd, null, null, journal.forgotten());
    }

    /** Moves to just before an event that is left in the hole, or out of the hole. */
    void moveInHole(Journal.@Nullable Entry left) {
        position = left == null ? holeEnd : left.position() - 1;
        owedInHole = left == null ? 0 : Math.max(0, owedInHole - 1);
        leaveSnapshotAtItsEnd();
    }

    /** Whether an entry is among those to write, apart from the filter. A client that asks for a snapshot has nothing to forget. */
    boolean selects(Journal.Entry entry) {
        return isKept(entry) && entry.isNewestUpTo(conflatedEnd);
    }

    private boolean isKept(Journal.Entry entry) {
        return snapshot == null
                || (entry.isNewestUpTo(snapshot.end)
                        && (snapshot.lapped || !entry.event().forget()));
    }

    /** Moves behind the next event. */
    void advance(boolean written) {
        position++;
        if (snapshot != null && written) {
            snapshot.owed--;
        }
        leaveSnapshotAtItsEnd();
    }

    /**
     * Crosses a hole that the client need not be told of. A snapshot that ends within it is left there.
     *
     * @param promised whether the client is to get all that is left in it
     */
    void cross(Hole hole, boolean promised) {
        long end = snapshot == null ? hole.end() : Math.min(hole.end(), snapshot.end);
        position = Math.min(hole.start(), end);
        holeEnd = end;
        forgotten = hole.forgotten();
        owedInHole = promised ? hole.owed() : 0;
        leaveSnapshotAtItsEnd();
    }

    /** The client is to be told of a gap, and crosses the hole. A gap that is untold becomes longer. */
    void missed(Hole hole, UntoldGap missed) {
        position = hole.start();
        holeEnd = hole.end();
        forgotten = hole.forgotten();
        owedInHole = hole.owed();
        skip = null;
        snapshot = null;
        gap = gap == null ? missed : new UntoldGap(gap.after, gap.position, missed.lost, missed.due);
    }

    /** Takes the gap that is to be told before anything else is written; null if there is none. */
    @Nullable
    UntoldGap takeUntoldGap() {
        UntoldGap untold = gap;
        gap = null;
        leaveSnapshotAtItsEnd();
        return untold;
    }

    /**
     * The client was lapped, and reads a snapshot of what is kept in place of all of it. Whatever an earlier such snapshot
     * still owed it is lost as well.
     *
     * @param hole what is no longer in the history
     * @param had the position that the client has had, as it knows it
     * @param positions that it may know
     * @return false if the journal has not said yet what it keeps since it evicted the cursor's next event: try again later
     */
    boolean conflate(Journal journal, Hole hole, long had, Positions positions) {
        Journal.Contents kept = journal.contents();
        if (kept.tail() <= position + 1) {
            return false;
        }
        Snapshot earlier = snapshot;
        long after = resumable();
        long from = after;
        long owed = 0;
        if (earlier != null && gap == null) {
            from = earlier.end;
            owed = earlier.owed;
        }
        Long count = journal.count(from, kept.head());
        Integer left = hole.left();
        long promised = (left == null ? 0L : left) + kept.topics();
        Long lost = count == null || left == null ? null : (Long) Math.max(0, count + owed - promised);
        position = Math.min(hole.start(), kept.tail() - 1);
        holeEnd = kept.tail() - 1;
        forgotten = hole.forgotten();
        // The snapshot says what is owed.
        owedInHole = 0;
        snapshot = new Snapshot(kept.head(), promised, true);
        String known = gap == null ? journal.id(had).toString() : gap.after;
        gap = new UntoldGap(known, after, lost, positions.gapDue(kept.head()));
        return true;
    }

    @Override
    public String toString() {
        String state = waiting != null
                ? "waiting"
                : skip != null ? "skipping" : wanted > 0 ? "searching" : snapshot != null ? "snapshot" : "reading";
        return position + " " + state;
    }

    private void leaveSnapshotAtItsEnd() {
        boolean endsWithoutGap = gap == null || gap.due == UntoldGap.AT_HEAD;
        if (snapshot != null && position >= snapshot.end && endsWithoutGap) {
            snapshot = null;
        }
    }
}
