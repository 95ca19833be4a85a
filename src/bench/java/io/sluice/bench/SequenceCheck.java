package io.sluice.bench;

import java.util.HashSet;
import java.util.Set;

/** Holds what one connection gets against the sequence that was published. Event loop only. */
final class SequenceCheck {

    /** Any number may be the first. */
    static final long ANYWHERE = -1;

    private static final int KEPT = 100; // of the numbers that are missing, to know them if they come after all

    private final Tally tally;
    private final Set<Long> holes = new HashSet<>(0);
    private long last;

    /** Of a sequence that goes on after {@code last}, or from {@link #ANYWHERE}. */
    SequenceCheck(long last, Tally tally) {
        this.last = last;
        this.tally = tally;
    }

    void take(long n) {
        if (n == last + 1 || last == ANYWHERE) {
            last = n;
        } else if (n > last) {
            skip(n);
        } else if (holes.remove(n)) {
            tally.missing--;
            tally.disordered++;
        } else {
            tally.duplicates++;
        }
    }

    /** Nothing more is to come, and {@code n} was the last. */
    void end(long n) {
        if (n > last) {
            skip(n + 1);
        }
    }

    private void skip(long n) {
        tally.missing += n - last - 1;
        for (long hole = last + 1; hole < n && holes.size() < KEPT; hole++) {
            holes.add(hole);
        }
        last = n;
    }
}
