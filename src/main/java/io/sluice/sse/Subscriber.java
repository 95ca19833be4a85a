package io.sluice.sse;

import io.sluice.stream.TopicFilter;
import io.vertx.ext.auth.User;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who reads a stream: one open subscription. Its text names no user, because what an application knows of one may be a secret.
 *
 * @param id of the subscription, of which there is no other in this JVM
 * @param stream the full name: {@code events}, or {@code chat/42} for a stream of the template {@code chat/*}
 * @param topics what it gets: what it asks for, as far as its rights go
 * @param address of the client, or of the proxy before it
 * @param user {@code routing.user()} when its rights were known, or null
 */
public record Subscriber(
        long id,
        String stream,
        TopicFilter topics,
        String address,
        @Nullable User user) {

    static Subscriber of(Subscription subscription) {
        return new Subscriber(
                subscription.id,
                subscription.delivery.toString(),
                subscription.audience.filter,
                subscription.address,
                subscription.user);
    }

    @Override
    public String toString() {
        return "subscription " + id + " of " + stream + " from " + address;
    }
}
