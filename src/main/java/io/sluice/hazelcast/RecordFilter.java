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
 * Which records of a ring count, for one reader: what makes all readers agree, whoever wrote, and how often.
 *
 * <pre>
 *     term   1    1    1    2     1    2    2    2        2: a new sequencer; the first one does not know it yet
 *     n      7    8    8    -     9    9    9   10
 *            ok   ok   no  start  no   ok   no   ok       "8" twice: Hazelcast repeated a batch after a member died
 * </pre>
 *
 * <ol>
 *   <li>A record is taken only if its term is at least the highest seen, and an event only if n is exactly the last one's + 1,
 *       and its epoch the one that owns n. The first event that is read sets the base.
 *   <li>Events of one submission are taken together, with its last: what a sequencer left unfinished is dropped when the next
 *       one's term begins.
 *   <li>What was taken counts when a position behind it says so, which the sequencer adds once a backup has the events. Until
 *       then they may be on one side of a split only. The first position of a term, or of an epoch, says also that what is
 *       beyond it never will.
 *   <li>An epoch begins with a position that names it. Where the log goes on, on one side of a split, its n is that of the last
 *       that counts; where the log has lost its past, n is far above whatever anybody has, so that numbers only grow.
 * </ol>
 *
 * <p>One thread only.
 */
final class RecordFilter {

    /** Sees what counts. */
    interface Reader {

        /** What follows does not go on from what was there. */
        void begin(Epochs epochs, long position);

        /** An epoch begins behind the last event. */
        void goOn(Epochs epochs);

        /** All events of a submission, or of a part of one where reading begins in its middle. */
        void accept(List<Appended> submission);
    }

    /** The base where nothing was read yet. */
    static final long NOWHERE = -1;

    private final Reader reader;
    private final Deque<List<Appended>> taken = new ArrayDeque<>(); // whole submissions that do not count yet
    private final List<Appended> unfinished = new ArrayList<>();
    private @Nullable Epochs epochs;
    private long term;
    private long last = NOWHERE;
    private long whole = NOWHERE; // the last event of what was taken, or the last
    private boolean newTerm; // without a position yet
    private boolean missed; // records, since the last one
    private boolean lost; // the past

    /** @param epochs what is known from elsewhere of the log's epochs, or null */
    RecordFilter(@Nullable Epochs epochs, Reader reader) {
        this.epochs = epochs;
        this.reader = reader;
    }

    /** The highest term seen. */
    long term() {
        return term;
    }

    /** The last event that counts, or {@link #NOWHERE}. */
    long last() {
        return last;
    }

    /** The last event of the last whole submission that was taken. */
    long whole() {
        return whole;
    }

    /** The last event that was taken, be it that its submission is unfinished. */
    long seen() {
        return whole + unfinished.size();
    }

    /** What is known of the log's epochs; null where nothing is. */
    @Nullable
    Epochs epochs() {
        return epochs;
    }

    /** Whether the log's past is lost, so that only a new epoch counts. */
    boolean isLost() {
        return lost;
    }

    /** Records were missed: what comes next sets the base again. */
    void miss() {
        forget();
        missed = last != NOWHERE;
    }

    /** The same records are read again from the oldest on, and perhaps others. */
    void repeat() {
        unfinished.clear();
    }

    /** The log has lost what was read from it. */
    void lose() {
        forget();
        lost = true;
    }

    private void forget() {
        taken.clear();
        unfinished.clear();
        whole = last;
    }

    void take(LogRecord record) {
        if (record.term() < term) {
            return;
        }
        if (record.term() > term) {
            newTerm = term > 0; // else reading begins here, somewhere in it
            term = record.term();
            unfinished.clear();
        }
        if (record instanceof Position position) {
            take(position);
        } else if (record instanceof Appended appended && !lost) {
            take(appended);
        }
    }

    private void take(Position position) {
        Epochs named = position.epochs();
        long n = position.n();
        boolean known = epochs != null && named.newest().equals(epochs.newest());
        if (last == NOWHERE) {
            if (epochs == null || epochs.past() <= n) {
                begin(
                        epochs != null && epochs.contains(named.id(n)) && !named.has(epochs.newest()) ? epochs : named,
                        n);
            }
        } else if (lost) {
            if (!known && n > last) {
                begin(named, n);
            } else if (!known && n == last) {
                lost = false;
                enter(named);
            }
        } else {
            goOn(named, n, known);
        }
    }

    private void goOn(Epochs named, long n, boolean known) {
        if (epochs != null && named.id(n).equals(epochs.id(n))) {
            count(n);
        }
        if (n > last) {
            begin(named, n);
        } else if (!known && n == last) {
            enter(named);
        } else if (newTerm) {
            forget();
        }
        newTerm = false;
    }

    private void enter(Epochs named) {
        forget();
        newTerm = false;
        epochs = named;
        reader.goOn(named);
    }

    private void count(long upTo) {
        while (!taken.isEmpty() && lastOf(taken.getFirst()) <= upTo) {
            List<Appended> submission = taken.removeFirst();
            last = lastOf(submission);
            reader.accept(submission);
        }
    }

    private static long lastOf(List<Appended> submission) {
        return submission.get(submission.size() - 1).id().n();
    }

    private void take(Appended appended) {
        EventId id = appended.id();
        if (epochs == null) {
            epochs = Epochs.startingAt(id.at(id.n() - 1));
        }
        if (!epochs.contains(id)) {
            return;
        }
        if (newTerm) { // its first position was missed, and has not confirmed what was taken before
            forget();
            newTerm = false;
        }
        boolean base = last == NOWHERE || (missed && id.n() > whole + 1);
        if (base) {
            begin(epochs, id.n() - 1);
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

    private void begin(Epochs from, long position) {
        epochs = from;
        last = position;
        lost = false;
        missed = false;
        newTerm = false;
        forget();
        reader.begin(from, position);
    }
}
