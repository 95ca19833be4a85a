package io.sluice.sse;

import io.sluice.log.Journal;
import java.util.Collections;
import java.util.Iterator;
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

    /** While it is behind: the position up to which everything was written. A live one stands at its hub's head. */
    long cursor;

    /** While it is behind: single events to write before reading on from the cursor. */
    Iterator<Journal.Entry> first = Collections.emptyIterator();

    /** The position that the client knows, by the last id it was sent, or {@link #NOTHING}. */
    long told = NOTHING;

    long wroteAt; // milliseconds of the hub's clock
    boolean queued; // in the hub's queue of those that are behind and can be written to
    boolean begun; // it has got what it gets when it opens; who falls out of the journal after that is slow
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
}
