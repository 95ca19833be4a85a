package io.sluice.log;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How many streams a template has at this node, and how much memory they take, against what it may. Any thread. */
final class TemplateRoom {

    private static final int MEMORY_SHARE = 4;

    private final String template;
    private final int max;
    private final AtomicInteger existing = new AtomicInteger();
    private final AtomicInteger beingMade = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    TemplateRoom(String template, int max) {
        this.template = template;
        this.max = max;
    }

    /** Counts the streams that there are. */
    AtomicInteger existing() {
        return existing;
    }

    /**
     * Reserves the place of a stream that is about to be made, until {@link #leave}.
     *
     * @throws NotTakenException if there is none
     */
    void enter() {
        if (beingMade.incrementAndGet() + existing.get() > max) {
            beingMade.decrementAndGet();
            throw new NotTakenException(template + "/* has " + max + " streams, as many as it may; try again");
        }
    }

    /** The stream was made, or not. */
    void leave() {
        beingMade.decrementAndGet();
    }

    /** The streams hold more bytes, or fewer. */
    void hold(long more) {
        bytes.addAndGet(more);
    }

    /** @throws NotTakenException if the streams hold more than a quarter of the JVM's memory */
    void requireMemory() {
        if (bytes.get() > Runtime.getRuntime().maxMemory() / MEMORY_SHARE) {
            throw new NotTakenException("the streams of " + template + "/* hold " + bytes.get()
                    + " bytes, more than a quarter of the JVM's memory; try again");
        }
    }
}
