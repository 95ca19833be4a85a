package io.sluice.sse;

import io.sluice.stream.CloseReason;
import io.vertx.ext.auth.User;
import org.jspecify.annotations.Nullable;

/**
 * One client's open response. A slow client costs a number, not a queue: what it has not got is in the journal.
 *
 * <p>The state of one client; {@link Hub} and {@link Delivery} do the work. Their event loop only.
 */
final class Subscription extends SlowClients.Counted {

    /** The seat of a subscription that is not live. */
    static final int NO_SEAT = -1;

    /** The position of a client that was sent no id yet. */
    static final long NOTHING = -1;

    final long id;
    final WritePath path;
    final Delivery delivery;
    final Audience audience;
    final Positions positions;
    final Words words;

    /** Null if it gets each event as it comes. */
    final @Nullable Pace pace;

    final String address;
    final @Nullable User user;

    /** Of the hub's clock, in milliseconds. */
    final long openedAt;

    /** What a listener of the application was told that it is; null if there is none. */
    @Nullable
    Subscriber subscriber;

    /** The place among the live ones of its audience, or {@link #NO_SEAT}. Written by the audience. */
    int seat = NO_SEAT;

    private long endsAt;
    private CloseReason endReason;
    private @Nullable StartPosition start;
    private @Nullable Cursor cursor;
    private long lastIdSent = NOTHING;
    private boolean queued;
    private boolean closed;

    // Of the hub's clock, in milliseconds; and the socket's progress when it last moved.
    private long wroteAt;
    private long movedAt;
    private long progress;

    Subscription(long id, WritePath path, Delivery delivery, Audience audience, SubscriptionRequest request, long now) {
        this.id = id;
        this.path = path;
        this.delivery = delivery;
        this.audience = audience;
        this.positions = Positions.of(request.limited());
        this.words = path instanceof PollPath poll ? poll : SseWords.of(request.manner());
        RatedGroup rated = audience.rated;
        this.pace = rated == null ? null : new Pace(rated, request.beginning().lastEventId() != null);
        this.address = request.address();
        this.user = request.user();
        this.endsAt = request.endsAt();
        this.endReason = request.endReason();
        this.openedAt = now;
        this.wroteAt = now;
        this.movedAt = now;
    }

    /** What the application sees of it. */
    Subscriber asSubscriber() {
        Subscriber known = subscriber;
        return known == null ? Subscriber.of(this) : known;
    }

    /** The answer that it collects, if it is a poll; null if it is a stream. */
    @Nullable
    PollPath poll() {
        return path instanceof PollPath poll ? poll : null;
    }

    /** The pace of a subscription with a rate. */
    Pace requirePace() {
        Pace known = pace;
        if (known == null) {
            throw new IllegalStateException(this + " has no rate");
        }
        return known;
    }

    // ---- its position

    /** Whether everything up to the hub's head was written, or is being written. */
    boolean isLive() {
        return seat != NO_SEAT;
    }

    /** Has it begin somewhere, when its time comes. */
    void beginAt(StartPosition position) {
        start = position;
        fallBehind(position.cursor());
    }

    /** Where a subscription begins that has not. */
    StartPosition start() {
        StartPosition known = start;
        if (known == null) {
            throw new IllegalStateException(this + " has begun");
        }
        return known;
    }

    /** Whether it has got what it gets when it opens. A client that falls out of the journal after that is slow. */
    boolean isStarted() {
        return start == null;
    }

    void started() {
        start = null;
    }

    /** Has it read on from a cursor. */
    void fallBehind(Cursor from) {
        delivery.countBehind(cursor == null ? 1 : 0);
        cursor = from;
    }

    /** Takes its seat among the live ones of its audience. */
    void goLive() {
        delivery.countBehind(cursor == null ? 0 : -1);
        cursor = null;
        audience.seat(this);
    }

    /** The cursor of a subscription that is behind. */
    Cursor cursor() {
        Cursor known = cursor;
        if (known == null) {
            throw new IllegalStateException(this + " is not behind");
        }
        return known;
    }

    boolean hasCursor() {
        return cursor != null;
    }

    /** The id that it waits for, or null. */
    Cursor.@Nullable Waiting waiting() {
        return cursor == null ? null : cursor.waiting();
    }

    /** The position of the last id that the client was sent, or {@link #NOTHING}. */
    long lastIdSent() {
        return lastIdSent;
    }

    void idSent(long position) {
        lastIdSent = position;
    }

    // ---- its place in the queue of those that are behind

    /** Whether it is behind, and neither queued nor waiting for the journal. */
    boolean isHeldBack() {
        return !closed && !queued && cursor != null && (cursor.waiting() == null || !isStarted());
    }

    /** Returns false if it is queued already. */
    boolean enqueue() {
        boolean first = !queued;
        queued = true;
        return first;
    }

    void dequeued() {
        queued = false;
    }

    // ---- its socket

    void wrote(long now) {
        wroteAt = now;
    }

    long wroteAt() {
        return wroteAt;
    }

    /** Whether what waits for the socket has not moved for a time, in milliseconds. */
    boolean isStuck(long now, long time) {
        if (!path.isFull()) {
            movedAt = now;
        }
        return stuckFor(now) > time;
    }

    /** For how long nothing has moved, in milliseconds. */
    long stuckFor(long now) {
        long seen = path.progress();
        if (seen != progress) {
            progress = seen;
            movedAt = now;
        }
        return now - movedAt;
    }

    // ---- its end

    long endsAt() {
        return endsAt;
    }

    CloseReason endReason() {
        return endReason;
    }

    /** Has it end for another reason, at a time, or when it ends anyway. A right that expires before does so for its own. */
    void endBy(long time, CloseReason reason) {
        boolean expiresBefore = endReason == CloseReason.EXPIRED && endsAt < time;
        endsAt = Math.min(endsAt, time);
        endReason = expiresBefore ? endReason : reason;
    }

    /** Returns false if it is closed already. */
    boolean close() {
        boolean first = !closed;
        delivery.countBehind(first && cursor != null ? -1 : 0);
        closed = true;
        return first;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public String toString() {
        return delivery + ": subscription " + id;
    }
}
