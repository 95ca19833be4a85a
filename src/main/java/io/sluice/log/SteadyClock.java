package io.sluice.log;

import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock for ages: it begins with the system's time, and then goes on evenly, whatever the system's clock is set to. The ages of
 * events and keys go by it. The time that an event carries is the system's.
 */
public final class SteadyClock implements InstantSource {

    /** The clock of this process. */
    public static final SteadyClock INSTANCE = new SteadyClock();

    private final Instant begin = Instant.now();
    private final long beginNanos = System.nanoTime();

    private SteadyClock() {}

    @Override
    public Instant instant() {
        return begin.plusNanos(System.nanoTime() - beginNanos);
    }
}
