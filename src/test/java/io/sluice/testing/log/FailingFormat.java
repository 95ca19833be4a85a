package io.sluice.testing.log;

import io.sluice.log.Event;
import io.sluice.log.EventFormat;
import io.sluice.log.NewEvent;
import java.util.concurrent.atomic.AtomicInteger;

/** A format that has no memory for an event when the test says so. */
public final class FailingFormat implements EventFormat {

    private final AtomicInteger left = new AtomicInteger();

    /** Has the next event fail. */
    public void failOnce() {
        failAt(1);
    }

    /** Has one of the next events fail: the first, the second, ... */
    public void failAt(int number) {
        left.set(number);
    }

    @Override
    public void requireAllowed(NewEvent event) {}

    @Override
    public Frame encode(Event event) {
        if (left.getAndDecrement() == 1) {
            throw new OutOfMemoryError("as a test wants it");
        }
        return new Frame(event.data().toByteArray(), -1);
    }
}
