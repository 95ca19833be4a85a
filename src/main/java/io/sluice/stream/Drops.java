package io.sluice.stream;

import io.sluice.log.TopicRules;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages of one address that were dropped: one line in the log at the first, then one a minute with the number of those that
 * followed. A line says when that is over: at once if the log was away, which a message that is taken shows; after a minute without such
 * messages if they are no events, since whoever sends them may go on beside others.
 */
final class Drops {

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final Logger LOG = LoggerFactory.getLogger(Drops.class);

    private final String owner;
    private final String address;
    private final LongSupplier nanos;
    private long saidAt;
    private boolean isOn;
    private boolean areNoEvents;
    private long dropped;
    private long unsaid;
    private String reason = "";

    /** @param nanos the clock, as {@link System#nanoTime} */
    Drops(String owner, String address, LongSupplier nanos) {
        this.owner = owner;
        this.address = address;
        this.nanos = nanos;
        this.saidAt = nanos.getAsLong() - PAUSE_NANOS;
    }

    void drop(Throwable why) {
        dropped++;
        unsaid++;
        areNoEvents = PublishFailure.of(why) != PublishFailure.NOT_TAKEN
                && PublishFailure.of(why) != PublishFailure.OUTCOME_UNKNOWN;
        reason = TopicRules.visible(String.valueOf(why.getMessage()));
        if (isOn) {
            sayHowMany();
        } else if (silence() >= PAUSE_NANOS) {
            isOn = true;
            said();
            LOG.warn("{}: dropping messages published to {}: {}", owner, address, reason);
        }
    }

    /** A message was taken. */
    void over() {
        if (!isOn) {
            return;
        }
        sayHowMany();
        if (!areNoEvents || silence() >= MINUTE_NANOS) {
            LOG.info("{}: taking messages from {} again, after dropping {}", owner, address, dropped);
            isOn = false;
            dropped = 0;
            unsaid = 0;
        }
    }

    private void sayHowMany() {
        if (unsaid > 0 && silence() >= MINUTE_NANOS) {
            LOG.warn("{}: {} more messages published to {} were dropped, the last: {}", owner, unsaid, address, reason);
            said();
        }
    }

    private long silence() {
        return nanos.getAsLong() - saidAt;
    }

    private void said() {
        saidAt = nanos.getAsLong();
        unsaid = 0;
    }
}
