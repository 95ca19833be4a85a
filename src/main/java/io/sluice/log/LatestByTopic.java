package io.sluice.log;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The newest event of each topic, of events that come in their order: of as many topics as {@link History#latest} says, those that were
 * silent longest go. A topic whose newest event {@linkplain NewEvent#forget is to be forgotten} has none. One thread only.
 */
final class LatestByTopic {

    private final int limit;

    /** Oldest first. */
    private final Map<String, Event> events = new LinkedHashMap<>();

    /** The topics that were forgotten, or had to go. */
    private final Set<String> gone = new HashSet<>();

    LatestByTopic(int limit) {
        this.limit = limit;
    }

    void add(Event event) {
        if (limit == 0) {
            return;
        }
        // Not put alone: a topic that comes again is the newest.
        events.remove(event.topic());
        gone.remove(event.topic());
        if (event.forget()) {
            gone.add(event.topic());
        } else {
            events.put(event.topic(), event);
        }
        if (events.size() > limit) {
            String oldest = events.keySet().iterator().next();
            events.remove(oldest);
            gone.add(oldest);
        }
    }

    /** Whether it has had an event of a topic. */
    boolean hasSeen(String topic) {
        return events.containsKey(topic) || gone.contains(topic);
    }

    /** The events, oldest first. */
    Collection<Event> all() {
        return events.values();
    }

    /** Those of topics that none of some later events has, oldest first. */
    List<Event> without(List<Event> later) {
        Set<String> topics = new HashSet<>();
        later.forEach(event -> topics.add(event.topic()));
        return events.values().stream()
                .filter(event -> !topics.contains(event.topic()))
                .toList();
    }

    void clear() {
        events.clear();
        gone.clear();
    }
}
