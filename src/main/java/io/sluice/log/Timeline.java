package io.sluice.log;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Maps ids to a journal's positions, and the positions of an earlier log to the current one.
 *
 * <p>There are three numbers for an event:
 *
 * <ul>
 *   <li>its <b>id</b>, {@code k3f9a2-499}: the client's;
 *   <li>its <b>n</b>, the number in the id: the log's. An epoch names the log that gave the number; {@link Epochs} lists the
 *       epochs of one log, and tells which ids are still its own;
 *   <li>its <b>position</b>: the journal's. Positions only grow.
 * </ul>
 *
 * <p>Numbers may go back: a log that lost its newest events gives the same numbers again, and after a split another log may
 * replace this one. The journal then begins a new <b>incarnation</b> of the log, at a position above all earlier ones.
 *
 * <pre>
 *   incarnation    1: k3f9a2, then b7         2: k3f9a2, as other nodes continued it
 *                  |                          |
 *   positions      0 ....... 499 500 .. 520   521 ...... 1020 1021 1022 ..
 *   n              0 ....... 499 500 .. 520   0 ........ 499  500  501 ..
 *                            |   `- b7        `----.----'
 *                            |                     common to both
 *                            `- the last event that both contain
 * </pre>
 *
 * <p><b>Resuming</b> is one algorithm for a client that comes with an id and for a subscription that stands at a position:
 *
 * <ol>
 *   <li>{@link #find} maps the id to a position, in the newest incarnation that has it;
 *   <li>{@link #resumeAfter} maps a position of an earlier incarnation to the current one: just after the last event that
 *       both contain. In the drawing position 520 becomes 1020. {@link Journal} then moves it up to its oldest kept event;
 *   <li>if the id at the resulting position is the reader's own, the reader has missed nothing. Otherwise there is a gap, and
 *       {@link #count} tells how many events are in it, if the current log contains the reader's id.
 * </ol>
 *
 * <p>An immutable value, so that a reader on another thread never sees half of a change.
 *
 * @param incarnations the newest {@value #MAX}, oldest first
 */
record Timeline(List<Incarnation> incarnations) {

    private static final int MAX = 16;

    /**
     * The log between two times at which its numbers went back.
     *
     * @param first the position of its n = 0
     * @param known its last n at the time when it began
     */
    record Incarnation(Epochs epochs, long first, long known) {}

    Timeline {
        incarnations = List.copyOf(incarnations.subList(Math.max(0, incarnations.size() - MAX), incarnations.size()));
    }

    /** The timeline of a log whose numbers have never gone back. */
    static Timeline of(Epochs epochs) {
        return new Timeline(List.of(new Incarnation(epochs, 0, 0)));
    }

    /** This timeline, with new epochs of the current incarnation. */
    Timeline with(Epochs epochs) {
        List<Incarnation> all = new ArrayList<>(incarnations);
        all.set(all.size() - 1, new Incarnation(epochs, current().first, current().known));
        return new Timeline(all);
    }

    /** This timeline, and one more incarnation: it has events up to n, at positions above {@code head}. */
    Timeline begin(Epochs epochs, long head, long n) {
        List<Incarnation> all = new ArrayList<>(incarnations);
        all.add(new Incarnation(epochs, head + 1, n));
        return new Timeline(all);
    }

    private Incarnation current() {
        return incarnations.get(incarnations.size() - 1);
    }

    /** Whether the log does not have the stream: not yet, or not any more. */
    boolean isUnborn() {
        return current().epochs.equals(Journal.UNBORN_EPOCHS);
    }

    private Incarnation of(long position) {
        Incarnation found = incarnations.get(0);
        for (Incarnation later : incarnations) {
            found = later.first <= position ? later : found;
        }
        return found;
    }

    /** The position of a number of the current incarnation. */
    long position(long n) {
        return current().first + n;
    }

    EventId id(long position) {
        Incarnation incarnation = of(position);
        return incarnation.epochs.id(Math.max(0, position - incarnation.first));
    }

    /**
     * The position of an id up to {@code head}; null if no incarnation has it. {@link Journal#UNBORN_ID} is before the first event
     * of a log that starts from nothing.
     */
    @Nullable
    Long find(EventId id, long head) {
        long end = head;
        for (int i = incarnations.size() - 1; i >= 0; i--) {
            Incarnation incarnation = incarnations.get(i);
            // Not first + n: a client may send any n.
            if (id.n() <= end - incarnation.first && incarnation.epochs.contains(id)) {
                return incarnation.first + id.n();
            }
            end = incarnation.first - 1;
        }
        return id.equals(Journal.UNBORN_ID) && current().epochs.isWhole() ? (Long) current().first : null;
    }

    /**
     * The position of an id that the current incarnation is to reach within {@code distance} events after {@code head}, or null. Before
     * a stream is there, it may reach any id: another node may have made the stream already.
     */
    @Nullable
    Long findAhead(EventId id, long head, long distance) {
        long last = head - current().first;
        boolean near = id.n() > last && id.n() - last <= distance;
        boolean contained = isUnborn() || current().epochs.contains(id);
        return near && contained ? (Long) position(id.n()) : null;
    }

    /** The number of events of the current incarnation between two positions; null if it does not contain the first one. */
    @Nullable
    Long count(long after, long upTo) {
        EventId from = id(after);
        return current().epochs.contains(from) ? (Long) (id(upTo).n() - from.n()) : null;
    }

    /** Maps a position of an earlier incarnation to the current one: just after the last event that both contain. */
    long resumeAfter(long position) {
        Incarnation then = of(position);
        Incarnation now = current();
        return then.equals(now)
                ? position
                : now.first + now.epochs.lastCommon(then.epochs, Math.min(position - then.first, now.known));
    }
}
