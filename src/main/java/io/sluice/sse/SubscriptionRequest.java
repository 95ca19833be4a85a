package io.sluice.sse;

import io.sluice.stream.CloseReason;
import io.sluice.stream.TopicFilter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client's wish for a subscription, and the end of it.
 *
 * @param filter the topics
 * @param lastEventId the id of the last event that the client has seen, as it was sent, or null
 * @param replay what the client gets first if it has no id
 * @param address of the client, for the limit of subscriptions per address
 * @param endsAt when the subscription ends, in milliseconds of {@link SubscriptionTimers#now()}; {@link Long#MAX_VALUE} for
 *     never
 * @param endReason what the client is told then
 */
record SubscriptionRequest(
        TopicFilter filter,
        @Nullable String lastEventId,
        Replay replay,
        String address,
        long endsAt,
        CloseReason endReason) {

    /** A request that ends after a lifetime, 0 for never. */
    static SubscriptionRequest lasting(
            Duration lifetime, TopicFilter filter, @Nullable String lastEventId, Replay replay, String address) {
        long endsAt = lifetime.isZero() ? Long.MAX_VALUE : SubscriptionTimers.now() + lifetime.toMillis();
        return new SubscriptionRequest(filter, lastEventId, replay, address, endsAt, CloseReason.LIFETIME);
    }
}
