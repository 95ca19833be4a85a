package io.sluice.log;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Writes a {@link Journal}: follows a log, encodes each event, and keeps what a {@link History} allows. The stream that follows
 * the log has the writer; all others have the journal, and can only read. One thread only.
 */
public final class JournalWriter implements EventLog.Follower {

    private final Journal journal;
    private final History history;
    private final InstantSource clock;

    // Of the kept events.
    private long bytes;

    public JournalWriter(History history, InstantSource clock) {
        this.journal = new Journal(history);
        this.history = history;
        this.clock = clock;
    }

    /** The journal to read. */
    public Journal journal() {
        return journal;
    }

    @Override
    public void reset(Epochs epochs, long n, List<Event> kept) {
        Timeline now = journal.timeline;
        Timeline next = now.equals(Journal.UNBORN) || isForward(epochs, n)
                ? now.with(epochs)
                : now.begin(epochs, journal.head, n + kept.size());
        // Before the tail: a lapped reader asks it where to read on.
        journal.timeline = next;
        while (journal.tail <= journal.head) {
            evictOldest();
        }
        long position = next.position(n);
        journal.tail = position + 1;
        for (Event event : kept) {
            store(++position, event);
        }
        journal.head = position;
        trim();
        journal.wakeReaders();
    }

    private boolean isForward(Epochs epochs, long n) {
        EventId last = journal.id(journal.head);
        return n >= last.n() && epochs.id(last.n()).equals(last);
    }

    @Override
    public void beginEpoch(Epochs epochs) {
        journal.timeline = journal.timeline.with(epochs);
    }

    @Override
    public void append(List<Event> events) {
        for (Event event : events) {
            long position = journal.head + 1;
            store(position, event);
            journal.head = position;
        }
        trim();
        journal.wakeReaders();
    }

    private void store(long position, Event event) {
        if (journal.timeline.position(event.n()) != position) {
            throw new IllegalStateException(
                    "event " + event.id() + " after " + journal.id(position - 1) + ": the log left a hole");
        }
        if (position - journal.tail == history.events()) {
            evictOldest();
        }
        Journal.Entry entry = new Journal.Entry(position, event, journal.encodings());
        journal.ring.setRelease(journal.slot(position), entry);
        Journal.Entry previous = journal.newest.put(event.topic(), entry);
        if (previous != null) {
            previous.succeededBy(position);
        }
        bytes += entry.size();
    }

    /** Evicts what is over the bounds. To be called from time to time also if nothing is appended: events grow old. */
    public void trim() {
        Instant now = clock.instant();
        Journal.Entry oldest = journal.ring.get(journal.slot(journal.tail));
        while (oldest != null && isOver(oldest, now)) {
            evictOldest();
            oldest = journal.ring.get(journal.slot(journal.tail));
        }
        journal.contents = new Journal.Contents(journal.tail, journal.head, journal.newest.size());
    }

    private boolean isOver(Journal.Entry oldest, Instant now) {
        long count = journal.head - journal.tail + 1;
        return count > 0 && history.isOver(count, bytes, oldest.event().time(), now);
    }

    private void evictOldest() {
        long position = journal.tail;
        int slot = journal.slot(position);
        Journal.Entry oldest = journal.ring.get(slot);
        // Before the slot: a reader looks in the other order.
        journal.tail = position + 1;
        journal.ring.setRelease(slot, null);
        if (oldest != null) {
            bytes -= oldest.size();
            journal.newest.remove(oldest.event().topic(), oldest);
        }
    }
}
