package io.sluice.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long things took in the last 8 to 12 seconds. Three counts of 4 s each take turns; each has {@value #STEPS} steps for each power of 2
 * of nanoseconds, so that a quantile is right to some 6 %. A record costs a clock and a count, and no memory. Any thread.
 */
final class RecentLatency {

    private static final int STEPS_LOG = 3;
    private static final int STEPS = 1 << STEPS_LOG;
    private static final int COUNTS = Long.SIZE * STEPS;
    private static final int SLOTS = 3;
    private static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(4);
    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final long begin;
    private final AtomicLongArray[] slots = new AtomicLongArray[SLOTS];

    /** The newest slot, counted from the beginning. */
    private volatile long newest;

    /** @param nanoTime the clock, as {@link System#nanoTime} */
    RecentLatency(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.begin = nanoTime.getAsLong();
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new AtomicLongArray(COUNTS);
        }
    }

    /** Something took so long, 0 or more. */
    void record(long nanos) {
        slots[(int) (turn() % SLOTS)].incrementAndGet(step(nanos));
    }

    /** The slot of now. Those that it has passed over since are empty. */
    private long turn() {
        long now = (nanoTime.getAsLong() - begin) / SLOT_NANOS;
        if (now > newest) {
            clear(now);
        }
        return now;
    }

    private synchronized void clear(long now) {
        for (long turn = Math.max(newest, now - SLOTS) + 1; turn <= now; turn++) {
            AtomicLongArray counts = slots[(int) (turn % SLOTS)];
            for (int step = 0; step < COUNTS; step++) {
                counts.set(step, 0);
            }
        }
        newest = Math.max(newest, now);
    }

    /** The median and the 99th percentile, in seconds; null if there is nothing. */
    StreamSnapshot.@Nullable Latency quantiles() {
        turn();
        long[] counts = new long[COUNTS];
        long all = 0;
        for (AtomicLongArray slot : slots) {
            for (int step = 0; step < COUNTS; step++) {
                counts[step] += slot.get(step);
                all += slot.get(step);
            }
        }
        return all == 0 ? null : new StreamSnapshot.Latency(quantile(counts, all, 0.5), quantile(counts, all, 0.99));
    }

    private static double quantile(long[] counts, long all, double part) {
        long below = 0;
        int step = -1;
        while (step < COUNTS - 1 && below < part * all) {
            step++;
            below += counts[step];
        }
        return middle(step) / SECOND;
    }

    private static int step(long nanos) {
        if (nanos < STEPS) {
            return (int) nanos;
        }
        int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
        int within = (int) (nanos >> (power - STEPS_LOG)) & (STEPS - 1);
        return (power - STEPS_LOG + 1) * STEPS + within;
    }

    /** The middle of a step, in nanoseconds. */
    private static double middle(int step) {
        if (step < STEPS) {
            return step;
        }
        int power = step / STEPS + STEPS_LOG - 1;
        double width = Math.scalb(1.0, power - STEPS_LOG);
        return (STEPS + step % STEPS + 0.5) * width;
    }
}
