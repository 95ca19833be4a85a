package io.sluice.bench;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.concurrent.TimeUnit;

/**
 * Publishes messages to each of many subscribers, in turn, evenly over the second: in a stream of its own, or in a topic of its own of
 * one stream. Its node is measured, and costs the same in both cases until the bus has the message.
 */
public final class TurnProducer extends VerticleBase {

    private static final String STREAMS = "sluice";
    private static final String EVENTS = "sluice.events";
    private static final int SIZE = 100;
    private static final int TICK_MILLIS = 5;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final EpochClock clock = new EpochClock();
    private boolean named;
    private int subscribers;
    private int perSecond;
    private long began;
    private long published;

    @Override
    public Future<?> start() {
        named = config().getBoolean("named");
        subscribers = config().getInteger("subscribers");
        // To all of them.
        perSecond = subscribers * config().getInteger("perSecond");
        began = clock.now();
        vertx.setPeriodic(TICK_MILLIS, timer -> publishWhatIsDue());
        return Future.succeededFuture();
    }

    private void publishWhatIsDue() {
        long now = clock.now();
        // After a pause it goes on at twice its speed at most, for which the bus has room.
        int most = 2 * Math.max(1, perSecond * TICK_MILLIS / 1000);
        for (int i = 0; i < most && dueAt(published) <= now; i++) {
            long turn = published / subscribers;
            publish((int) (published % subscribers), Message.of(dueAt(published), 1 + turn, SIZE));
            published++;
        }
    }

    private long dueAt(long message) {
        return began + message * SECOND / perSecond;
    }

    private void publish(int subscriber, String message) {
        DeliveryOptions options = named
                ? new DeliveryOptions().addHeader("stream", "chat/" + subscriber)
                : new DeliveryOptions().addHeader("topic", String.valueOf(subscriber));
        vertx.eventBus().send(named ? STREAMS : EVENTS, message, options);
    }
}
