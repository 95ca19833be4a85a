package io.sluice.log;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a journal's positions mean. They only grow, whatever becomes of the log: where its numbers go back, because it has lost
 * its past or another one has taken its place, it begins a life of its own, behind all positions that there were.
 *
 * <pre>
 *     life         k3f9a2, then b7            k3f9a2, which others went on with
 *                  |                          |
 *     positions    0 ....... 499 500 .. 520   521 ...... 1020 1021 1022 ..
 *     n            0 ....... 499 500 .. 520   0 ........ 499  500  501 ..
 *                            |   `- b7        `----.----'
 *                            `- what both lives have in common ends here
 * </pre>
 *
 * <p>An immutable value, so that a reader on another thread never sees half of a change.
 *
 * @param list the newest {@value #MAX}, oldest first
 */
record Timeline(List<Life> list) {

    private static final int MAX = 16;

    /**
     * One of them.
     *
     * @param first the position of its n = 0
     * @param known the last n that there was when it began
     */
    record Life(Epochs epochs, long first, long known) {}

    Timeline {
        list = List.copyOf(list.subList(Math.max(0, list.size() - MAX), list.size()));
    }

    /** A first life. */
    static Timeline of(Epochs epochs) {
        return new Timeline(List.of(new Life(epochs, 0, 0)));
    }

    /** The same, with the newest life's epochs as they are by now. */
    Timeline with(Epochs epochs) {
        return new Timeline(replaceNewest(new Life(epochs, newest().first, newest().known)));
    }

    /** These, and one more, with events up to n, behind all positions up to {@code head}. */
    Timeline begin(Epochs epochs, long head, long n) {
        List<Life> more = new ArrayList<>(list);
        more.add(new Life(epochs, head + 1, n));
        return new Timeline(more);
    }

    private List<Life> replaceNewest(Life life) {
        List<Life> all = new ArrayList<>(list);
        all.set(all.size() - 1, life);
        return all;
    }

    private Life newest() {
        return list.get(list.size() - 1);
    }

    private Life of(long position) {
        Life found = list.get(0);
        for (Life later : list) {
            found = later.first <= position ? later : found;
        }
        return found;
    }

    Epochs epochs() {
        return newest().epochs;
    }

    /** The position of a number of the log as it is now. */
    long position(long n) {
        return newest().first + n;
    }

    EventId id(long position) {
        Life life = of(position);
        return life.epochs.id(Math.max(0, position - life.first));
    }

    /** The position of an id, of the log as it is now or else as it was; null where it is nobody's. */
    @Nullable
    Long find(EventId id, long head) {
        long end = head;
        for (int i = list.size() - 1; i >= 0; i--) {
            Life life = list.get(i);
            if (life.first + id.n() <= end && life.epochs.own(id)) {
                return life.first + id.n();
            }
            end = life.first - 1;
        }
        return null;
    }

    /** How many events of the log as it is now lie between two positions, or null where nobody can know. */
    @Nullable
    Long count(long after, long upTo) {
        EventId from = id(after);
        return epochs().own(from) ? (Long) (id(upTo).n() - from.n()) : null;
    }

    /** Where who stands at a position of the log as it was goes on in the log as it is: right behind what both have. */
    long carry(long position) {
        Life then = of(position);
        Life now = newest();
        return then.equals(now)
                ? position
                : now.first + now.epochs.common(then.epochs, Math.min(position - then.first, now.known));
    }
}
