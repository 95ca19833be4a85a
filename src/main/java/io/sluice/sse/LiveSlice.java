package io.sluice.sse;

import io.sluice.log.Journal;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events that are on their way to the live subscriptions: a slice of the journal, joined once per filter, and written once to
 * each.
 *
 * <pre>
 *    READY --> COLLECTING --> DELIVERING --> READY      the head moves while it collects
 *                  |
 *                  `--> LAPPED --> READY                its first event left the journal: all fall behind
 * </pre>
 *
 * <p><b>Each phase may take many turns.</b> It stops when the turn is spent, be it in the middle of one event, and goes on in the
 * next turn; subscriptions come and go meanwhile. Nobody goes live in COLLECTING and LAPPED, because what a new one has had
 * differs from what the slice has. A slice ends after {@value #MAX_TAKEN} events given to audiences, so that neither its memory nor
 * the wait of the first of them grows with the number of filters.
 *
 * <p>Event loop only.
 */
final class LiveSlice {

    private static final Logger LOG = LoggerFactory.getLogger(LiveSlice.class);

    /** The bytes of a slice. A single larger event is a slice. */
    private static final int MAX_BYTES = 64 * 1024;

    /** How many events a slice gives to how many audiences, multiplied. */
    private static final int MAX_TAKEN = 256 * 1024;

    /** What a write costs more than to read an event. */
    private static final int WRITE_UNITS = 16;

    private final ServedStream stream;
    private final Journal journal;
    private final Audiences audiences;
    private final CatchUp behind;
    private final BlockWriter writer;

    // Those with a slice under way.
    private final Queue<Audience> dirty = new ArrayDeque<>(1);

    private Phase phase = Phase.READY;

    // Every live subscription has what is up to the head, or is due to get it. Those that are due are at the start.
    private long head;
    private long start;

    // Of the slice that is being collected.
    private int bytes;
    private int taken;

    // Its first event that somebody is to get, and whether anybody was written it.
    private Journal.@Nullable Entry oldest;
    private boolean wrote;

    // The audiences that have still to fall behind.
    private int lappedLeft;

    private enum Phase {
        READY,
        COLLECTING,
        DELIVERING,
        LAPPED
    }

    LiveSlice(ServedStream stream, Audiences audiences, CatchUp behind, BlockWriter writer) {
        this.stream = stream;
        this.journal = stream.journal();
        this.audiences = audiences;
        this.behind = behind;
        this.writer = writer;
    }

    /** Begins at a position, without any live subscription. */
    void beginAt(long position) {
        head = position;
    }

    /** Every live subscription has what is up to here, or is due to get it. */
    long head() {
        return head;
    }

    /** The position up to which a live subscription was sent everything that passes. */
    long position(Subscription live) {
        return phase == Phase.LAPPED || live.audience.isDue(live) ? start : head;
    }

    /** Whether a subscription that has everything up to a position can be live. */
    boolean takes(long position) {
        return position == head && (phase == Phase.READY || phase == Phase.DELIVERING);
    }

    boolean isIdle(long end) {
        return phase == Phase.READY && head == end;
    }

    /** Moves to a position, without any live subscription: what is under way is for nobody. */
    void pass(long position, TurnBudget turn) {
        if (phase == Phase.READY) {
            head = position;
        } else {
            work(turn);
        }
    }

    /** Goes on with the slice, or begins the next one. */
    void work(TurnBudget turn) {
        if (phase == Phase.READY) {
            phase = Phase.COLLECTING;
            start = head;
            bytes = 0;
            taken = 0;
            oldest = null;
            wrote = false;
        }
        if (phase == Phase.COLLECTING) {
            collect(turn);
        }
        if (phase == Phase.DELIVERING) {
            deliver(turn);
        }
        if (phase == Phase.LAPPED) {
            fallBehind(turn);
        }
    }

    /** Takes events from the journal, and moves the head behind each that all have got whom it passes to. */
    private void collect(TurnBudget turn) {
        while (audiences.isCollecting() || hasRoom()) {
            if (!audiences.isCollecting() && !beginNext()) {
                return;
            }
            taken += audiences.collect(dirty, turn);
            if (oldest == null && taken > 0) {
                oldest = journal.read(head + 1);
            }
            if (audiences.isCollecting()) {
                return;
            }
            head++;
            if (turn.spend(1)) {
                return;
            }
        }
        phase = Phase.DELIVERING;
    }

    private boolean hasRoom() {
        return head < journal.head() && bytes < MAX_BYTES && taken < MAX_TAKEN;
    }

    /** Returns false if the next event is no longer kept. Then what was collected is the slice. */
    private boolean beginNext() {
        Journal.Entry entry = journal.read(head + 1);
        if (entry == null) {
            phase = Phase.DELIVERING;
            if (head == start) {
                beginLapped();
            }
            return false;
        }
        bytes += entry.size();
        audiences.begin(entry);
        return true;
    }

    /** Writes the slice to those that are due. */
    private void deliver(TurnBudget turn) {
        long now = SubscriptionTimers.now();
        for (Audience audience = dirty.peek(); audience != null; audience = dirty.peek()) {
            for (Subscription s = audience.nextDue(); s != null; s = audience.nextDue()) {
                if (s.path.isFull()) {
                    // It waits for its socket.
                    fallBehind(s);
                } else if (s.poll() != null) {
                    // It collects its answer alone, and exactly.
                    fallBehind(s);
                    behind.enqueue(s);
                } else {
                    wrote = true;
                    audience.delivered();
                    s.wrote(now);
                    writer.write(s, audience.slice());
                }
                if (turn.spend(WRITE_UNITS)) {
                    return;
                }
            }
            writer.release(audience);
            dirty.poll();
        }
        phase = Phase.READY;
        if (oldest != null && wrote) {
            writer.sliceWritten(oldest);
        }
        oldest = null;
    }

    /** The node was too slow for its journal: each live subscription reads on alone from where all of them were. */
    private void beginLapped() {
        LOG.debug("{}: event {} left the history before it was sent; subscribers are told", stream, head + 1);
        phase = Phase.LAPPED;
        head = journal.head();
        lappedLeft = audiences.size();
    }

    private void fallBehind(TurnBudget turn) {
        while (lappedLeft > 0) {
            Subscription s = audiences.anyLive(lappedLeft - 1);
            if (s == null) {
                lappedLeft--;
            } else {
                fallBehind(s);
                behind.enqueue(s);
            }
            if (turn.spend(1)) {
                return;
            }
        }
        phase = Phase.READY;
    }

    private void fallBehind(Subscription subscription) {
        subscription.audience.unseat(subscription);
        subscription.fallBehind(Cursor.after(start));
        LOG.debug("{} falls behind at {}", subscription, start);
    }
}
