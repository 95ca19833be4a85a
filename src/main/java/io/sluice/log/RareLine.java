package io.sluice.log;

import java.util.concurrent.atomic.AtomicLong;

/** A line of the log that an attack would repeat: said once in a while, with the number of times that it was not. Any thread. */
public final class RareLine {

    private static final long PAUSE_NANOS = 10_000_000_000L;

    private final AtomicLong saidAt = new AtomicLong(System.nanoTime() - PAUSE_NANOS);
    private final AtomicLong unsaid = new AtomicLong();

    /** How many were not said before this one, or -1 if this is not to be said either. */
    public long next() {
        long now = System.nanoTime();
        long before = saidAt.get();
        if (now - before < PAUSE_NANOS || !saidAt.compareAndSet(before, now)) {
            unsaid.incrementAndGet();
            return -1;
        }
        return unsaid.getAndSet(0);
    }
}
