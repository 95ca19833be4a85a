package io.sluice.cli;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long a client waits before it tries again: longer each time, and never less than the server has asked for. */
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(15);

    private Duration next = FIRST;

    /** It has worked. */
    void reset() {
        next = FIRST;
    }

    /** The next wait, half of which is by chance: many clients do not come back at once. */
    Duration after(Duration asked) {
        long millis = next.toMillis();
        next = next.multipliedBy(2).compareTo(LONGEST) < 0 ? next.multipliedBy(2) : LONGEST;
        Duration own =
                Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
        return own.compareTo(asked) < 0 ? asked : own;
    }
}
