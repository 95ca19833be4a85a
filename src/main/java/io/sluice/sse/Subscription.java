package io.sluice.sse;

import org.jspecify.annotations.Nullable;

/**
 * One client's open response. A slow client costs a number, not a queue: what it has not got is in the journal.
 *
 * <p>Its hub's event loop only. The hub does the work; here is what it knows of one client.
 */
final class Subscription {

    /** The seat of one that is not live. */
    static final int NO_SEAT = -1;

    /** What a client knows before it was sent any id. */
    static final long NOTHING = -1;

    final long id;
    final WritePath path;
    final Audience audience;
    final String address;
    long endsAt; // milliseconds of the hub's clock

    /** Where it sits among the live ones of its audience, or {@link #NO_SEAT} while it is behind. */
    int seat = NO_SEAT;

    /** What it has still to read, while it is behind. A live one stands at its hub's head, and has none. */
    @Nullable
    Cursor cursor;

    /** The position of the last id that the client was sent, or {@link #NOTHING}. */
    long lastIdSent = NOTHING;

    long wroteAt; // milliseconds of the hub's clock
    boolean queued; // in the hub's queue of those that are behind and can be written to
    boolean started; // it has got what it gets when it opens; who falls out of the journal after that is slow
    boolean closed;

    /** What waited for its socket when it last moved, and when that was; see {@link SubscriptionTimers}. */
    long unsent;

    long movedAt;

    // The wheel's:
    long due = TimingWheel.OUT;

    @Nullable
    Subscription next;

    @Nullable
    Subscription previous;

    Subscription(long id, WritePath path, Audience audience, String address, long now, long endsAt) {
        this.id = id;
        this.path = path;
        this.audience = audience;
        this.address = address;
        this.wroteAt = now;
        this.movedAt = now;
        this.endsAt = endsAt;
    }

    boolean isLive() {
        return seat != NO_SEAT;
    }

    /** The cursor of one that is behind. */
    Cursor cursor() {
        Cursor known = cursor;
        if (known == null) {
            throw new IllegalStateException("subscription " + id + " is not behind");
        }
        return known;
    }

    /** What it waits for, or null. */
    Cursor.@Nullable Waiting waiting() {
        return cursor == null ? null : cursor.waiting();
    }
}
