package io.sluice.sse;

import io.vertx.core.Promise;

/** The end of a hub: how many subscriptions the hub and the node had, and how many clients were told when to come back. */
final class Drain {

    final Promise<Void> done = Promise.promise();
    private final int count;
    private final int held;
    private int told;

    Drain(int count, int held) {
        this.count = count;
        this.held = held;
    }

    /** The time after which the next client is to come back, in milliseconds: a slot for each, any slot for later clients. */
    long retryMillis(long base) {
        return told < count ? RetrySlots.of(told++, count, base, held) : RetrySlots.any(base, held);
    }
}
