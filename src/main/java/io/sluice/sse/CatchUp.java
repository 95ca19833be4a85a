package io.sluice.sse;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Queue;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions that are behind. Those that can be written to are in a queue, and each is served once in a turn. Those that
 * wait for the journal are in the order of the positions that they wait for, so that a batch looks at no others. Those that wait
 * for their sockets are in neither: their sockets call. Event loop only.
 */
final class CatchUp {

    private static final Comparator<Subscription> WAITING_ORDER = Comparator.<Subscription>comparingLong(
                    subscription -> subscription.cursor().position())
            .thenComparingLong(subscription -> subscription.id);

    private final Queue<Subscription> ready = new ArrayDeque<>();
    private final TreeSet<Subscription> waiting = new TreeSet<>(WAITING_ORDER);

    /** Has a subscription served that can be written to. */
    void enqueue(Subscription subscription) {
        if (subscription.enqueue()) {
            ready.add(subscription);
        }
    }

    /** Has a subscription wait for the journal. */
    void await(Subscription subscription) {
        waiting.add(subscription);
    }

    /** Has it wait no longer; to be called before its cursor changes. */
    void stopWaiting(Subscription subscription) {
        if (subscription.waiting() != null) {
            waiting.remove(subscription);
        }
    }

    /** Enqueues those that wait for a position up to the journal's head. */
    void enqueueReached(long head, TurnBudget turn) {
        while (isReached(head)) {
            enqueue(waiting.pollFirst());
            if (turn.spend(1)) {
                return;
            }
        }
    }

    private boolean isReached(long head) {
        return !waiting.isEmpty() && waiting.first().cursor().position() <= head;
    }

    boolean isIdle(long head) {
        return ready.isEmpty() && !isReached(head);
    }

    int size() {
        return ready.size();
    }

    /** The next subscription to serve, or null. It may be closed or live by now. */
    @Nullable
    Subscription poll() {
        Subscription subscription = ready.poll();
        if (subscription != null) {
            subscription.dequeued();
        }
        return subscription;
    }

    void clear() {
        ready.clear();
    }
}
