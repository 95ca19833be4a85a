package io.sluice.node;

import io.sluice.sse.SubscriptionLimits;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What bounds all clients of a node together. One for all its event loops; any thread.
 *
 * @param subscriptions how many subscriptions the node holds, and how many bytes wait for them
 * @param bodies how much memory the bodies of requests hold
 * @param connections how many connections the node holds
 * @param timers how long a connection may be silent
 * @param rates how many events each stream takes over HTTP, and each template; by name
 */
record ClientBounds(
        SubscriptionLimits subscriptions,
        PendingBodies bodies,
        ConnectionLimits connections,
        ConnectionTimers timers,
        Map<String, PublishRate> rates) {

    ClientBounds {
        rates = Collections.unmodifiableMap(new HashMap<>(rates));
    }

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
                new ConnectionTimers(config.http().timeouts()),
                rates(config));
    }

    private static Map<String, PublishRate> rates(NodeConfig config) {
        Map<String, PublishRate> rates = new HashMap<>();
        config.streams().forEach((name, stream) -> rates.put(name, rate(stream.publish())));
        config.templates().forEach((name, template) -> rates.put(name, rate(template.publish())));
        return rates;
    }

    private static PublishRate rate(PublishConfig publish) {
        return new PublishRate(publish.maxRate(), System::nanoTime);
    }

    /** How many events a stream takes, or all streams of a template together. */
    PublishRate rate(String name) {
        return Objects.requireNonNull(rates.get(name), name);
    }
}
