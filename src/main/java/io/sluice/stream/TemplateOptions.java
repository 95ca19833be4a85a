package io.sluice.stream;

import static io.sluice.log.InvalidOptionException.require;

import io.sluice.log.History;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.RecentKeys;
import io.sluice.log.TemplateRules;
import java.time.Duration;
import java.util.List;

/**
 * The behaviour of the streams of a template. Start from {@link #DEFAULT}.
 *
 * @param addresses the bus addresses whose messages the streams take; each message names its stream in the header {@code stream};
 *     default none
 * @param history how much is kept of each stream; default {@link History#DEFAULT}
 * @param idempotency how long an idempotency key is remembered, 0 for not at all; default 5 minutes
 * @param idle the time after which a stream goes that has no event and no subscriber, 1 ms and up; default 10 minutes
 * @param keep the time after which a stream goes that has ended, 1 ms and up; default 1 hour
 * @param max the most streams at a node, 1 and up; default 10,000
 * @param create what makes a stream; default the first publish
 */
public record TemplateOptions(
        List<String> addresses,
        History history,
        Duration idempotency,
        Duration idle,
        Duration keep,
        int max,
        Create create) {

    /** What makes a stream. */
    public enum Create {
        /** The first publish, or {@link StreamTemplate#create}. */
        PUBLISH,
        /** Only {@link StreamTemplate#create}. */
        PUT
    }

    /** No address, and the default of everything else. */
    public static final TemplateOptions DEFAULT = new TemplateOptions(
            List.of(),
            History.DEFAULT,
            RecentKeys.DEFAULT_AGE,
            Duration.ofMinutes(10),
            Duration.ofHours(1),
            10_000,
            Create.PUBLISH);

    /** @throws InvalidOptionException that names the option, the value and what is expected */
    public TemplateOptions {
        addresses = List.copyOf(addresses);
        // Their rules are the same.
        new StreamOptions(addresses, history, idempotency);
        require(max >= 1, "max", max, "1 or more");
        new TemplateRules(history, idempotency, idle, keep, max, create == Create.PUBLISH);
    }

    public TemplateOptions withAddresses(String... taken) {
        return new TemplateOptions(List.of(taken), history, idempotency, idle, keep, max, create);
    }

    public TemplateOptions withHistory(History kept) {
        return new TemplateOptions(addresses, kept, idempotency, idle, keep, max, create);
    }

    public TemplateOptions withIdempotency(Duration remembered) {
        return new TemplateOptions(addresses, history, remembered, idle, keep, max, create);
    }

    public TemplateOptions withIdle(Duration time) {
        return new TemplateOptions(addresses, history, idempotency, time, keep, max, create);
    }

    public TemplateOptions withKeep(Duration time) {
        return new TemplateOptions(addresses, history, idempotency, idle, time, max, create);
    }

    public TemplateOptions withMax(int most) {
        return new TemplateOptions(addresses, history, idempotency, idle, keep, most, create);
    }

    public TemplateOptions withCreate(Create by) {
        return new TemplateOptions(addresses, history, idempotency, idle, keep, max, by);
    }

    TemplateRules rules() {
        return new TemplateRules(history, idempotency, idle, keep, max, create == Create.PUBLISH);
    }
}
