package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import io.sluice.stream.StreamListener;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Makes hubs without limits, to which nobody listens. */
final class UnlimitedHub {

    private UnlimitedHub() {}

    /** As {@link Hub} says. */
    static Hub on(EventExecutor loop, SseOptions options, Duration lag, LongSupplier nanoTime) {
        return new Hub(
                loop, options, lag, SubscriptionLimits.of(0, 0), new StreamListener() {}, new Subscribers(), nanoTime);
    }
}
