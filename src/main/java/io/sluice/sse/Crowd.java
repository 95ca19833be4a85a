package io.sluice.sse;

import io.sluice.log.Journal;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Any number of audiences. An event costs as much as it has receivers, however many filters there are: see {@link PatternIndex}. Event
 * loop only.
 */
final class Crowd {

    private final Map<Audience.Key, Audience> byKey = new HashMap<>();
    private final Bag<Audience> all = new Bag<>();
    private final PatternIndex index = new PatternIndex();
    private final PatternSearch search = new PatternSearch(index);

    /** The audience of a key, which is made if it is not there. */
    Audience of(Audience.Key key) {
        Audience known = byKey.get(key);
        if (known != null) {
            return known;
        }
        Audience added = new Audience(key);
        add(added);
        return added;
    }

    void add(Audience audience) {
        byKey.put(audience.key, audience);
        audience.places = index.add(audience);
        all.add(audience);
    }

    void remove(Audience audience) {
        byKey.remove(audience.key);
        all.remove(audience);
        index.remove(audience.places);
    }

    Bag<Audience> all() {
        return all;
    }

    /** Begins to give out an event about a topic. */
    void begin(String topic) {
        search.begin(topic);
    }

    /** Whether an event is given out to some, and not yet to all. */
    boolean isCollecting() {
        return !search.isOver();
    }

    /** Gives the event out as {@link Audiences#collect} does. */
    int collect(Journal.Entry entry, Collection<Audience> dirty, TurnBudget turn) {
        int taken = 0;
        boolean spent = false;
        while (!spent && !search.isOver()) {
            Audience found = search.step();
            if (found != null && found.collect(entry, dirty)) {
                taken++;
            }
            spent = turn.spend(1);
        }
        return taken;
    }
}
