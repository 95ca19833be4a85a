package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import io.sluice.log.EventId;
import io.sluice.log.Journal;
import io.sluice.stream.CloseReason;
import io.sluice.stream.StreamListener;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop's subscriptions to one stream: the door through which they come and go.
 *
 * <pre>
 *    SubscriptionRequest --> open --> limits --> {@link Delivery} <-- the journal
 *                                                    |
 *    {@link SubscriptionTimers}: lifetime, heartbeat,   |   WritePath: gone
 *      dead socket  \                |                /
 *                    `-----------> close ------------'
 *                                    |
 *                        last words, retry, limits, listener
 * </pre>
 *
 * <p>There is one way to open a subscription and one way to close it, and both tell the {@link StreamListener}. Delivery and
 * timers know no hub: they call what they were given.
 *
 * <p>All state belongs to the event loop; {@link #execute} may be called from anywhere.
 */
final class Hub {

    private static final Logger LOG = LoggerFactory.getLogger(Hub.class);

    private final EventExecutor loop;
    private final String stream;
    private final SseOptions options;
    private final Journal journal;
    private final Duration lag;
    private final SubscriptionLimits limits;
    private final StreamListener listener;
    private final IntConsumer subscribed;
    private final SubscriptionTimers timers;
    private final SlowClients slow;
    private final Delivery delivery;

    private long opened;
    private int open;

    // Once the hub is closed.
    private @Nullable Drain drain;

    /**
     * Makes a hub.
     *
     * @param lag how long a client waits whose id this node has not read yet
     * @param subscribed counts the stream's subscriptions: 1 more, or -1
     * @param nanoTime the clock that says when a turn has worked long enough
     */
    Hub(
            EventExecutor loop,
            String stream,
            SseOptions options,
            Journal journal,
            Duration lag,
            SubscriptionLimits limits,
            StreamListener listener,
            IntConsumer subscribed,
            LongSupplier nanoTime) {
        this.loop = loop;
        this.stream = stream;
        this.options = options;
        this.journal = journal;
        this.lag = lag;
        this.limits = limits;
        this.listener = listener;
        this.subscribed = subscribed;
        this.slow = new SlowClients(loop, limits.pending(), nanoTime, new Alarms());
        BlockWriter writer = new BlockWriter(stream, listener, this::close, slow);
        this.delivery = new Delivery(loop, stream, journal, options.slow(), writer, nanoTime);
        this.timers = new SubscriptionTimers(loop, options, new Alarms());
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
     * @return null if there is no room for it; the client was told so, and ended
     */
    @Nullable
    Subscription open(WritePath path, SubscriptionRequest request) {
        if (drain != null || !limits.enter(request.address())) {
            refuse(path, drain == null ? CloseReason.OVERLOAD : CloseReason.DRAIN);
            return null;
        }
        count(1);
        long now = SubscriptionTimers.now();
        StartPosition start = start(request, now);
        Audience audience = delivery.join(request.filter());
        Subscription subscription = new Subscription(++opened, path, audience, request, now);
        subscription.beginAt(start);
        timers.begin(subscription);
        LOG.debug("{}: {} to {} opens at {}", stream, subscription, request.filter(), start.cursor());
        listener.opened();
        connect(subscription);
        if (!subscription.isClosed()) {
            delivery.add(subscription);
        }
        return subscription;
    }

    private StartPosition start(SubscriptionRequest request, long now) {
        String id = request.lastEventId();
        if (id == null) {
            return StartPosition.replaying(journal, request.filter(), request.replay());
        }
        Cursor.Waiting waiting = lag.isZero() ? null : new Cursor.Waiting(id, now + lag.toMillis());
        return StartPosition.after(journal, request.filter(), id, waiting);
    }

    private void refuse(WritePath path, CloseReason reason) {
        listener.refused(reason);
        path.refuse(ControlFrames.close(null, RetrySlots.any(options.retry().toMillis(), limits.held()), reason));
    }

    private void connect(Subscription subscription) {
        try {
            subscription.path.connect(new Client(subscription));
        } catch (RuntimeException e) {
            // The application has ended the response already.
            LOG.debug("{}: {} cannot begin", stream, subscription, e);
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
            execute(() -> delivery.drained(subscription));
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
            delivery.beat(subscription);
        }

        @Override
        public void waitedLongEnough(Subscription subscription) {
            delivery.drained(subscription);
        }

        @Override
        public void hasRoom(Subscription subscription) {
            delivery.drained(subscription);
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
        EventId position = delivery.resumableId(subscription);
        delivery.remove(subscription);
        subscription.close();
        timers.end(subscription);
        limits.leave(subscription.address);
        count(-1);
        LOG.debug("{}: {} ends at {}: {}", stream, subscription, position, reason);
        listener.closed(reason);
        switch (reason) {
            case GONE -> slow.gone(subscription);
            case DEAD -> {
                subscription.path.abort();
                slow.gone(subscription);
            }
            default -> end(subscription, ControlFrames.close(position, retryMillis(reason), reason));
        }
        completeIfIdle();
    }

    private void count(int more) {
        open += more;
        subscribed.accept(more);
    }

    /** Writes the last words. A socket that does not take them in time is given up. */
    private void end(Subscription subscription, byte[] lastWords) {
        try {
            Future<Void> ended = subscription.path.end(lastWords);
            if (ended.isComplete()) {
                slow.gone(subscription);
                return;
            }
            timers.await(subscription);
            slow.leaves(subscription);
            ended.onComplete(done -> execute(() -> {
                timers.end(subscription);
                slow.gone(subscription);
                completeIfIdle();
            }));
        } catch (RuntimeException e) {
            // Of a handler that the application has put on the response.
            LOG.debug("{}: {} could not be told of its end", stream, subscription, e);
            slow.gone(subscription);
        }
    }

    /**
     * Ends every subscription with {@link CloseReason#DRAIN}, one after the other over a time, and each one to come at once.
     *
     * @return completes when each client's socket has its last words, or is gone
     */
    Future<Void> close(Duration over) {
        if (drain == null) {
            drain = new Drain(open, limits.held());
            timers.endAll(over, CloseReason.DRAIN);
            completeIfIdle();
        }
        return drain.done.future();
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
        return delivery.isIdle();
    }
}
