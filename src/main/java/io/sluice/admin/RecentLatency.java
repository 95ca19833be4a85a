package io.sluice.admin;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long something has taken of late, as a histogram: eight buckets for each power of two, so that a value is known to an eighth. Any
 * thread; it allocates nothing while it counts.
 *
 * <pre>
 *    | window 7 | window 8 | window 6 |       of 5 s each; one that comes round again is emptied first.
 *       before      now      forgotten        Read are the one that is filled now, and the one before.
 * </pre>
 */
final class RecentLatency {

    private static final long WINDOW = TimeUnit.SECONDS.toNanos(5);
    private static final int WINDOWS = 3;
    private static final int PART_BITS = 3;
    private static final int PARTS = 1 << PART_BITS;

    /** About 1 microsecond, and 68 s. What is less or more counts as that. */
    private static final int MIN_POWER = 10;

    private static final int MAX_POWER = 36;
    private static final int BUCKETS = (MAX_POWER - MIN_POWER) * PARTS;
    private static final double NANOS = 1e9;

    private final LongSupplier nanoTime;
    private final long origin;
    private final AtomicLongArray[] windows = new AtomicLongArray[WINDOWS];

    /** Which window of time each one holds; guarded by this when it changes. */
    private final AtomicLongArray held = new AtomicLongArray(WINDOWS);

    RecentLatency(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.origin = nanoTime.getAsLong();
        for (int i = 0; i < WINDOWS; i++) {
            windows[i] = new AtomicLongArray(BUCKETS);
        }
    }

    void record(long nanos) {
        long now = window();
        int slot = (int) (now % WINDOWS);
        if (held.get(slot) != now) {
            begin(slot, now);
        }
        windows[slot].incrementAndGet(bucket(nanos));
    }

    private long window() {
        // From 1 on: 0 is a window that never was.
        return (nanoTime.getAsLong() - origin) / WINDOW + 1;
    }

    private synchronized void begin(int slot, long now) {
        if (held.get(slot) == now) {
            return;
        }
        for (int i = 0; i < BUCKETS; i++) {
            windows[slot].set(i, 0);
        }
        held.set(slot, now);
    }

    /** The median and the highest but one in a hundred, of the last 5 to 10 s; null if there was nothing. */
    NodeReport.@Nullable Latency read() {
        long now = window();
        long[] counts = new long[BUCKETS];
        long all = 0;
        for (int slot = 0; slot < WINDOWS; slot++) {
            if (held.get(slot) >= Math.max(now - 1, 1)) {
                for (int i = 0; i < BUCKETS; i++) {
                    long count = windows[slot].get(i);
                    counts[i] += count;
                    all += count;
                }
            }
        }
        return all == 0 ? null : new NodeReport.Latency(quantile(counts, all, 0.5), quantile(counts, all, 0.99));
    }

    private static double quantile(long[] counts, long all, double share) {
        long rank = Math.max((long) Math.ceil(all * share), 1);
        int bucket = 0;
        for (long seen = counts[0]; seen < rank; seen += counts[bucket]) {
            bucket++;
        }
        return middle(bucket);
    }

    private static int bucket(long nanos) {
        int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(nanos, 1));
        if (power < MIN_POWER) {
            return 0;
        }
        if (power >= MAX_POWER) {
            return BUCKETS - 1;
        }
        int part = (int) (nanos >>> (power - PART_BITS)) & (PARTS - 1);
        return (power - MIN_POWER) * PARTS + part;
    }

    /** The middle of a bucket, in seconds. */
    private static double middle(int bucket) {
        long power = 1L << (MIN_POWER + bucket / PARTS);
        return (power + (bucket % PARTS + 0.5) * power / PARTS) / NANOS;
    }
}
