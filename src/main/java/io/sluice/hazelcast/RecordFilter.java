package io.sluice.hazelcast;

import io.sluice.hazelcast.LogRecord.Appended;
import io.sluice.hazelcast.LogRecord.Position;
import io.sluice.log.Epochs;
import io.sluice.log.EventId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which records of a ring count. All readers decide alike, whichever node wrote a record, and however often.
 *
 * <pre>
 *     term   1    1    1    2     1    2    2    2        2: a new leader, of which the first one does not know yet
 *     n      7    8    8    -     9    9    9   10
 *            ok   ok   no  start  no   ok   no   ok       "8" twice: Hazelcast repeated a batch after a member died
 * </pre>
 *
 * <ol>
 *   <li>A record is taken only if its term is at least the highest seen. An event is taken only if its n is exactly the last
 *       one's + 1, and its epoch the one that owns n. The first event that is read sets the base.
 *   <li>The events of a batch are taken together, with the last of them. A batch that a leader left unfinished is dropped when the
 *       next term begins.
 *   <li>An event that was taken counts when a position behind it says so. The leader adds the position once a backup has the
 *       event. Until then the event may be on one side of a split only. The first position of a term, or of an epoch, says also
 *       that no event beyond it will ever count.
 *   <li>An epoch begins with a position that names it. If the log continues on one side of a split, n is that of the last event
 *       that counts. If the log has lost its past, n is far above all that any node may have, so that numbers only grow.
 * </ol>
 *
 * <p>Positions carry the epochs, so that the ring says which epoch owns which n. This filter has the replica's copy of them; the
 * journal gets them by {@link Output}, and {@link EpochTable} keeps them for the case that the ring is lost.
 *
 * <p>One thread only.
 */
final class RecordFilter {

    /** Gets what counts. */
    interface Output {

        /** The next event does not follow the last: it follows a position. */
        void rebase(Epochs epochs, long position);

        /** An epoch begins behind the last event. */
        void beginEpoch(Epochs epochs);

        /** All events of a batch, or of a part of one if reading begins in its middle. */
        void deliver(List<Appended> batch);
    }

    /** The base if nothing was read yet. */
    static final long NO_BASE = -1;

    private final Output output;
    /** Whole batches that do not count yet. */
    private final Deque<List<Appended>> taken = new ArrayDeque<>();

    private final List<Appended> unfinished = new ArrayList<>();
    private @Nullable Epochs epochs;
    private long term;
    /** The last event that counts. */
    private long last = NO_BASE;
    /** The last event of the last batch that was taken. */
    private long whole = NO_BASE;
    /** The term is new, and has no position yet. */
    private boolean newTerm;
    /** Records were missed since the last one. */
    private boolean missed;
    /** The log has lost its past. */
    private boolean lost;

    /** @param epochs the log's epochs if they are known already */
    RecordFilter(@Nullable Epochs epochs, Output output) {
        this.epochs = epochs;
        this.output = output;
    }

    /** The highest term seen. */
    long term() {
        return term;
    }

    /** The last event that counts, or {@link #NO_BASE}. */
    long last() {
        return last;
    }

    /** The last event of the last whole batch that was taken. */
    long whole() {
        return whole;
    }

    /** The last event that was taken, also if its batch is unfinished. */
    long seen() {
        return whole + unfinished.size();
    }

    /** The log's epochs; null if none is known. */
    @Nullable
    Epochs epochs() {
        return epochs;
    }

    /** Whether the log has lost its past, so that only a new epoch counts. */
    boolean isLost() {
        return lost;
    }

    /** Records were missed: the next one sets the base again. */
    void missRecords() {
        forgetTaken();
        missed = last != NO_BASE;
    }

    /** The ring is read from its oldest record again. */
    void reread() {
        unfinished.clear();
    }

    /** The log has lost what was read from it. */
    void loseHistory() {
        forgetTaken();
        lost = true;
    }

    private void forgetTaken() {
        taken.clear();
        unfinished.clear();
        whole = last;
    }

    void offer(LogRecord record) {
        if (record.term() < term) {
            return;
        }
        if (record.term() > term) {
            // With the first term, reading begins somewhere in it.
            newTerm = term > 0;
            term = record.term();
            unfinished.clear();
        }
        if (record instanceof Position position) {
            confirm(position);
        } else if (record instanceof Appended appended && !lost) {
            take(appended);
        }
    }

    private void confirm(Position position) {
        Epochs named = position.epochs();
        long n = position.n();
        boolean known = epochs != null && named.newest().equals(epochs.newest());
        if (last == NO_BASE) {
            if (epochs == null || epochs.past() <= n) {
                rebase(
                        epochs != null && epochs.contains(named.id(n)) && !named.has(epochs.newest()) ? epochs : named,
                        n);
            }
        } else if (lost) {
            if (!known && n > last) {
                rebase(named, n);
            } else if (!known && n == last) {
                lost = false;
                beginEpoch(named);
            }
        } else {
            confirm(named, n, known);
        }
    }

    private void confirm(Epochs named, long n, boolean known) {
        if (epochs != null && named.id(n).equals(epochs.id(n))) {
            deliverUpTo(n);
        }
        if (n > last) {
            rebase(named, n);
        } else if (!known && n == last) {
            beginEpoch(named);
        } else if (newTerm) {
            forgetTaken();
        }
        newTerm = false;
    }

    private void beginEpoch(Epochs named) {
        forgetTaken();
        newTerm = false;
        epochs = named;
        output.beginEpoch(named);
    }

    private void deliverUpTo(long n) {
        while (!taken.isEmpty() && lastOf(taken.getFirst()) <= n) {
            List<Appended> batch = taken.removeFirst();
            last = lastOf(batch);
            output.deliver(batch);
        }
    }

    private static long lastOf(List<Appended> batch) {
        return batch.get(batch.size() - 1).id().n();
    }

    private void take(Appended appended) {
        EventId id = appended.id();
        if (epochs == null) {
            epochs = Epochs.startingAt(id.at(id.n() - 1));
        }
        if (!epochs.contains(id)) {
            return;
        }
        if (newTerm) {
            // The term's first position was missed, and so has not confirmed what was taken before.
            forgetTaken();
            newTerm = false;
        }
        boolean base = last == NO_BASE || (missed && id.n() > whole + 1);
        if (base) {
            rebase(epochs, id.n() - 1);
        }
        if (id.n() != seen() + 1) {
            return;
        }
        missed = false;
        unfinished.add(appended);
        if (!appended.more()) {
            taken.add(List.copyOf(unfinished));
            unfinished.clear();
            whole = id.n();
        }
    }

    private void rebase(Epochs from, long position) {
        epochs = from;
        last = position;
        lost = false;
        missed = false;
        newTerm = false;
        forgetTaken();
        output.rebase(from, position);
    }
}
