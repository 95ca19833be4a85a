package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.stream.CloseReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at each of a hub's subscriptions from time to time, and tells which are over, which have a dead socket, and which were
 * silent for long. One timer and one {@link TimingWheel} for all of them, and none without any. Event loop only.
 */
final class SubscriptionTimers {

    /** How often a socket's progress is looked at within the time after which it counts as dead. */
    private static final int LOOKS = 16;

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionTimers.class);

    private final EventExecutor loop;
    private final Listener listener;
    private final long heartbeatMillis;
    private final long deadMillis;
    private final TimingWheel wheel = new TimingWheel(now());
    private @Nullable ScheduledFuture<?> timer;

    // All subscriptions are told to end: none may take its time.
    private boolean ending;

    /** Takes the signals of the timers. Each call may call back before it returns. */
    interface Listener {

        /** The subscription is to be closed. */
        void over(Subscription subscription, CloseReason reason);

        /** The client has heard nothing for the time of a heartbeat. */
        void silent(Subscription subscription);

        /** The subscription has waited for the journal, or for news, as long as it may. */
        void waitedLongEnough(Subscription subscription);

        /** Some of the timers have run. */
        void ticked();
    }

    SubscriptionTimers(EventExecutor loop, SseOptions options, Listener listener) {
        this.loop = loop;
        this.listener = listener;
        this.heartbeatMillis = options.heartbeat().toMillis();
        this.deadMillis = options.deadAfter().toMillis();
    }

    /** The hub's clock, in milliseconds. */
    static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** Whether there is no subscription to look at, not even one whose end is on its way. */
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

    /**
     * Aborts a closed subscription if its socket does not take its end in time, or nothing of a poll's answer for that time. Until then, or
     * {@link #end}.
     */
    void await(Subscription subscription) {
        add(subscription, now() + (subscription.poll() == null ? deadMillis : deadMillis / LOOKS));
    }

    /** Those that are open now. */
    List<Subscription> open() {
        List<Subscription> open = new ArrayList<>();
        wheel.forEach(subscription -> {
            if (!subscription.isClosed()) {
                open.add(subscription);
            }
        });
        return open;
    }

    /** Has every subscription end for a reason, the oldest first, one after the other over a time. */
    void endAll(Duration over, CloseReason reason) {
        long now = now();
        ending = true;
        List<Subscription> leaving = new ArrayList<>();
        // Their sockets have still to take their end.
        List<Subscription> ended = new ArrayList<>();
        wheel.drain(subscription -> (subscription.isClosed() ? ended : leaving).add(subscription));
        ended.forEach(subscription -> wheel.add(subscription, now + deadMillis));
        leaving.sort(Comparator.comparingLong(subscription -> subscription.id));
        for (int i = 0; i < leaving.size(); i++) {
            Subscription subscription = leaving.get(i);
            subscription.endBy(now + over.toMillis() * i / leaving.size(), reason);
            schedule(subscription, now);
        }
        leaving.stream().filter(s -> s.endsAt() <= now).forEach(s -> listener.over(s, s.endReason()));
    }

    private void schedule(Subscription subscription, long now) {
        long next = Math.min(subscription.endsAt(), now + deadMillis / LOOKS);
        PollPath poll = subscription.poll();
        if (poll != null) {
            next = poll.patientUntil() > now ? Math.min(next, poll.patientUntil()) : next;
        } else if (heartbeatMillis > 0) {
            next = Math.min(next, subscription.wroteAt() + heartbeatMillis);
        }
        Cursor.Waiting waiting = subscription.waiting();
        if (waiting != null && waiting.until() > now) {
            next = Math.min(next, waiting.until());
        }
        add(subscription, next);
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
        listener.ticked();
    }

    private void look(Subscription subscription) {
        try {
            look(subscription, now());
        } catch (RuntimeException e) {
            // Otherwise the clock would stop for all.
            LOG.warn("{} could not be looked after", subscription, e);
            listener.over(subscription, CloseReason.DEAD);
        }
    }

    private void look(Subscription subscription, long now) {
        if (subscription.isClosed() && mayTakeItsTime(subscription, now)) {
            add(subscription, now + deadMillis / LOOKS);
        } else if (subscription.isClosed()) {
            LOG.debug("{} did not take its end: {}", subscription, CloseReason.DEAD);
            subscription.path.abort();
        } else if (now >= subscription.endsAt()) {
            listener.over(subscription, subscription.endReason());
        } else if (isDead(subscription, now)) {
            listener.over(subscription, CloseReason.DEAD);
        } else {
            lookOn(subscription, now);
        }
    }

    /** Whether a client is still reading its whole answer. */
    private boolean mayTakeItsTime(Subscription subscription, long now) {
        return subscription.poll() != null && !ending && !isDead(subscription, now);
    }

    private void lookOn(Subscription subscription, long now) {
        PollPath poll = subscription.poll();
        boolean silent = poll == null && heartbeatMillis > 0 && now - subscription.wroteAt() >= heartbeatMillis;
        if (silent) {
            subscription.wrote(now);
        }
        Cursor.Waiting waiting = subscription.waiting();
        boolean impatient = poll != null && now >= poll.patientUntil();
        // Before the listener is told: it may end all subscriptions, and this one with them.
        schedule(subscription, now);
        if (impatient || (waiting != null && now >= waiting.until())) {
            listener.waitedLongEnough(subscription);
        }
        // A comment would only wait with the rest if the socket is full.
        if (silent && !subscription.path.isFull()) {
            listener.silent(subscription);
        }
    }

    /**
     * Whether what waits for its socket has not moved for so long that it will be too long by the next look. Heartbeats do not
     * tell: a dead peer's socket buffer takes many of them. The kernel does if nothing waits: TCP_USER_TIMEOUT.
     */
    private boolean isDead(Subscription subscription, long now) {
        return subscription.isStuck(now, deadMillis - 2 * deadMillis / LOOKS);
    }
}
