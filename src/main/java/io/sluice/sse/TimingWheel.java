package io.sluice.sse;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * When each subscription of a hub is to be looked at next: a hashed timing wheel (Varghese and Lauck, 1987), so that a
 * lifetime and a heartbeat cost no timer each, and an event costs nothing here.
 *
 * <p>Holds every open subscription, in a list per slot through the subscriptions themselves. Event loop only.
 */
final class TimingWheel {

    /** How exact it is. */
    static final long TICK_MILLIS = 100;

    /** The time of a subscription that is in no wheel. */
    static final long OUT = Long.MIN_VALUE;

    // A power of two. A later time waits for another turn of the wheel.
    private static final int SLOTS = 512;

    /** The links of a subscription as an element of a wheel. Written by the wheel only. */
    static class Timed {

        /** When it is handed over, in milliseconds of the hub's clock. */
        long due = OUT;

        @Nullable
        Subscription next;

        @Nullable
        Subscription previous;
    }

    private final @Nullable Subscription[] slots = new Subscription[SLOTS];
    // The last tick that was looked at.
    private long tick;
    private int size;

    TimingWheel(long now) {
        this.tick = now / TICK_MILLIS;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Has the subscription looked at when {@code due} has passed, in milliseconds of the hub's clock. */
    void add(Subscription subscription, long due) {
        subscription.due = Math.max(due, (tick + 1) * TICK_MILLIS);
        int slot = slot(subscription);
        Subscription first = slots[slot];
        subscription.previous = null;
        subscription.next = first;
        if (first != null) {
            first.previous = subscription;
        }
        slots[slot] = subscription;
        size++;
    }

    /** Takes it out; does nothing where it is out already. */
    void remove(Subscription subscription) {
        if (subscription.due == OUT) {
            return;
        }
        Subscription next = subscription.next;
        Subscription previous = subscription.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            slots[slot(subscription)] = next;
        }
        subscription.next = null;
        subscription.previous = null;
        subscription.due = OUT;
        size--;
    }

    /** Takes each one out that is due and hands it over; it may be added again at once, and the others moved. */
    void advance(long now, Consumer<Subscription> due) {
        long until = now / TICK_MILLIS;
        List<Subscription> expired = new ArrayList<>();
        for (long t = Math.max(tick + 1, until - SLOTS + 1); t <= until; t++) {
            for (Subscription s = slots[(int) t & (SLOTS - 1)]; s != null; s = s.next) {
                if (s.due <= now) {
                    expired.add(s);
                }
            }
        }
        tick = until;
        for (Subscription s : expired) {
            if (s.due != OUT && s.due <= now) {
                remove(s);
                due.accept(s);
            }
        }
    }

    /** Shows all there are. */
    void forEach(Consumer<Subscription> each) {
        for (Subscription first : slots) {
            for (Subscription s = first; s != null; s = s.next) {
                each.accept(s);
            }
        }
    }

    /** Takes out all there are. */
    void drain(Consumer<Subscription> each) {
        for (int slot = 0; slot < SLOTS; slot++) {
            for (Subscription s = slots[slot]; s != null; s = slots[slot]) {
                remove(s);
                each.accept(s);
            }
        }
    }

    private static int slot(Subscription subscription) {
        return (int) ((subscription.due + TICK_MILLIS - 1) / TICK_MILLIS) & (SLOTS - 1);
    }
}
