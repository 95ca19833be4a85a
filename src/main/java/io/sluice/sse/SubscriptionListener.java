package io.sluice.sse;

import io.sluice.stream.CloseReason;

/**
 * Sees who reads the streams of a handler: for a log, for who is online, or to end what one user has too many of. Each method does
 * nothing unless it is overridden.
 *
 * <p>The methods are called on event loops: they must not block. What they throw is logged, and otherwise ignored.
 */
public interface SubscriptionListener {

    /** A subscription opened. */
    default void opened(Subscriber subscriber) {}

    /**
     * A subscription closed. Called once for each that opened, with the same subscriber.
     *
     * @param reason {@link CloseReason#GONE} if the client has left by itself
     */
    default void closed(Subscriber subscriber, CloseReason reason) {}
}
