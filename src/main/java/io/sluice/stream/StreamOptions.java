package io.sluice.stream;

import static io.sluice.log.InvalidOptionException.require;

import io.sluice.log.History;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.NewEvent;
import io.sluice.log.RecentKeys;
import io.sluice.log.TopicRules;
import java.time.Duration;
import java.util.List;

/**
 * The behaviour of a stream. Start from {@link #DEFAULT}.
 *
 * @param addresses the bus addresses whose messages the stream takes; default none
 * @param history how much is kept; default {@link History#DEFAULT}
 * @param idempotency how long an idempotency key is remembered, 0 for not at all; default 5 minutes
 */
public record StreamOptions(List<String> addresses, History history, Duration idempotency) {

    /** No address, and the default of everything else. */
    public static final StreamOptions DEFAULT = new StreamOptions(List.of(), History.DEFAULT, RecentKeys.DEFAULT_AGE);

    /** @throws InvalidOptionException that names the option, the value and what is expected */
    public StreamOptions {
        addresses = List.copyOf(addresses);
        for (int i = 0; i < addresses.size(); i++) {
            String option = "addresses[" + i + "]";
            requireAddress(option, addresses.get(i));
            require(addresses.indexOf(addresses.get(i)) == i, option, quoted(addresses.get(i)), "each once");
        }
        require(!idempotency.isNegative(), "idempotency", idempotency, "0 or more");
    }

    public StreamOptions withAddresses(String... taken) {
        return new StreamOptions(List.of(taken), history, idempotency);
    }

    public StreamOptions withHistory(History kept) {
        return new StreamOptions(addresses, kept, idempotency);
    }

    public StreamOptions withIdempotency(Duration remembered) {
        return new StreamOptions(addresses, history, remembered);
    }

    private static void requireAddress(String option, String address) {
        try {
            new NewEvent(address, null, "");
        } catch (IllegalArgumentException e) {
            throw new InvalidOptionException(
                    option,
                    quoted(address),
                    "a bus address of 1 to 255 characters, without control characters, * and >, since it is the topic of what comes from it");
        }
    }

    private static String quoted(String address) {
        return '"' + TopicRules.visible(address) + '"';
    }
}
