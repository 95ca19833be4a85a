package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import io.sluice.sse.SseOptions.Slow;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Gives turns to the streams of a hub that have something to do, however many they are.
 *
 * <pre>
 *    wake-up --> turn:  1. {@link Delivery}: what is new, to the live subscriptions of each stream that is due
 *                       2. {@link CatchUp}: those behind that can be written to, of whatever stream
 *                       3. more to do? the next turn
 * </pre>
 *
 * <p><b>Waking.</b> A stream is due once, and at most one turn is pending, whatever happens: see {@link Waker}.
 *
 * <p><b>Fair.</b> A turn works for about 5 ms and then lets the event loop do other things: see {@link TurnBudget}. It stops
 * anywhere, and the next turn goes on. In a turn each stream that is due has a turn before one of them has another. Those behind get
 * what the live ones leave, and at least one of them is served in each turn. All that opens in one turn of the event loop, of
 * whatever handler, shares 5 ms too; who opens after that begins behind the others.
 *
 * <p>Event loop only, but for {@link Due#run}.
 */
final class Turns {

    private final EventExecutor loop;
    private final LongSupplier nanoTime;
    private final BlockWriter writer;
    private final Waker waker;
    private final CatchUp catchUp;
    private final RateTimer rateTimer;
    private final Queue<Due> due = new ConcurrentLinkedQueue<>();
    private int turns;

    /** What may be due to have a turn. */
    abstract static class Due implements Runnable {

        private final Turns turns;
        private final AtomicBoolean isDue = new AtomicBoolean();
        private int lastTurn;

        Due(Turns turns) {
            this.turns = turns;
        }

        /** Says that there may be something to do. Any thread. */
        @Override
        public final void run() {
            if (isDue.compareAndSet(false, true)) {
                turns.due.add(this);
                turns.waker.run();
            }
        }

        /** Works until all is done or the turn is spent. Asks for another turn if there is more. */
        abstract void turn(TurnBudget turn);
    }

    /** @param nanoTime the clock that says when a turn has worked long enough */
    Turns(EventExecutor loop, Slow slow, BlockWriter writer, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.writer = writer;
        this.waker = new Waker(loop, this::turn);
        this.rateTimer = new RateTimer(loop, nanoTime);
        this.catchUp = new CatchUp(new Backlog(slow, writer), writer, waker);
    }

    /** Those that are behind. */
    CatchUp catchUp() {
        return catchUp;
    }

    /** When those with a rate have their turns. */
    RateTimer rateTimer() {
        return rateTimer;
    }

    /**
     * Begins a subscription, and writes what it gets first: history, or its position. At once, unless others that opened in this
     * turn of the event loop have spent it. Then it takes its place behind them.
     */
    void open(Subscription subscription) {
        catchUp.open(subscription, TurnBudget.forOpenings(loop, nanoTime));
        writer.report();
    }

    /** A subscription has ended, be it within a turn or not. */
    void ended() {
        writer.reportBehind();
    }

    private void turn() {
        TurnBudget turn = new TurnBudget(nanoTime);
        turns++;
        Due next = due.poll();
        while (next != null && next.lastTurn != turns) {
            next.lastTurn = turns;
            // Before it looks for work: either it sees what comes now, or it is due again.
            next.isDue.set(false);
            next.turn(turn);
            next = turn.isSpent() ? null : due.poll();
        }
        if (next != null) {
            // Each has had its turn.
            due.add(next);
        }
        catchUp.serve(turn);
        writer.report();
        if (!isIdle()) {
            waker.run();
        }
    }

    boolean isIdle() {
        return due.isEmpty() && catchUp.isIdle();
    }
}
