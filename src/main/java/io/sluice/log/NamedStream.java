package io.sluice.log;

import java.time.InstantSource;

/**
 * A stream of a template at this node: its journal, and how many subscriptions read it. It may be one that the log does not have yet:
 * then its journal is empty, and fills when somebody makes the stream. If the stream is deleted, its journal says so, and a stream
 * of the same name that is made later is another object.
 */
public final class NamedStream {

    private final String name;
    private final JournalWriter writer;

    // Guarded by this:
    private int watchers;
    private int subscribers;

    /** Whether the log has it. Changed by its {@link NamedStreams}, on the log's context. */
    volatile boolean exists;

    /** When it last had an event or a watcher, or ended, in milliseconds of the log's steady clock. */
    volatile long changedAt;

    // Of the log, on its context only:
    /** The epoch in which it was made, by which later ones are named. */
    String firstEpoch = "";

    /** The epoch of the shard's log in which its newest epoch began. */
    String shardEpoch = "";

    Epochs epochs = Journal.UNBORN_EPOCHS;
    long last;
    boolean hasEnded;

    /** What of its weight is counted for the {@link TemplateRoom}. */
    long held;

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
    public synchronized int subscribers() {
        return subscribers;
    }

    /** Counts more or fewer subscriptions. Any thread. Returns how many there are now. */
    public synchronized int subscribed(int more) {
        subscribers += more;
        return subscribers;
    }

    /** Whether the log has it, and its journal has a position. */
    boolean hasBegun() {
        return exists && !journal().timeline.isUnborn();
    }

    /** Whether somebody has this node follow it. */
    boolean isWatched() {
        return watched(0) > 0;
    }

    /** Counts more or fewer watchers. Returns how many there are now. */
    synchronized int watched(int more) {
        watchers += more;
        return watchers;
    }
}
