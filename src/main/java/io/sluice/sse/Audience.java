package io.sluice.sse;

import io.sluice.stream.Frame;
import io.sluice.stream.TopicFilter;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The live subscriptions with one filter, and what is on its way to them: joined once, written to each.
 *
 * <pre>
 *    seats   0 . . . . . . . . . undelivered . . . . . . . . . size
 *            have not got the slice  |  have it, or came later
 * </pre>
 *
 * <p>Delivery goes from the right to the left, and can stop anywhere to go on in a later turn. Whoever leaves meanwhile is
 * replaced so that both sides stay whole. Event loop only.
 */
final class Audience {

    private static final Buffer NOTHING = Buffer.buffer();

    final TopicFilter filter;

    private @Nullable Subscription[] seats = new Subscription[4];
    private int size;
    private int subscriptions; // live or behind

    private final List<Frame> collected = new ArrayList<>();
    private long lastCollected; // the number of the newest event that ever passed
    private Buffer slice = NOTHING;
    private int undelivered;

    Audience(TopicFilter filter) {
        this.filter = filter;
    }

    /** Counts one more that belongs here, live or not. */
    void join() {
        subscriptions++;
    }

    /** Counts one less, and says whether nobody is left. */
    boolean leave() {
        return --subscriptions == 0;
    }

    boolean hasLive() {
        return size > 0;
    }

    void seat(Subscription subscription) {
        if (size == seats.length) {
            seats = Arrays.copyOf(seats, size * 2);
        }
        put(subscription, size++);
    }

    void unseat(Subscription subscription) {
        int hole = subscription.seat;
        if (hole < undelivered) {
            undelivered--;
            put(at(undelivered), hole);
            hole = undelivered;
        }
        size--;
        put(at(size), hole);
        seats[size] = null;
        subscription.seat = Subscription.NO_SEAT;
    }

    /** Whether the slice under way is still to be written to a live subscription. */
    boolean isDue(Subscription subscription) {
        return subscription.seat < undelivered;
    }

    /**
     * Takes an event into the next slice.
     *
     * @return whether it is the first there; false also where the event is in it already, by another pattern
     */
    boolean collect(Frame frame) {
        if (size == 0 || lastCollected == frame.n()) {
            return false;
        }
        lastCollected = frame.n();
        collected.add(frame);
        return collected.size() == 1;
    }

    /** Joins what was collected. From here on everybody seated is due. */
    void prepare() {
        slice = Buffer.buffer(collected.stream().mapToInt(f -> f.bytes().length).sum());
        collected.forEach(frame -> slice.appendBytes(frame.bytes()));
        collected.clear();
        undelivered = size;
    }

    /** Gives up what was collected. */
    void discard() {
        collected.clear();
    }

    /** The next one to get the slice, or null when all have it. It is still due: unseat it, or {@link #delivered()}. */
    @Nullable
    Subscription nextDue() {
        if (undelivered == 0) {
            slice = NOTHING;
            return null;
        }
        return seats[undelivered - 1];
    }

    Buffer slice() {
        return slice;
    }

    /** The last {@link #nextDue()} has got the slice. */
    void delivered() {
        Subscription subscription = at(--undelivered);
        subscription.told = lastCollected;
    }

    /** Anyone who is live, or null. */
    @Nullable
    Subscription anyLive() {
        return size == 0 ? null : seats[size - 1];
    }

    private Subscription at(int seat) {
        Subscription subscription = seats[seat];
        if (subscription == null) {
            throw new IllegalStateException("seat " + seat + " of " + size + " is empty");
        }
        return subscription;
    }

    private void put(Subscription subscription, int seat) {
        seats[seat] = subscription;
        subscription.seat = seat;
    }
}
