package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import io.sluice.stream.CloseReason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends those of a hub's subscriptions that a {@link Revocation} is for, over as many turns of the event loop as it takes: one revocation
 * after the other. Event loop only.
 */
final class Sweep {

    /** What it takes to look at a subscription, and to end one, in units of a {@link TurnBudget}. */
    private static final int LOOK_UNITS = 8;

    private static final int END_UNITS = 64;

    private final BiConsumer<Subscription, CloseReason> close;
    private final LongSupplier nanoTime;
    private final Waker waker;
    private final Queue<Round> rounds = new ArrayDeque<>(1);

    private static final class Round {

        private final Revocation revocation;
        private final Iterator<Subscription> left;
        private final Promise<Integer> done = Promise.promise();
        private int ended;

        Round(Revocation revocation, List<Subscription> open) {
            this.revocation = revocation;
            this.left = open.iterator();
        }
    }

    Sweep(EventExecutor loop, BiConsumer<Subscription, CloseReason> close, LongSupplier nanoTime) {
        this.close = close;
        this.nanoTime = nanoTime;
        this.waker = new Waker(loop, this::turn);
    }

    /**
     * Looks at subscriptions.
     *
     * @return completes with the number of those that it has ended; fails if the revocation does
     */
    Future<Integer> over(List<Subscription> open, Revocation revocation) {
        Round round = new Round(revocation, open);
        rounds.add(round);
        waker.run();
        return round.done.future();
    }

    private void turn() {
        TurnBudget turn = new TurnBudget(nanoTime);
        @Nullable Round round = rounds.peek();
        while (round != null) {
            if (!work(round, turn)) {
                waker.run();
                return;
            }
            rounds.poll();
            round.done.tryComplete(round.ended);
            round = rounds.peek();
        }
    }

    /** Returns whether it is done. */
    private boolean work(Round round, TurnBudget turn) {
        try {
            while (round.left.hasNext()) {
                boolean ended = look(round.left.next(), round.revocation);
                round.ended += ended ? 1 : 0;
                if (turn.spend(ended ? END_UNITS : LOOK_UNITS)) {
                    return !round.left.hasNext();
                }
            }
        } catch (RuntimeException e) {
            // Of the application.
            round.done.tryFail(e);
        }
        return true;
    }

    private boolean look(Subscription subscription, Revocation revocation) {
        if (subscription.isClosed() || !revocation.whom.test(subscription.asSubscriber())) {
            return false;
        }
        close.accept(subscription, revocation.reason);
        return true;
    }
}
