package io.sluice.sse;

import io.sluice.stream.TopicFilter;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The audiences of one event loop, by filter, and the event that is being given out to those that it passes to. An event costs as
 * much as it has receivers, however many filters there are: see {@link PatternIndex}. Event loop only.
 */
final class Audiences {

    private final Map<TopicFilter, Audience> byFilter = new HashMap<>();
    private final Bag<Audience> all = new Bag<>();
    private final PatternIndex index = new PatternIndex();
    private final PatternSearch search = new PatternSearch(index);

    // The event that is searched for.
    private long position;
    private byte[] frame = {};

    /** The audience of a filter, with one more subscription. */
    Audience join(TopicFilter filter) {
        Audience audience = byFilter.computeIfAbsent(filter, this::add);
        audience.join();
        return audience;
    }

    void leave(Audience audience) {
        if (audience.leave()) {
            remove(audience);
        }
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    Bag<Audience> all() {
        return all;
    }

    /** Begins to give out an event. */
    void begin(long position, String topic, byte[] frame) {
        this.position = position;
        this.frame = frame;
        search.begin(topic);
    }

    /**
     * Gives the event out to each audience that it passes to, until all have it or the turn is spent.
     *
     * @param dirty gets the audiences for which it is the first of a slice
     * @return how many audiences have taken it now
     */
    int collect(Collection<Audience> dirty, TurnBudget turn) {
        int taken = 0;
        boolean spent = false;
        while (!spent && !search.isOver()) {
            Audience found = search.step();
            if (found != null && found.collect(position, frame)) {
                taken++;
                if (found.slice().events() == 1) {
                    dirty.add(found);
                }
            }
            spent = turn.spend(1);
        }
        return taken;
    }

    /** Whether an event is given out to some, and not yet to all. */
    boolean isCollecting() {
        return !search.isOver();
    }

    /** Gives the event to no more. */
    void cancel() {
        search.cancel();
    }

    private Audience add(TopicFilter filter) {
        Audience audience = new Audience(filter);
        audience.places = index.add(audience);
        all.add(audience);
        return audience;
    }

    private void remove(Audience audience) {
        byFilter.remove(audience.filter);
        all.remove(audience);
        index.remove(audience.places);
        audience.release();
    }
}
