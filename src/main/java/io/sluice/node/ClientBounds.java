package io.sluice.node;

import io.sluice.sse.SubscriptionLimits;

/**
 * What bounds all clients of a node together. One for all its event loops; any thread.
 *
 * @param subscriptions how many subscriptions the node holds, and how many bytes wait for them
 * @param bodies how much memory the bodies of requests hold
 */
record ClientBounds(SubscriptionLimits subscriptions, PendingBodies bodies) {

    /** The bounds that a configuration asks for. */
    static ClientBounds of(NodeConfig config) {
        HttpConfig.Limits limits = config.http().limits();
        return new ClientBounds(
                SubscriptionLimits.of(
                        limits.maxSubscriptions(),
                        limits.maxPerAddress(),
                        limits.maxBehind().bytes()),
                new PendingBodies(config.publish().maxPending(), System::nanoTime));
    }
}
