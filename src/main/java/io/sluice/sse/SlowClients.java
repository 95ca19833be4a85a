package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import io.sluice.stream.CloseReason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * One hub's clients for whose sockets something waits in memory: counts it, and ends the slowest if the node has too much of it. A
 * client whose socket takes all at once is never here, and costs a comparison.
 *
 * <p><b>What counts.</b> The bytes of a client alone: history, what it catches up with, and all that is copied for it, which is
 * everything over TLS and HTTP/2. A slice that many clients share is one buffer, and counts once as long as one of them has it. So a
 * burst that fills all sockets for a moment endangers nobody.
 *
 * <p><b>When.</b> A client is counted when it is written to, and from time to time, because sockets do not tell how they drain. So
 * the number is never too small. Before one is ended, all are counted again.
 *
 * <p><b>Who is ended.</b> The client with the most bytes, times the seconds in which they did not move. It is told, and has a moment
 * to take what waits. If there is still too much then, it is cut off.
 *
 * <p>Event loop only.
 */
final class SlowClients {

    /** A turn's bytes for a client that is behind, if memory is tight. */
    private static final int SMALL_BATCH = 8 * 1024;

    /** How many are counted again in one tick. */
    private static final int LOOKS = 1024;

    private final PendingBytes.Share share;
    private final Listener listener;
    private final SharedSlices slices = new SharedSlices();
    private final Relief relief;

    // In no order. Each knows its place.
    private final List<Subscription> slow = new ArrayList<>();
    private long own;
    private long leaving;

    // The place down to which they were counted again.
    private int counted;

    /** Takes the decisions. */
    interface Listener {

        /** The subscription is to be closed. */
        void over(Subscription subscription, CloseReason reason);

        /** The subscription may be written to again, although its socket has not said so. */
        void hasRoom(Subscription subscription);
    }

    /** A subscription as it is counted. Written by {@link SlowClients} only. */
    static class Counted extends TimingWheel.Timed {

        private static final int NOWHERE = -1;

        private int place = NOWHERE;
        private long own;
        private long leaving;
        private long leftAt;

        boolean isSlow() {
            return place != NOWHERE;
        }

        /** When it was closed, in milliseconds of the hub's clock. */
        long leftAt() {
            return leftAt;
        }
    }

    SlowClients(EventExecutor loop, PendingBytes pending, LongSupplier nanoTime, Listener listener) {
        this.listener = listener;
        this.share = pending.join(() -> loop.execute(this::tick));
        this.relief = new Relief(loop, share, this, slices, listener, nanoTime);
    }

    // ---- counting

    /** How many bytes a subscription that is behind may be written in a turn. If none, it is told when there is room. */
    int room(Subscription subscription) {
        int room = Math.min(Backlog.TURN_BYTES, subscription.path.room());
        if (room > 0 && share.isTight()) {
            room = (int) Math.max(0, Math.min(room, SMALL_BATCH - subscription.path.pending()));
            if (room == 0) {
                // Its socket is not full, and will not say so.
                wrote(subscription, 0);
            }
        }
        return room;
    }

    /** Counts a subscription that was written to, with so many bytes for it alone. */
    void wrote(Subscription subscription, int bytes) {
        long pending = subscription.path.pending();
        if (pending > 0 || subscription.isSlow()) {
            count(subscription, pending, bytes);
        }
    }

    /** Counts a slice that was written to all who get it, and is about to be cleared. */
    void wroteToAll(FrameBatch slice) {
        slices.add(slice);
    }

    /** The subscription is closed, and its last words are on their way. */
    void leaves(Subscription subscription) {
        ((Counted) subscription).leftAt = SubscriptionTimers.now();
        wrote(subscription, 0);
    }

    /** Nothing waits for a closed subscription any more. */
    void gone(Subscription subscription) {
        if (subscription.isSlow()) {
            count(subscription, 0, 0);
        }
    }

    /** Counts a subscription again. Returns how many bytes wait for it. */
    long recount(Subscription subscription) {
        long pending = subscription.path.pending();
        count(subscription, pending, 0);
        letReadOn(subscription);
        return pending;
    }

    private void count(Subscription subscription, long pending, long added) {
        Counted counted = subscription;
        long mine = subscription.path.isShared() ? Math.min(pending, counted.own + added) : pending;
        own += mine - counted.own;
        counted.own = mine;
        if (subscription.isClosed()) {
            leaving += pending - counted.leaving;
            counted.leaving = pending;
        }
        if (pending > 0 && !subscription.isSlow()) {
            counted.place = slow.size();
            slow.add(subscription);
        } else if (pending == 0 && subscription.isSlow()) {
            remove(counted);
            letReadOn(subscription);
        }
    }

    /** A socket that was not full does not say so when more may be written to it, because memory is no longer tight. */
    private void letReadOn(Subscription subscription) {
        if (subscription.isHeldBack() && room(subscription) > 0) {
            listener.hasRoom(subscription);
        }
    }

    private void remove(Counted counted) {
        Counted last = slow.remove(slow.size() - 1);
        if (last != counted) {
            slow.set(counted.place, (Subscription) last);
            last.place = counted.place;
        }
        counted.place = Counted.NOWHERE;
    }

    int size() {
        return slow.size();
    }

    /** One of them; the last one takes the place of one that leaves. */
    Subscription at(int place) {
        return slow.get(place);
    }

    /** Tells the node what this hub has. */
    void report() {
        share.set(own + slices.bytes(), leaving);
    }

    /** Counts some of them again. */
    void tick() {
        slices.look(LOOKS);
        for (int i = Math.min(LOOKS, slow.size()); i > 0 && !slow.isEmpty(); i--) {
            counted = (counted == 0 ? slow.size() : Math.min(counted, slow.size())) - 1;
            recount(slow.get(counted));
        }
        report();
        relief.ifNeeded();
    }

    /** Forgets all; the hub has no subscription any more. */
    void clear() {
        slices.clear();
        while (!slow.isEmpty()) {
            count(slow.get(slow.size() - 1), 0, 0);
        }
        report();
    }

    /** The hub is closed. */
    void close() {
        clear();
        share.leave();
    }
}
