package io.sluice.sse;

import io.sluice.log.Encoding;
import io.sluice.log.Journal;
import io.sluice.stream.TopicFilter;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The live subscriptions with one filter and one format, and the slice that is on its way to them: joined once, written to each.
 *
 * <pre>
 *    seats   0 . . . . . . . . . undelivered . . . . . . . . . size
 *            have not got the slice  |  have it, or came later
 * </pre>
 *
 * <p>Delivery goes from the right to the left, and can stop anywhere to continue in a later turn. The seat of a subscription that
 * leaves meanwhile is filled so that both sides stay whole. Event loop only.
 */
final class Audience extends Bag.Item {

    /** What its subscriptions have in common: they get the same bytes. */
    record Key(TopicFilter filter, Encoding encoding) {}

    final Key key;

    final TopicFilter filter;

    final Encoding encoding;

    /** Whose subscriptions they are; null if they want each event as it comes. */
    final @Nullable RatedGroup rated;

    /** The work of asking the filter about one event, in units of {@link TurnBudget}. */
    final int matchUnits;

    /** Its places in the index. Written by {@link Crowd}. */
    PatternIndex.Place[] places = {};

    private @Nullable Subscription[] seats = new Subscription[1];
    private int size;

    // Live or behind.
    private int subscriptions;

    // The position of the newest event that ever passed.
    private long lastCollected;
    private final FrameBatch slice = new FrameBatch();
    private int undelivered;

    Audience(Key key) {
        this(key, null);
    }

    Audience(Key key, @Nullable RatedGroup rated) {
        this.key = key;
        this.rated = rated;
        this.filter = key.filter;
        this.encoding = key.encoding;
        this.matchUnits = matchUnits(filter);
    }

    static int matchUnits(TopicFilter filter) {
        return 1 + filter.patterns().size() - filter.exactTopics().size();
    }

    /** Counts one more subscription, live or not. */
    void join() {
        subscriptions++;
    }

    /** Counts one less. Returns whether it was the last. */
    boolean leave() {
        return --subscriptions == 0;
    }

    /** Whether it has no subscription, live or not. */
    boolean isEmpty() {
        return subscriptions == 0;
    }

    /** Has the next live ones get any event, even one that passed before. */
    void begin() {
        lastCollected = 0;
    }

    void seat(Subscription subscription) {
        if (subscription.isLive()) {
            throw new IllegalStateException("subscription " + subscription.id + " is live already");
        }
        if (size == seats.length) {
            seats = Arrays.copyOf(seats, size * 2);
        }
        put(subscription, size++);
    }

    void unseat(Subscription subscription) {
        int hole = subscription.seat;
        if (hole < undelivered) {
            move(--undelivered, hole);
            hole = undelivered;
        }
        move(--size, hole);
        seats[size] = null;
        subscription.seat = Subscription.NO_SEAT;
    }

    private void move(int from, int to) {
        // Otherwise it is the one that leaves, or it was moved into the hole just now.
        if (from != to) {
            put(at(from), to);
        }
    }

    /** Whether the slice under way is still to be written to a live subscription. */
    boolean isDue(Subscription subscription) {
        return subscription.seat < undelivered;
    }

    /**
     * Takes an event into the slice. The first one makes the slice due to every subscription that has a seat now.
     *
     * @return false if there is no live subscription, or the slice has the event already, by another pattern
     */
    boolean collect(Journal.Entry entry) {
        if (size == 0 || lastCollected == entry.position()) {
            return false;
        }
        lastCollected = entry.position();
        if (slice.isEmpty()) {
            undelivered = size;
        }
        slice.appendEvent(entry.frame(encoding));
        return true;
    }

    /** Takes an event into the slice, and joins those with a slice under way if the event is the first. */
    boolean collect(Journal.Entry entry, Collection<Audience> dirty) {
        boolean taken = collect(entry);
        if (taken && slice.events() == 1) {
            dirty.add(this);
        }
        return taken;
    }

    /** Releases the slice: all have it, or read it from the journal. */
    void release() {
        slice.clear();
        undelivered = 0;
    }

    /** The next one to get the slice, or null when all have it. It is still due: unseat it, or {@link #delivered()}. */
    @Nullable
    Subscription nextDue() {
        return undelivered == 0 ? null : seats[undelivered - 1];
    }

    FrameBatch slice() {
        return slice;
    }

    /** The last {@link #nextDue()} has got the slice. */
    void delivered() {
        at(--undelivered).idSent(lastCollected);
    }

    /** Any live subscription, or null. */
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
