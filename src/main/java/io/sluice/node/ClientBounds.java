package io.sluice.node;

import io.sluice.sse.SubscriptionLimits;

/**
 * What bounds all clients of a node together. One for all its event loops; any thread.
 *
 * @param subscriptions how many subscriptions the node holds, and how many bytes wait for them
 * @param bodies how much memory the bodies of requests hold
 * @param connections how many connections the node holds
 * @param timers how long a connection may be silent
 */
record ClientBounds(
        SubscriptionLimits subscriptions, PendingBodies bodies, ConnectionLimits connections, ConnectionTimers timers) {

    /** The bounds that a configuration asks for, and the number of files that this process may open. */
    static ClientBounds of(NodeConfig config) {
        HttpConfig.Limits limits = config.http().limits();
        return new ClientBounds(
                SubscriptionLimits.of(
                        limits.maxSubscriptions(),
                        limits.maxPerAddress(),
                        limits.maxBehind().bytes()),
                new PendingBodies(config.publish().maxPending(), System::nanoTime),
                ConnectionLimits.of(OpenFiles.connections(limits.maxConnections(), OpenFiles.max())),
                new ConnectionTimers(config.http().timeouts()));
    }
}
