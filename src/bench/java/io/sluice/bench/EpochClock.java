package io.sluice.bench;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Nanoseconds since 1970 that never go back. */
final class EpochClock {

    private final long offset;

    EpochClock() {
        Instant now = Instant.now();
        offset = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - System.nanoTime();
    }

    long now() {
        return System.nanoTime() + offset;
    }
}
