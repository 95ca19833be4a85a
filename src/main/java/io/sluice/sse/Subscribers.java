package io.sluice.sse;

import io.sluice.stream.CloseReason;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an application asks of the subscriptions of a handler: to be told of them, and to end some. Any thread. */
final class Subscribers {

    private static final Logger LOG = LoggerFactory.getLogger(Subscribers.class);

    private volatile @Nullable SubscriptionListener listener;
    private volatile Revocation last = Revocation.first();

    /** Has a listener told of each subscription that opens from now on. */
    void listen(SubscriptionListener told) {
        listener = told;
    }

    /** The subscription opened. If nobody listens, it costs no object. */
    void opened(Subscription subscription) {
        SubscriptionListener told = listener;
        if (told != null) {
            Subscriber subscriber = Subscriber.of(subscription);
            subscription.subscriber = subscriber;
            tell(told, listening -> listening.opened(subscriber));
        }
    }

    /** The subscription closed. */
    void closed(Subscription subscription, CloseReason reason) {
        SubscriptionListener told = listener;
        Subscriber subscriber = subscription.subscriber;
        if (told != null && subscriber != null) {
            tell(told, listening -> listening.closed(subscriber, reason));
        }
    }

    private static void tell(SubscriptionListener told, Consumer<SubscriptionListener> call) {
        try {
            call.accept(told);
        } catch (RuntimeException | Error e) {
            LOG.warn("a listener of subscriptions failed", e);
        }
    }

    /** The newest revocation. A request keeps it from before its rights are asked for until it opens. */
    Revocation lastRevocation() {
        return last;
    }

    /** Adds a revocation, before the open subscriptions are looked at. */
    synchronized Revocation revoke(Predicate<Subscriber> whom, CloseReason reason) {
        Revocation added = new Revocation(whom, reason);
        last.followedBy(added);
        last = added;
        return added;
    }
}
