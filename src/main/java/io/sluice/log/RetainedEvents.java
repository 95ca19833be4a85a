package io.sluice.log;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Events in a row, the newest within the bounds of a {@link History}; and the newest of each topic beyond them, as far as the history
 * keeps those. One thread only.
 */
final class RetainedEvents {

    private final History history;
    private final Deque<Event> events = new ArrayDeque<>();
    private final LatestByTopic older;

    // About the size in which they are sent.
    private long bytes;

    RetainedEvents(History history) {
        this.history = history;
        this.older = new LatestByTopic(history.latest());
    }

    /** Adds an event from before the others. */
    void addOlder(Event event) {
        older.add(event);
    }

    void add(Event event) {
        events.addLast(event);
        bytes += event.size();
    }

    /** Drops the events that are over the bounds. */
    void trim(Instant now) {
        while (!events.isEmpty()
                && history.isOver(events.size(), bytes, events.getFirst().time(), now)) {
            Event oldest = events.removeFirst();
            bytes -= oldest.size();
            older.add(oldest);
        }
    }

    int size() {
        return events.size();
    }

    List<Event> list() {
        return List.copyOf(events);
    }

    /**
     * The newest events of the topics that have none in the row, oldest first.
     *
     * @param elsewhere events from before the added ones, oldest first; they count if none of the added ones has their topic
     */
    List<Event> latest(List<Event> elsewhere) {
        LatestByTopic all = new LatestByTopic(history.latest());
        elsewhere.stream().filter(event -> !older.hasSeen(event.topic())).forEach(all::add);
        older.all().forEach(all::add);
        return all.without(list());
    }

    void clear() {
        events.clear();
        older.clear();
        bytes = 0;
    }
}
