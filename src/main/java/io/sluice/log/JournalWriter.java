package io.sluice.log;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a {@link Journal}: follows a log, encodes each event, and keeps what a {@link History} allows. The stream that follows
 * the log has the writer; all others have the journal, and can only read. One thread only.
 */
public final class JournalWriter implements EventLog.Follower {

    private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);

    private final Journal journal;
    private final History history;
    private final InstantSource clock;

    // Of the kept events.
    private long bytes;

    private volatile boolean broken;

    /** @param clock by which events grow old; it must not jump */
    public JournalWriter(History history, InstantSource clock) {
        this.journal = new Journal(history);
        this.history = history;
        this.clock = clock;
    }

    /** The journal to read. */
    public Journal journal() {
        return journal;
    }

    /**
     * Whether a change of the journal has failed half way, as it may if the memory is full. Then nothing is appended any more, until
     * a reset. Any thread.
     */
    public boolean isBroken() {
        return broken;
    }

    @Override
    public void reset(Epochs epochs, long n, List<Event> kept) {
        broken = true;
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
        long loaded = clock.millis();
        for (Event event : kept) {
            // Its own time is another clock's.
            long since = Math.min(loaded, event.time().toEpochMilli());
            store(encode(++position, event, since));
        }
        journal.head = position;
        broken = false;
        announce();
    }

    private boolean isForward(Epochs epochs, long n) {
        EventId last = journal.id(journal.head);
        return n >= last.n() && epochs.id(last.n()).equals(last);
    }

    @Override
    public void beginEpoch(Epochs epochs) {
        journal.timeline = journal.timeline.with(epochs);
    }

    /** Appends all events, or throws and appends none. If it fails in between, the journal is {@linkplain #isBroken() broken}. */
    @Override
    public void append(List<Event> events) {
        if (broken) {
            throw new IllegalStateException("the journal is broken: a change of it has failed");
        }
        List<Journal.Entry> entries = encode(events);
        broken = true;
        for (Journal.Entry entry : entries) {
            store(entry);
            journal.head = entry.position();
        }
        broken = false;
        announce();
    }

    /** Whatever can fail, such as a format, or memory that is full, fails before anything has changed. */
    private List<Journal.Entry> encode(List<Event> events) {
        List<Journal.Entry> entries = new ArrayList<>(events.size());
        long position = journal.head;
        long now = clock.millis();
        for (Event event : events) {
            entries.add(encode(++position, event, now));
        }
        return entries;
    }

    private Journal.Entry encode(long position, Event event, long since) {
        if (journal.timeline.position(event.n()) != position) {
            throw new IllegalStateException(
                    "event " + event.id() + " after " + journal.id(position - 1) + ": the log left a hole");
        }
        return new Journal.Entry(position, event, since, journal.encodings());
    }

    private void store(Journal.Entry entry) {
        long position = entry.position();
        if (position - journal.tail == history.events()) {
            evictOldest();
        }
        journal.ring.setRelease(journal.slot(position), entry);
        Journal.Entry previous = journal.newest.put(entry.event().topic(), entry);
        if (previous != null) {
            previous.succeededBy(position);
        }
        bytes += entry.size();
    }

    /** The events are there: if this fails, the next call makes up for it. */
    private void announce() {
        try {
            trim();
        } catch (RuntimeException | Error e) {
            LOG.error("the journal could not be trimmed", e);
        }
        journal.wakeReaders();
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
        return count > 0 && history.isOver(count, bytes, Instant.ofEpochMilli(oldest.since()), now);
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
