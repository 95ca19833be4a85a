package io.sluice.sse;

import io.vertx.core.Promise;

/** The end of a hub: how many there were here and at the node as it began, and how many have been told when to come back. */
final class Drain {

    final Promise<Void> done = Promise.promise();
    private final int count;
    private final int held;
    private int told;

    Drain(int count, int held) {
        this.count = count;
        this.held = held;
    }

    /** When the next one is to come back: a slot of its own, in milliseconds; any for whoever came later. */
    long retryMillis(long base) {
        return told < count ? RetrySlots.of(told++, count, base, held) : RetrySlots.any(base, held);
    }
}
