package io.sluice.sse;

import io.sluice.stream.CloseReason;
import io.sluice.stream.TopicFilter;
import io.vertx.ext.auth.User;
import org.jspecify.annotations.Nullable;

/**
 * A client's wish for a subscription, and the end of it.
 *
 * @param filter the topics
 * @param limited whether the client may not see more than these: it gets positions of its own events only
 * @param beginning where it begins
 * @param manner how it gets its events
 * @param address of the client, for the limit of subscriptions per address
 * @param user whom the application knows the client for, or null
 * @param endsAt when the subscription ends, in milliseconds of {@link SubscriptionTimers#now()}; {@link Long#MAX_VALUE} for
 *     never
 * @param endReason what the client is told then
 * @param revocation the last one before the client's rights were asked for
 */
record SubscriptionRequest(
        TopicFilter filter,
        boolean limited,
        Beginning beginning,
        Manner manner,
        String address,
        @Nullable User user,
        long endsAt,
        CloseReason endReason,
        Revocation revocation) {

    SubscriptionRequest {
        if (filter.isNone()) {
            throw new IllegalArgumentException("a subscription to no topic: expected one that gets something");
        }
    }

    /** What the application sees of the subscription that it is to become. */
    Subscriber asSubscriber(long id, String stream) {
        return new Subscriber(id, stream, filter, address, user);
    }
}
