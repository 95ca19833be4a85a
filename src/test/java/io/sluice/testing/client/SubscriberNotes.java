package io.sluice.testing.client;

import io.sluice.log.EventId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes of one subscriber, for people: events in a row are one line. One thread. */
public final class SubscriberNotes {

    private static final int SHOWN = 8;

    /** From one position to another: of another epoch without a gap, or over a gap. */
    public record Step(EventId from, EventId to, String around) {}

    private final List<String> lines = new ArrayList<>();
    private final List<Step> turns = new ArrayList<>();
    private final List<Step> gaps = new ArrayList<>();
    private int gapsWithinResponses;
    // The first of the events that are not in the lines yet.
    private @Nullable EventId first;
    private @Nullable EventId last;
    // The newest id.
    private @Nullable EventId told;

    void add(String what) {
        addEvents();
        lines.add(Instant.now() + " " + what);
    }

    void heard(EventId id) {
        EventId begin = first;
        if (begin == null || !begin.epoch().equals(id.epoch())) {
            addEvents();
            first = id;
        }
        last = id;
        told = id;
    }

    void position(EventId id) {
        if (told != null && !told.equals(id)) {
            add("position " + id);
        }
        told = id;
    }

    void turn(EventId from, EventId to) {
        turns.add(new Step(from, to, newest()));
    }

    void gap(@Nullable EventId from, EventId to, @Nullable Long lost, boolean withinResponse) {
        add("gap after " + from + ", lost " + lost + ", at " + to);
        told = to;
        if (from != null) {
            gaps.add(new Step(from, to, newest()));
            gapsWithinResponses += withinResponse ? 1 : 0;
        }
    }

    private void addEvents() {
        if (first != null) {
            lines.add(Instant.now() + " hears " + first + " to " + last);
        }
        first = null;
    }

    SubscriberNotes copy() {
        addEvents();
        SubscriberNotes copy = new SubscriberNotes();
        copy.lines.addAll(lines);
        copy.turns.addAll(turns);
        copy.gaps.addAll(gaps);
        copy.gapsWithinResponses = gapsWithinResponses;
        return copy;
    }

    /** The newest lines. */
    String newest() {
        addEvents();
        return String.join("\n    ", lines.subList(Math.max(0, lines.size() - SHOWN), lines.size()));
    }

    /** All that it was told. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** The changes from one epoch to the next without a gap. */
    public List<Step> turns() {
        return List.copyOf(turns);
    }

    public List<Step> gaps() {
        return List.copyOf(gaps);
    }

    /** How many gaps it was told of without having come back. */
    public int gapsWithinResponses() {
        return gapsWithinResponses;
    }
}
