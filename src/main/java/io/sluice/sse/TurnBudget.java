package io.sluice.sse;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long one turn of the event loop may work before it lets others run: 5 ms. Looks at the clock after every {@value
 * #LOOK_EVERY} pieces of work, so that a piece may be as small as one event read. Event loop only.
 */
final class TurnBudget {

    private static final int LOOK_EVERY = 64;
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final LongSupplier nanoTime;
    private final long deadline;
    private int done;

    TurnBudget(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.deadline = nanoTime.getAsLong() + NANOS;
    }

    /** Counts a piece of work that is done. Returns whether the turn is to end. */
    boolean spend() {
        return ++done % LOOK_EVERY == 0 && isSpent();
    }

    boolean isSpent() {
        return nanoTime.getAsLong() - deadline > 0;
    }
}
