package io.sluice.sse;

import io.sluice.stream.CloseReason;
import io.sluice.stream.TopicFilter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What clients of tests ask for. */
final class Wishes {

    private Wishes() {}

    /** A wish that ends after a lifetime, 0 for never. */
    static SubscriptionRequest lasting(
            Duration lifetime, TopicFilter filter, @Nullable String lastEventId, Replay replay, String address) {
        long endsAt = lifetime.isZero() ? Long.MAX_VALUE : SubscriptionTimers.now() + lifetime.toMillis();
        return new SubscriptionRequest(
                filter,
                false,
                new Beginning(lastEventId, null, replay),
                Manner.Streaming.PLAIN,
                address,
                null,
                endsAt,
                CloseReason.LIFETIME,
                Revocation.first());
    }

    /** A wish to begin somewhere, that never ends. */
    static SubscriptionRequest beginning(Beginning beginning, TopicFilter filter, boolean limited) {
        return new SubscriptionRequest(
                filter,
                limited,
                beginning,
                Manner.Streaming.PLAIN,
                "",
                null,
                Long.MAX_VALUE,
                CloseReason.LIFETIME,
                Revocation.first());
    }

    /** A wish of a client that may not see more than its topics, and that never ends. */
    static SubscriptionRequest limited(TopicFilter filter, @Nullable String lastEventId, Replay replay) {
        return beginning(new Beginning(lastEventId, null, replay), filter, true);
    }

    /** A wish for the newest event of each topic, an interval after the last ones, in nanoseconds; 0 for each event as it comes. */
    static SubscriptionRequest rated(TopicFilter filter, long interval, Duration lifetime, Beginning beginning) {
        return rated(filter, interval, lifetime, beginning, false);
    }

    /** The same, perhaps of a client that may not see more than its topics. */
    static SubscriptionRequest rated(
            TopicFilter filter, long interval, Duration lifetime, Beginning beginning, boolean limited) {
        return new SubscriptionRequest(
                filter,
                limited,
                beginning,
                new Manner.Streaming(Framing.PLAIN, interval, true, false),
                "",
                null,
                lifetime.isZero() ? Long.MAX_VALUE : SubscriptionTimers.now() + lifetime.toMillis(),
                CloseReason.LIFETIME,
                Revocation.first());
    }
}
