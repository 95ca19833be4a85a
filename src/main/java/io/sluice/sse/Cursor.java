package io.sluice.sse;

import io.sluice.log.Journal;
import io.sluice.stream.TopicFilter;
import org.jspecify.annotations.Nullable;

/**
 * The position of a subscription that is behind, and what it does there. A few numbers, whatever the client asks for and
 * however slow it is.
 *
 * <pre>
 *    waiting      for the journal to reach the client's id: the position is above the journal's head
 *       |
 *    searching    backwards, for where the newest n events begin that pass the filter
 *       |
 *    snapshot     forwards, up to an end: the newest event of each topic
 *       |
 *    reading      forwards: every event
 * </pre>
 *
 * <p>A cursor begins in one of these states, and leaves them in this order. Event loop only.
 */
final class Cursor {

    private long position;
    private @Nullable Waiting waiting;
    private int wanted;
    private @Nullable Snapshot snapshot;

    /** An id that the journal has not reached, and when to stop waiting for it, in milliseconds of the hub's clock. */
    record Waiting(String lastEventId, long until) {}

    /** A part of the journal of which only the newest event of each topic is read. */
    private static final class Snapshot {

        /** The last position of the part. */
        private final long end;

        /** If the client was lapped and reads a snapshot instead: its gap, until the client is told. */
        private @Nullable UntoldGap gap;

        /** If the client was lapped: how many events of the part it has been promised and not been sent. */
        private long owed;

        private final boolean lapped;

        private Snapshot(long end, @Nullable UntoldGap gap, long owed) {
            this.end = end;
            this.gap = gap;
            this.owed = owed;
            this.lapped = gap != null;
        }
    }

    /**
     * A gap that is told with the position of the event that follows it.
     *
     * @param after the position of the last event before the gap
     * @param lost how many events are missing, or null if it cannot be known
     */
    record UntoldGap(long after, @Nullable Long lost) {}

    private Cursor(long position) {
        this.position = position;
    }

    /** Reads every event after a position. */
    static Cursor after(long position) {
        return new Cursor(position);
    }

    /** Waits for the journal to reach a position. */
    static Cursor waitingFor(long position, Waiting waiting) {
        Cursor cursor = new Cursor(position);
        cursor.waiting = waiting;
        return cursor;
    }

    /** Searches for the newest {@code wanted} events up to a position, and reads every event from there. */
    static Cursor searchingFrom(long position, int wanted) {
        Cursor cursor = new Cursor(position);
        cursor.wanted = wanted;
        return cursor;
    }

    /** Reads the newest event of each topic after a position and up to {@code end}, then every event. */
    static Cursor snapshot(long position, long end) {
        Cursor cursor = new Cursor(Math.min(position, end));
        cursor.snapshot = new Snapshot(end, null, 0);
        cursor.leaveSnapshotAtItsEnd();
        return cursor;
    }

    /** Searching: nothing after it is unsearched. Otherwise: everything up to it was written that is to be written. */
    long position() {
        return position;
    }

    /** The position that the client may resume from; {@link Subscription#NOTHING} if there is none yet. */
    long resumable() {
        if (waiting != null || wanted > 0) {
            return Subscription.NOTHING;
        }
        return snapshot != null && snapshot.gap != null ? snapshot.gap.after : position;
    }

    @Nullable
    Waiting waiting() {
        return waiting;
    }

    boolean isSnapshot() {
        return snapshot != null;
    }

    /** Whether it reads a snapshot because the client was lapped, and not because the client asked for one. */
    boolean isConflating() {
        return snapshot != null && snapshot.lapped;
    }

    boolean isSearching() {
        return wanted > 0;
    }

    /** Whether it has left all states but reading. */
    boolean isReading() {
        return waiting == null && wanted == 0 && snapshot == null;
    }

    /** Whether there may be something to do up to a position. */
    boolean isBefore(long until) {
        return wanted > 0 || isGapDue() || (waiting == null && position < until);
    }

    /** Whether a snapshot has come to its end without an event to tell the gap with. */
    boolean isGapDue() {
        return snapshot != null && snapshot.gap != null && position >= snapshot.end;
    }

    /** Looks at one event, and moves before it. */
    void searchOne(Journal journal, TopicFilter filter) {
        Journal.Entry entry = position < journal.tail() ? null : journal.read(position);
        if (entry == null) {
            // The oldest kept event is found, or was evicted meanwhile: there are no more.
            wanted = 0;
            return;
        }
        position--;
        if (filter.matches(entry.event().topic())) {
            wanted--;
        }
    }

    /** Whether an entry is among those to write, apart from the filter. */
    boolean selects(Journal.Entry entry) {
        return snapshot == null || entry.isNewestUpTo(snapshot.end);
    }

    /** Moves behind the next event. */
    void advance(boolean written) {
        position++;
        if (snapshot != null && written) {
            snapshot.owed--;
        }
        leaveSnapshotAtItsEnd();
    }

    /** Moves to a position, past events that are no longer kept. A snapshot that begins further on is left. */
    void skipTo(long next) {
        position = snapshot == null ? next : Math.min(next, snapshot.end);
        leaveSnapshotAtItsEnd();
    }

    /** The client is told of a gap up to a position, and reads every event after it. */
    void gapTold(long next) {
        position = next;
        snapshot = null;
    }

    /** Takes the gap that is to be told before anything else is written; null if there is none. */
    @Nullable
    UntoldGap takeUntoldGap() {
        if (snapshot == null) {
            return null;
        }
        UntoldGap gap = snapshot.gap;
        snapshot.gap = null;
        leaveSnapshotAtItsEnd();
        return gap;
    }

    /**
     * The client was lapped, and reads a snapshot of what is kept in place of all of it. Whatever an earlier such snapshot
     * still owed it is lost as well.
     *
     * @return false if the journal has not said yet what it keeps since it evicted the cursor's next event: try again later
     */
    boolean conflate(Journal journal) {
        Journal.Contents kept = journal.contents();
        if (kept.tail() <= position + 1) {
            return false;
        }
        Snapshot earlier = snapshot;
        long after = resumable();
        long from = after;
        long owed = 0;
        if (earlier != null && earlier.gap == null) {
            from = earlier.end;
            owed = earlier.owed;
        }
        Long count = journal.count(from, kept.head());
        Long lost = count == null ? null : (Long) (count + owed - kept.topics());
        position = kept.tail() - 1;
        snapshot = new Snapshot(kept.head(), new UntoldGap(after, lost), kept.topics());
        return true;
    }

    @Override
    public String toString() {
        String state =
                waiting != null ? "waiting" : wanted > 0 ? "searching" : snapshot != null ? "snapshot" : "reading";
        return position + " " + state;
    }

    private void leaveSnapshotAtItsEnd() {
        if (snapshot != null && position >= snapshot.end && snapshot.gap == null) {
            snapshot = null;
        }
    }
}
