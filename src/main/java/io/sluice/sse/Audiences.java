package io.sluice.sse;

import io.sluice.log.Journal;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The audiences of one stream at one event loop, by filter and format, and the event that is being given out to those that it passes to. A stream
 * with one filter, as most streams of a template are, needs no index: its events are matched. Event loop only.
 */
final class Audiences {

    /** A filter up to this price is asked, and not looked up, if it is the only one. */
    private static final int CHEAP_UNITS = 2;

    // One of them at most:
    private @Nullable Audience lone;
    private @Nullable Crowd crowd;

    // The event that is given out.
    private Journal.@Nullable Entry entry;
    private boolean loneIsDue;

    /** The audience of a key, with one more subscription. */
    Audience join(Audience.Key key) {
        Audience audience = of(key);
        audience.join();
        return audience;
    }

    private Audience of(Audience.Key key) {
        Audience only = lone;
        if (only != null && only.key.equals(key)) {
            return only;
        }
        if (only == null && crowd == null) {
            Audience first = new Audience(key);
            if (first.matchUnits <= CHEAP_UNITS) {
                lone = first;
                return first;
            }
        }
        return crowd().of(key);
    }

    private Crowd crowd() {
        if (crowd == null) {
            crowd = new Crowd();
            if (lone != null) {
                crowd.add(lone);
                lone = null;
            }
        }
        return crowd;
    }

    void leave(Audience audience) {
        if (!audience.leave()) {
            return;
        }
        if (crowd != null) {
            crowd.remove(audience);
        } else {
            lone = null;
        }
        audience.release();
    }

    boolean isEmpty() {
        return lone == null && (crowd == null || crowd.all().isEmpty());
    }

    int size() {
        return lone != null ? 1 : crowd == null ? 0 : crowd.all().size();
    }

    /** A live subscription of an audience by its index, as in a {@link Bag} that changes; null if there is none. */
    @Nullable
    Subscription anyLive(int index) {
        Audience only = lone;
        if (only != null) {
            return index == 0 ? only.anyLive() : null;
        }
        return index < size() && crowd != null ? crowd.all().get(index).anyLive() : null;
    }

    /** Begins to give out an event. */
    void begin(Journal.Entry next) {
        entry = next;
        String topic = next.event().topic();
        if (crowd != null) {
            crowd.begin(topic);
        } else {
            loneIsDue = lone != null && lone.filter.matches(topic);
        }
    }

    /**
     * Gives the event out to each audience that it passes to, until all have it or the turn is spent.
     *
     * @param dirty gets the audiences for which it is the first of a slice
     * @return how many audiences have taken it now
     */
    int collect(Collection<Audience> dirty, TurnBudget turn) {
        Journal.Entry begun = entry;
        if (begun == null) {
            return 0;
        }
        if (crowd != null) {
            return crowd.collect(begun, dirty, turn);
        }
        boolean taken = loneIsDue && lone != null && lone.collect(begun, dirty);
        loneIsDue = false;
        return taken ? 1 : 0;
    }

    /** Whether an event is given out to some, and not yet to all. */
    boolean isCollecting() {
        return crowd != null && crowd.isCollecting();
    }
}
