package io.sluice.sse;

/**
 * How one client with a rate is served while it reads alone: up to which position it may read now, and when it was written to last.
 * Event loop only.
 */
final class Pace {

    final RatedGroup group;

    /** Whether it comes back for what it has missed: that is conflated. A replay that it asks for is not. */
    private final boolean resumes;

    // It may read up to here before the group's next turn.
    private long end;

    // Of the clock of RateTimer.
    private long wroteAt;
    private boolean parked;

    Pace(RatedGroup group, boolean resumes) {
        this.group = group;
        this.resumes = resumes;
    }

    boolean resumes() {
        return resumes;
    }

    /** The position up to which it may read now. */
    long end() {
        return end;
    }

    /** Has it read what the client asked for, or has missed, up to a position. */
    void begin(Cursor cursor, long upTo) {
        end = upTo;
        if (resumes) {
            cursor.conflateUpTo(upTo);
        }
    }

    /** Has it read the newest event of each topic, up to a position. */
    void conflate(Cursor cursor, long upTo) {
        end = upTo;
        cursor.conflateUpTo(upTo);
    }

    /** It is written to now. */
    void writes() {
        wroteAt = group.now();
    }

    void wroteAt(long time) {
        wroteAt = time;
    }

    long wroteAt() {
        return wroteAt;
    }

    /** Whether it waits in its group for the group's turn. */
    boolean isParked() {
        return parked;
    }

    void park(boolean waits) {
        parked = waits;
    }
}
