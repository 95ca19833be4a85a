package io.sluice.testing.client;

import java.util.HashSet;
import java.util.Set;

/** Holds numbers against a sequence: in order, each once, and none missing. One thread. */
public final class SequenceCheck {

    /** Any number may be the first. */
    public static final long ANYWHERE = -1;

    /** Takes what is wrong. */
    public interface Faults {

        /** No number between these two has come. */
        void missing(long after, long before);

        /** A number that was missing has come after a higher one. */
        void late(long n, long last);

        /** A number has come twice. */
        void again(long n, long last);
    }

    // The most missing numbers that are remembered, to tell them from repetitions.
    private static final int KEPT = 100;

    private final Faults faults;
    private final Set<Long> holes = new HashSet<>(0);
    private long last;

    /** Expects the number after {@code last} first, or {@link #ANYWHERE} any. */
    public SequenceCheck(long last, Faults faults) {
        this.last = last;
        this.faults = faults;
    }

    public void take(long n) {
        if (n == last + 1 || last == ANYWHERE) {
            last = n;
        } else if (n > last) {
            skip(n);
        } else if (holes.remove(n)) {
            faults.late(n, last);
        } else {
            faults.again(n, last);
        }
    }

    /** Nothing more is to come, and {@code n} was the last. */
    public void end(long n) {
        if (n > last) {
            skip(n + 1);
        }
    }

    /** Expects the number after {@code n} next. Numbers before it are no fault. */
    void goTo(long n) {
        last = n;
        holes.clear();
    }

    long last() {
        return last;
    }

    private void skip(long n) {
        for (long hole = last + 1; hole < n && holes.size() < KEPT; hole++) {
            holes.add(hole);
        }
        long before = last;
        last = n;
        faults.missing(before, n);
    }
}
