package io.sluice.sse;

import java.util.concurrent.ThreadLocalRandom;

/**
 * The times at which clients are asked to come back: a different one for each, so that clients that left together do not return together.
 *
 * <pre>
 *   retry = base + slot,  0 &lt;= slot &lt; window,  window = max(base / 2, 1 ms for each subscription held), at most 5 minutes
 * </pre>
 *
 * <p>So a node that ends all it holds sends its clients to the others at 1000 a second or less.
 */
final class RetrySlots {

    private static final long MILLIS_EACH = 1;
    private static final long MAX_WINDOW_MILLIS = 5 * 60 * 1000;

    private RetrySlots() {}

    static long window(long baseMillis, int held) {
        return Math.min(MAX_WINDOW_MILLIS, Math.max(baseMillis / 2, held * MILLIS_EACH));
    }

    /** For a subscription that ends alone: any slot. */
    static long any(long baseMillis, int held) {
        return baseMillis + ThreadLocalRandom.current().nextLong(window(baseMillis, held) + 1);
    }

    /** For the subscription at {@code index} of {@code count} that end together: within its part of the window. */
    static long of(int index, int count, long baseMillis, int held) {
        double place = (index + ThreadLocalRandom.current().nextDouble()) / count;
        return baseMillis + (long) (window(baseMillis, held) * place);
    }
}
