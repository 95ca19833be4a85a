package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import io.sluice.stream.CloseReason;
import java.util.function.LongSupplier;

/**
 * Ends the slowest clients of a hub while the node has too much waiting for slow sockets. It works in rounds, each over as many turns
 * of the event loop as it takes:
 *
 * <pre>
 *    count all again, those to be ended by their slowness --> end the slowest, the hub's part of the excess --> the next tick
 *    cut off those that had their time
 * </pre>
 *
 * <p>Event loop only.
 */
final class Relief {

    /** The time to take the last words. */
    private static final long GRACE_MILLIS = 2000;

    /** What it takes to count a client, and to end one, in units of a {@link TurnBudget}. */
    private static final int COUNT_UNITS = 4;

    private static final int END_UNITS = 64;

    private final Waker waker;
    private final PendingBytes.Share share;
    private final SlowClients clients;
    private final SharedSlices slices;
    private final SlowClients.Listener listener;
    private final LongSupplier nanoTime;

    // Of the round.
    private final SlownessBuckets slowest = new SlownessBuckets();
    private int slicesToCount;
    private int clientsToCount;

    Relief(
            EventExecutor loop,
            PendingBytes.Share share,
            SlowClients clients,
            SharedSlices slices,
            SlowClients.Listener listener,
            LongSupplier nanoTime) {
        this.waker = new Waker(loop, this::turn);
        this.share = share;
        this.clients = clients;
        this.slices = slices;
        this.listener = listener;
        this.nanoTime = nanoTime;
    }

    /** Begins a round if there is too much, or goes on with it. */
    void ifNeeded() {
        if (share.isOver()) {
            waker.run();
        }
    }

    private void turn() {
        TurnBudget turn = new TurnBudget(nanoTime);
        if (slicesToCount == 0 && clientsToCount == 0 && slowest.isEmpty()) {
            slicesToCount = slices.size();
            clientsToCount = clients.size();
        }
        boolean done = countAll(turn) && endSlowest(turn);
        clients.report();
        if (!done) {
            waker.run();
        }
    }

    private boolean countAll(TurnBudget turn) {
        for (; slicesToCount > 0; slicesToCount--) {
            slices.look(1);
            if (turn.spend(1)) {
                return false;
            }
        }
        long now = SubscriptionTimers.now();
        // From the last place on: what leaves is replaced by what was counted.
        while (clientsToCount > 0 && clients.size() > 0) {
            clientsToCount = Math.min(clientsToCount, clients.size()) - 1;
            count(clients.at(clientsToCount), now);
            if (turn.spend(COUNT_UNITS)) {
                return false;
            }
        }
        clientsToCount = 0;
        return true;
    }

    private void count(Subscription subscription, long now) {
        boolean cutOff = subscription.isClosed() && now - subscription.leftAt() >= GRACE_MILLIS;
        if (cutOff && share.isOver()) {
            subscription.path.abort();
            clients.gone(subscription);
            return;
        }
        long pending = clients.recount(subscription);
        if (pending > 0 && !subscription.isClosed()) {
            slowest.add(subscription, pending * (1 + subscription.stuckFor(now) / 1000));
        }
    }

    private boolean endSlowest(TurnBudget turn) {
        clients.report();
        for (long excess = share.excess(); excess > 0; ) {
            Subscription subscription = slowest.take();
            if (subscription == null) {
                break;
            }
            if (subscription.isSlow() && !subscription.isClosed()) {
                excess -= subscription.path.pending();
                listener.over(subscription, CloseReason.SLOW);
            }
            if (turn.spend(END_UNITS)) {
                return false;
            }
        }
        slowest.clear();
        return true;
    }
}
