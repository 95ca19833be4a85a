package io.sluice.log;

import static io.sluice.log.InvalidOptionException.require;

import java.time.Duration;

/**
 * The rules that the streams of a template share.
 *
 * @param history how much is kept of each stream
 * @param idempotency how long a batch's key is remembered; 0 for not at all
 * @param idle the time after which a stream goes that has no event and no subscriber; more than 0
 * @param keep the time after which a stream goes that has ended; more than 0
 * @param max the most streams, 1 or more
 * @param createByPublish whether the first publish makes a stream; otherwise only {@link TemplateLog#create} does
 */
public record TemplateRules(
        History history, Duration idempotency, Duration idle, Duration keep, int max, boolean createByPublish) {

    private static final Duration MAX_TIME = Duration.ofDays(365);

    /** @throws InvalidOptionException that names the option, the value and what is expected */
    public TemplateRules {
        require(!idempotency.isNegative(), "idempotency", idempotency, "0 or more");
        requireTime("idle", idle);
        requireTime("keep", keep);
        require(max >= 1, "max", max, "1 or more");
    }

    private static void requireTime(String option, Duration time) {
        require(time.toMillis() >= 1 && time.compareTo(MAX_TIME) <= 0, option, time, "1 ms to 365 days");
    }
}
