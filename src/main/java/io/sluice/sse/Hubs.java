package io.sluice.sse;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The hubs of a handler: one for each event loop that it serves, made when the loop's first request comes. Any thread. */
final class Hubs {

    private final StreamSource source;
    private final SseOptions options;
    private final SubscriptionLimits limits;
    private final Subscribers subscribers;
    private final LongSupplier nanoTime;
    private final Map<EventLoop, Hub> byLoop = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Hubs(
            StreamSource source,
            SseOptions options,
            SubscriptionLimits limits,
            Subscribers subscribers,
            LongSupplier nanoTime) {
        this.source = source;
        this.options = options;
        this.limits = limits;
        this.subscribers = subscribers;
        this.nanoTime = nanoTime;
    }

    /** The hub of an event loop. */
    Hub of(EventLoop loop) {
        Hub known = byLoop.get(loop);
        if (known != null) {
            return known;
        }
        Hub hub = new Hub(loop, options, source.lag(), limits, source.listener(), subscribers, nanoTime);
        Hub first = byLoop.putIfAbsent(loop, hub);
        if (first != null) {
            return first;
        }
        if (closed) {
            // The hub came after close(): its clients are told at once.
            close(hub, Duration.ZERO);
        }
        return hub;
    }

    /** Ends every subscription, one after the other over a time; completes when each client's socket has its end, or is gone. */
    Future<Void> close(Duration over) {
        closed = true;
        return Future.join(byLoop.values().stream().map(hub -> close(hub, over)).toList())
                .mapEmpty();
    }

    /** Ends the subscriptions that a revocation is for; completes with their number. */
    Future<Integer> end(Revocation revocation) {
        List<Future<Integer>> ends =
                byLoop.values().stream().map(hub -> end(hub, revocation)).toList();
        return Future.join(ends)
                .map(all -> ends.stream().mapToInt(Future::result).sum());
    }

    private static Future<Integer> end(Hub hub, Revocation revocation) {
        return Future.future(ended -> hub.execute(() -> hub.end(revocation).onComplete(ended)));
    }

    private static Future<Void> close(Hub hub, Duration over) {
        Promise<Void> done = Promise.promise();
        hub.execute(() -> hub.close(over).onComplete(done));
        return done.future();
    }
}
