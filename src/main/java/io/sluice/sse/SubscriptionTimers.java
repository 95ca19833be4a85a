package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at each of a hub's subscriptions from time to time: ends it when its lifetime is over, gives it up when its socket is
 * dead, and breaks the silence. One timer and one {@link TimingWheel} for all of them, and none without any. Event loop only.
 */
final class SubscriptionTimers {

    private static final int LOOKS = 16; // at a socket's progress, within the time after which it counts as dead

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionTimers.class);

    private final Hub hub;
    private final EventExecutor loop;
    private final long heartbeat; // milliseconds, or 0
    private final long deadAfter; // milliseconds
    private final TimingWheel wheel = new TimingWheel(now());
    private @Nullable ScheduledFuture<?> timer;

    SubscriptionTimers(Hub hub, EventExecutor loop, SseOptions options) {
        this.hub = hub;
        this.loop = loop;
        this.heartbeat = options.heartbeat().toMillis();
        this.deadAfter = options.deadAfter().toMillis();
    }

    /** The hub's clock, in milliseconds. */
    static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** Whether there is nobody to look after, not even one whose end is on its way. */
    boolean isIdle() {
        return wheel.isEmpty();
    }

    /** Looks after a subscription until {@link #end}. */
    void begin(Subscription subscription) {
        schedule(subscription, now());
    }

    void end(Subscription subscription) {
        wheel.remove(subscription);
    }

    /** Gives a subscription up whose socket does not take its end in time. */
    void await(Subscription subscription, Future<Void> ended) {
        if (ended.isComplete()) {
            return;
        }
        add(subscription, now() + deadAfter);
        ended.onComplete(done -> hub.execute(() -> {
            wheel.remove(subscription);
            hub.rest();
        }));
    }

    /** Has everybody end, who came first first, one after the other over a time. */
    void endAll(Duration over) {
        long now = now();
        List<Subscription> leaving = new ArrayList<>();
        List<Subscription> ended = new ArrayList<>(); // whose sockets have still to take their end
        wheel.drain(subscription -> (subscription.closed ? ended : leaving).add(subscription));
        ended.forEach(subscription -> wheel.add(subscription, now + deadAfter));
        leaving.sort(Comparator.comparingLong(subscription -> subscription.id));
        for (int i = 0; i < leaving.size(); i++) {
            Subscription subscription = leaving.get(i);
            subscription.endsAt = Math.min(subscription.endsAt, now + over.toMillis() * i / leaving.size());
            schedule(subscription, now);
        }
        leaving.stream().filter(s -> s.endsAt <= now).forEach(s -> hub.close(s, CloseReason.DRAIN));
    }

    private void schedule(Subscription subscription, long now) {
        long look = now + deadAfter / LOOKS;
        long next = heartbeat == 0 ? look : Math.min(look, subscription.wroteAt + heartbeat);
        Cursor.Waiting waiting = subscription.waiting();
        long wait = waiting == null || waiting.until() <= now ? Long.MAX_VALUE : waiting.until();
        add(subscription, Math.min(Math.min(subscription.endsAt, wait), next));
    }

    private void add(Subscription subscription, long due) {
        wheel.add(subscription, due);
        if (timer == null) {
            timer = loop.scheduleWithFixedDelay(
                    this::tick, TimingWheel.TICK_MILLIS, TimingWheel.TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void tick() {
        wheel.advance(now(), this::look);
        if (timer != null && wheel.isEmpty()) {
            timer.cancel(false);
            timer = null;
        }
        hub.rest();
    }

    private void look(Subscription subscription) {
        try {
            look(subscription, now());
        } catch (RuntimeException e) { // or the clock would stop for everybody
            LOG.warn("subscription {} could not be looked after", subscription.id, e);
            hub.close(subscription, CloseReason.DEAD);
        }
    }

    private void look(Subscription subscription, long now) {
        boolean draining = hub.isDraining();
        if (subscription.closed) {
            LOG.debug("subscription {} did not take its end: {}", subscription.id, CloseReason.DEAD);
            subscription.path.abort();
        } else if (now >= subscription.endsAt) {
            hub.close(subscription, draining ? CloseReason.DRAIN : CloseReason.LIFETIME);
        } else if (isDead(subscription, now)) {
            hub.close(subscription, CloseReason.DEAD);
        } else {
            beat(subscription, now);
            if (draining != hub.isDraining()) {
                hub.close(subscription, CloseReason.DRAIN); // it began just now, and could not see this one
            } else if (!subscription.closed) {
                stopWaiting(subscription, now);
                schedule(subscription, now);
            }
        }
    }

    private void stopWaiting(Subscription subscription, long now) {
        Cursor.Waiting waiting = subscription.waiting();
        if (waiting != null && now >= waiting.until()) {
            hub.waitedLongEnough(subscription);
        }
    }

    /**
     * Whether what waits for its socket has not moved for so long that it will be too long by the next look. Heartbeats do not
     * tell: a dead peer's socket buffer takes many of them. The kernel does where nothing waits: TCP_USER_TIMEOUT.
     */
    private boolean isDead(Subscription subscription, long now) {
        long unsent = subscription.path.unsent();
        if (!subscription.path.isFull() || unsent != subscription.unsent) {
            subscription.unsent = unsent;
            subscription.movedAt = now;
        }
        return now - subscription.movedAt > deadAfter - 2 * deadAfter / LOOKS;
    }

    /** Breaks the silence, where it is long enough. */
    private void beat(Subscription subscription, long now) {
        if (heartbeat == 0 || now - subscription.wroteAt < heartbeat) {
            return;
        }
        subscription.wroteAt = now;
        if (!subscription.path.isFull()) { // else a comment would only wait with the rest
            hub.beat(subscription);
        }
    }
}
