package io.sluice.stream;

import io.sluice.log.TopicRules;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages of one address that were dropped: one log line at the first, one with their number when it is over. An address whose
 * messages are good and bad in turns has two lines in 10 s at most.
 */
final class Drops {

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger LOG = LoggerFactory.getLogger(Drops.class);

    private final String owner;
    private final String address;
    private final LongSupplier nanos;
    private long warnedAt;
    private boolean warned;
    private long dropped;

    /** @param nanos the clock, as {@link System#nanoTime} */
    Drops(String owner, String address, LongSupplier nanos) {
        this.owner = owner;
        this.address = address;
        this.nanos = nanos;
        this.warnedAt = nanos.getAsLong() - PAUSE_NANOS;
    }

    void drop(Throwable why) {
        dropped++;
        long now = nanos.getAsLong();
        if (!warned && now - warnedAt >= PAUSE_NANOS) {
            warned = true;
            warnedAt = now;
            String reason = TopicRules.visible(String.valueOf(why.getMessage()));
            LOG.warn("{}: dropping messages published to {}: {}", owner, address, reason);
        }
    }

    /** A message was taken. */
    void over() {
        if (warned) {
            LOG.info("{}: taking messages from {} again, after dropping {}", owner, address, dropped);
            warned = false;
            dropped = 0;
        }
    }
}
