package io.sluice.log;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A stream of a template at this node: its journal, and how many subscriptions read it. It may be one that the log does not have yet:
 * then its journal is empty, and fills when somebody makes the stream. If the stream is deleted, its journal says so, and a stream
 * of the same name that is made later is another object.
 */
public final class NamedStream {

    private final String name;
    private final JournalWriter writer;
    private final AtomicInteger subscribers = new AtomicInteger();

    // Guarded by the map of the NamedStreams:
    int watchers;
    boolean exists;

    // Of the log, on its context only:
    /** The epoch in which it was made, by which later ones are named. */
    String firstEpoch = "";

    /** The epoch of the shard's log in which its newest epoch began. */
    String shardEpoch = "";

    Epochs epochs = Epochs.startingAt(Journal.UNBORN_ID);
    long last;
    boolean hasEnded;
    /** When it last had an event or a subscriber, or ended, in milliseconds of the log's steady clock. */
    volatile long changedAt;

    NamedStream(String name, History history, InstantSource clock) {
        this.name = name;
        this.writer = new JournalWriter(history, clock);
    }

    /** The name within the template. */
    public String name() {
        return name;
    }

    /** This node's window on the stream. */
    public Journal journal() {
        return writer.journal();
    }

    /** For the log that follows the stream. */
    public JournalWriter writer() {
        return writer;
    }

    /** The open subscriptions at this node. Any thread. */
    public int subscribers() {
        return subscribers.get();
    }

    /** Counts more or fewer subscriptions. Any thread. Returns how many there are now. */
    public int subscribed(int more) {
        return subscribers.addAndGet(more);
    }
}
