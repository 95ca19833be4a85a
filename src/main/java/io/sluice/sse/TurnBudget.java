package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long one turn of the event loop may work before it lets others run: 5 ms. It looks at the clock each time that {@value
 * #LOOK_EVERY} units of work are done. A unit is what takes some ten nanoseconds: an event read, or a pattern compared. Event loop
 * only.
 */
final class TurnBudget {

    private static final int LOOK_EVERY = 64;
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final FastThreadLocal<TurnBudget> OPENINGS = new FastThreadLocal<>();

    private final LongSupplier nanoTime;
    private final long deadline;
    private int sinceLook;
    private boolean spent;

    TurnBudget(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.deadline = nanoTime.getAsLong() + NANOS;
    }

    /**
     * The budget for all subscriptions that open in this turn of the event loop, of whatever stream. One read of a connection may
     * have hundreds of requests, and a loop reads from many connections before it runs its tasks.
     */
    static TurnBudget forOpenings(EventExecutor loop, LongSupplier nanoTime) {
        TurnBudget known = OPENINGS.get();
        if (known != null) {
            return known;
        }
        TurnBudget budget = new TurnBudget(nanoTime);
        try {
            // The loop runs its tasks when it has read.
            loop.execute(OPENINGS::remove);
            OPENINGS.set(budget);
        } catch (RejectedExecutionException e) {
            // The loop ends, and takes no further requests.
            budget.spent = true;
        }
        return budget;
    }

    /** Counts units of work that are done. Returns whether the turn is to end. */
    boolean spend(int units) {
        sinceLook += units;
        if (sinceLook >= LOOK_EVERY) {
            sinceLook = 0;
            look();
        }
        return spent;
    }

    /** Looks at the clock, unless it has said already that the turn is to end. */
    boolean isSpent() {
        if (!spent) {
            look();
        }
        return spent;
    }

    private void look() {
        spent |= nanoTime.getAsLong() - deadline > 0;
    }
}
