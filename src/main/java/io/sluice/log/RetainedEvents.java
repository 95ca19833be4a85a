package io.sluice.log;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Events in a row, the newest within the bounds of a {@link History}. One thread only. */
final class RetainedEvents {

    private final History history;
    private final Deque<Event> events = new ArrayDeque<>();

    // About the size in which they are sent.
    private long bytes;

    RetainedEvents(History history) {
        this.history = history;
    }

    void add(Event event) {
        events.addLast(event);
        bytes += event.size();
    }

    /** Drops the events that are over the bounds. */
    void trim(Instant now) {
        while (!events.isEmpty()
                && history.isOver(events.size(), bytes, events.getFirst().time(), now)) {
            bytes -= events.removeFirst().size();
        }
    }

    int size() {
        return events.size();
    }

    List<Event> list() {
        return List.copyOf(events);
    }

    void clear() {
        events.clear();
        bytes = 0;
    }
}
