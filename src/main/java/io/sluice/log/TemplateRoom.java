package io.sluice.log;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** How many streams a template has at this node, and how much memory they take, against what it may. Any thread. */
final class TemplateRoom {

    private static final int MEMORY_SHARE = 4;

    /** About what a stream and an event take besides the event's bytes. */
    private static final int STREAM_BYTES = 1000;

    private static final int EVENT_BYTES = 200;

    private final String template;
    private final int max;
    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();

    // Guarded by this:
    private int existing;
    /** How many requests are about to make a stream, by its name. */
    private final Map<String, Integer> makers = new HashMap<>();

    TemplateRoom(String template, int max) {
        this(template, max, Runtime.getRuntime().maxMemory() / MEMORY_SHARE);
    }

    TemplateRoom(String template, int max, long maxBytes) {
        this.template = template;
        this.max = max;
        this.maxBytes = maxBytes;
    }

    /** There is a stream more, or less. */
    synchronized void exist(int more) {
        existing += more;
    }

    /**
     * Reserves the place of a stream that is about to be made, until {@link #leave}. All that make the same stream need one.
     *
     * @throws NotTakenException if there is none
     */
    synchronized void enter(String stream) {
        if (!makers.containsKey(stream) && makers.size() + existing >= max) {
            throw new NotTakenException(template + "/* has " + max + " streams, as many as it may; try again");
        }
        makers.merge(stream, 1, Integer::sum);
    }

    /** The stream was made, or not. */
    synchronized void leave(String stream) {
        makers.computeIfPresent(stream, (name, requests) -> requests == 1 ? null : requests - 1);
    }

    /** About the memory that a stream takes with what it keeps. */
    static long weight(Journal.Contents kept) {
        return STREAM_BYTES + (kept.events() + kept.latest()) * EVENT_BYTES + kept.bytes() + kept.latestBytes();
    }

    /** The streams take more memory, or less. */
    void hold(long more) {
        bytes.addAndGet(more);
    }

    /** @throws NotTakenException if the streams take more than a quarter of the JVM's memory */
    void requireMemory() {
        if (bytes.get() > maxBytes) {
            throw new NotTakenException("the streams of " + template + "/* take " + bytes.get()
                    + " bytes, more than a quarter of the JVM's memory; try again");
        }
    }
}
