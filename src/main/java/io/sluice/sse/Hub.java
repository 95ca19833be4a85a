package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import io.sluice.log.EventId;
import io.sluice.stream.CloseReason;
import io.sluice.stream.StreamListener;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop's subscriptions to the streams of a handler, be they one or thousands: the door through which they come and go.
 *
 * <pre>
 *    SubscriptionRequest --> open --> limits --> {@link Delivery} <-- the journal     one for each stream that has a subscription
 *                                                    |
 *    {@link SubscriptionTimers}: lifetime, heartbeat,   |   WritePath: gone
 *      dead socket  \                |                /
 *                    `-----------> close ------------'
 *                                    |
 *                        last words, retry, limits, listener
 * </pre>
 *
 * <p>There is one way to open a subscription and one way to close it, and both tell the {@link StreamListener}, and count for the
 * stream. Delivery and timers know no hub: they call what they were given.
 *
 * <p>All state belongs to the event loop; {@link #execute} may be called from anywhere.
 */
final class Hub {

    private static final Logger LOG = LoggerFactory.getLogger(Hub.class);

    private static final AtomicLong IDS = new AtomicLong();

    private final EventExecutor loop;
    private final SseOptions options;
    private final Duration lag;
    private final SubscriptionLimits limits;
    private final StreamListener listener;
    private final SubscriptionTimers timers;
    private final SlowClients slow;
    private final LastWords lastWords;
    private final Subscribers subscribers;
    private final Sweep sweep;
    private final Turns turns;
    private final Deliveries deliveries;

    private int open;

    // Once the hub is closed.
    private @Nullable Drain drain;

    /**
     * Makes a hub.
     *
     * @param lag how long a client waits whose id this node has not read yet
     * @param subscribers what the application asks of them
     * @param nanoTime the clock that says when a turn has worked long enough
     */
    Hub(
            EventExecutor loop,
            SseOptions options,
            Duration lag,
            SubscriptionLimits limits,
            StreamListener listener,
            Subscribers subscribers,
            LongSupplier nanoTime) {
        this.loop = loop;
        this.options = options;
        this.lag = lag;
        this.limits = limits;
        this.listener = listener;
        this.subscribers = subscribers;
        this.sweep = new Sweep(loop, this::close, nanoTime);
        this.slow = new SlowClients(loop, limits.pending(), nanoTime, new Alarms());
        this.timers = new SubscriptionTimers(loop, options, new Alarms());
        this.lastWords = new LastWords(timers, slow, this::execute, this::completeIfIdle);
        BlockWriter writer = new BlockWriter(listener, this::close, slow);
        this.turns = new Turns(loop, options.slow(), writer, nanoTime);
        this.deliveries = new Deliveries(turns, writer);
    }

    /** Runs something on the hub's event loop: now, if this is it. */
    void execute(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    /**
     * Opens a subscription, and writes at once what it gets first: history, or its position.
     *
     * @param stream to be released when it is read no more
     * @return null if there is no room for it; the client was told so, and ended
     */
    @Nullable
    Subscription open(WritePath path, ServedStream stream, SubscriptionRequest request) {
        long id = IDS.incrementAndGet();
        CloseReason refusal = refusal(id, stream, request);
        if (refusal != null) {
            stream.release();
            LOG.debug(
                    "{}: subscription {} to {} is refused: {}, for {}",
                    stream,
                    id,
                    request.filter(),
                    refusal,
                    request.address());
            refuse(path, SseWords.of(request.manner()), refusal);
            return null;
        }
        long now = SubscriptionTimers.now();
        StartPosition start = StartPosition.of(stream.journal(), request, lag, now);
        Delivery delivery = deliveries.of(stream);
        Audience audience = delivery.join(request.filter(), request.manner());
        count(stream, 1);
        Subscription subscription = new Subscription(id, path, delivery, audience, request, now);
        subscription.beginAt(start);
        timers.begin(subscription);
        LOG.debug(
                "{} to {} opens at {}, for {}",
                subscription,
                request.filter(),
                start.lastIdSent() == Subscription.NOTHING
                        ? "no id"
                        : stream.journal().id(start.lastIdSent()),
                subscription.address);
        listener.opened();
        subscribers.opened(subscription);
        connect(subscription);
        if (!subscription.isClosed()) {
            turns.open(subscription);
        }
        return subscription;
    }

    private @Nullable CloseReason refusal(long id, ServedStream stream, SubscriptionRequest request) {
        if (drain != null) {
            return CloseReason.DRAIN;
        }
        CloseReason revoked = request.revocation().since(() -> request.asSubscriber(id, stream.toString()));
        if (revoked != null) {
            return revoked;
        }
        return limits.enter(request.address()) ? null : CloseReason.OVERLOAD;
    }

    private void count(ServedStream stream, int more) {
        open += more;
        stream.subscribed(more);
    }

    /** Tells a client, instead of a subscription, to come back later. */
    void refuse(WritePath path, SseWords words, CloseReason reason) {
        listener.refused(reason);
        path.refuse(words, reason, RetrySlots.any(options.retry().toMillis(), limits.held()));
    }

    private void connect(Subscription subscription) {
        try {
            subscription.path.connect(new Client(subscription));
        } catch (RuntimeException e) {
            // The application has ended the response already.
            LOG.debug("{} cannot begin", subscription, e);
            close(subscription, CloseReason.GONE);
        }
    }

    /** Takes the signals of a subscription's write path, from any thread. */
    private final class Client implements WritePath.Listener {

        private final Subscription subscription;

        Client(Subscription subscription) {
            this.subscription = subscription;
        }

        @Override
        public void drained() {
            execute(() -> turns.catchUp().drained(subscription));
        }

        @Override
        public void gone() {
            execute(() -> close(subscription, CloseReason.GONE));
        }
    }

    /** Takes the signals of the timers, and of what waits in memory. */
    private final class Alarms implements SubscriptionTimers.Listener, SlowClients.Listener {

        @Override
        public void over(Subscription subscription, CloseReason reason) {
            close(subscription, reason);
        }

        @Override
        public void silent(Subscription subscription) {
            subscription.delivery.beat(subscription);
        }

        @Override
        public void waitedLongEnough(Subscription subscription) {
            if (subscription.isLive()) {
                close(subscription, CloseReason.ANSWERED);
            } else {
                turns.catchUp().drained(subscription);
            }
        }

        @Override
        public void hasRoom(Subscription subscription) {
            turns.catchUp().drained(subscription);
        }

        @Override
        public void ticked() {
            slow.tick();
            completeIfIdle();
        }
    }

    /** The one way to end a subscription: idempotent. */
    void close(Subscription subscription, CloseReason reason) {
        if (subscription.isClosed()) {
            return;
        }
        EventId position = subscription.delivery.lastId(subscription, reason);
        // While the stream is followed for it: another one of its name has another number.
        count(subscription.delivery.stream(), -1);
        deliveries.remove(subscription);
        subscription.close();
        turns.ended();
        timers.end(subscription);
        limits.leave(subscription.address);
        LOG.debug(
                "{} ends at {}: {}, after {} s, to {}, for {}",
                subscription,
                position,
                reason,
                (SubscriptionTimers.now() - subscription.openedAt) / 1e3,
                subscription.audience.filter,
                subscription.address);
        listener.closed(reason);
        subscribers.closed(subscription, reason);
        lastWords.end(subscription, reason, () -> subscription.words.close(position, retryMillis(reason), reason));
        completeIfIdle();
    }

    /** Ends those that a revocation is for; completes with their number. */
    Future<Integer> end(Revocation revocation) {
        return sweep.over(timers.open(), revocation);
    }

    /**
     * Ends every subscription with {@link CloseReason#DRAIN}, one after the other over a time, and each one to come at once.
     *
     * @return completes when each client's socket has its last words, or is gone
     */
    Future<Void> close(Duration over) {
        Drain known = drain;
        if (known != null) {
            return known.done.future();
        }
        Drain begun = new Drain(open, limits.held());
        drain = begun;
        timers.endAll(over, CloseReason.DRAIN);
        completeIfIdle();
        return begun.done.future();
    }

    private long retryMillis(CloseReason reason) {
        long base = options.retry().toMillis();
        return reason == CloseReason.DRAIN && drain != null
                ? drain.retryMillis(base)
                : RetrySlots.any(base, limits.held());
    }

    /** Completes the drain when the last subscription has ended and its socket has its last words. */
    private void completeIfIdle() {
        if (open == 0 && timers.isIdle()) {
            slow.clear();
            if (drain != null) {
                slow.close();
                drain.done.tryComplete();
            }
        }
    }

    /** Whether all that is left to do waits for sockets, or for the journal. */
    boolean isIdle() {
        return turns.isIdle() && deliveries.areIdle();
    }

    /** How many streams have a subscription here. */
    int streams() {
        return deliveries.size();
    }
}
