package io.sluice.node;

import io.sluice.log.NewEvent;
import java.util.List;

/** A body that may be empty, and then has no event. */
final class OptionalEvents implements BodyEvents {

    private final BodyEvents events;
    private boolean hasBegun;

    OptionalEvents(BodyEvents events) {
        this.events = events;
    }

    @Override
    public int take(byte[] bytes, int from, int to) {
        hasBegun |= from < to;
        return events.take(bytes, from, to);
    }

    @Override
    public List<NewEvent> end() {
        return hasBegun ? events.end() : List.of();
    }

    @Override
    public long held() {
        return events.held();
    }
}
