package io.sluice.sse;

import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions that wait for a journal, in the order of the positions that they wait for, so that a batch looks at no others.
 * Event loop only.
 */
final class JournalWaiters {

    private static final Comparator<Subscription> ORDER = Comparator.<Subscription>comparingLong(
                    subscription -> subscription.cursor().position())
            .thenComparingLong(subscription -> subscription.id);

    // Made when it is needed first: few streams have any.
    private @Nullable TreeSet<Subscription> waiting;

    void add(Subscription subscription) {
        if (waiting == null) {
            waiting = new TreeSet<>(ORDER);
        }
        waiting.add(subscription);
    }

    /** Has it wait no longer; to be called before its cursor changes. */
    void remove(Subscription subscription) {
        if (waiting != null && subscription.waiting() != null) {
            waiting.remove(subscription);
        }
    }

    /** Enqueues those that wait for a position up to {@code head}. */
    void enqueueReached(long head, CatchUp behind, TurnBudget turn) {
        while (waiting != null && isReached(head)) {
            behind.enqueue(waiting.pollFirst());
            if (turn.spend(1)) {
                return;
            }
        }
    }

    boolean isReached(long head) {
        return waiting != null && !waiting.isEmpty() && waiting.first().cursor().position() <= head;
    }
}
