package io.sluice.log;

import io.sluice.log.Journal.Entry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a {@link Journal}: follows a log, encodes each event, and keeps what a {@link History} allows. The stream that follows
 * the log has the writer; all others have the journal, and can only read. One thread only.
 */
public final class JournalWriter implements EventLog.Follower {

    private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);

    /** The slots of the smallest ring. A power of 2, as of all. */
    static final int LEAST_SLOTS = 8;

    /** A ring of which less than an eighth is used becomes half as long. */
    private static final int SPARSE = 8;

    private final Journal journal;
    private final History history;
    private final InstantSource clock;

    // Of the kept events.
    private long bytes;

    /** The topics of which the newest event is one to be forgotten. */
    private int forgets;

    private volatile boolean broken;

    /** @param clock by which events grow old; it must not jump */
    public JournalWriter(History history, InstantSource clock) {
        this.journal = new Journal(new Evicted(history.latest(), 0, 0, Instant.MIN));
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
    public void lackLatest(long n) {
        if (n > 0) {
            journal.evicted.forgetUpTo(journal.timeline.position(n));
        }
    }

    @Override
    public @Nullable LatestEvents latest() {
        return broken || journal.isUnborn() ? null : new LatestEvents(journal);
    }

    @Override
    public void reset(Epochs epochs, long n, List<Event> latest, List<Event> kept) {
        broken = true;
        Timeline now = journal.timeline;
        Timeline next = now.isUnborn() || isForward(epochs, n)
                ? now.with(epochs)
                : now.begin(epochs, journal.head, n + kept.size());
        List<Entry> older = olderLatest(next, n, latest, kept);
        Evicted evicted = evictedBefore(next, epochs, n, older, kept);
        // Before the tail: a lapped reader asks them where to read on, and what is left.
        journal.timeline = next;
        journal.evicted = evicted;
        journal.state = Journal.State.OPEN;
        long position = next.position(n);
        journal.tail = position + 1;
        forgetAll();
        older.forEach(entry -> journal.newest.put(entry.event().topic(), entry));
        long loaded = clock.millis();
        for (Event event : kept) {
            // Its own time is another clock's.
            long since = Math.min(loaded, event.time().toEpochMilli());
            store(encode(++position, event, since, Entry.LOADED));
        }
        journal.head = position;
        broken = false;
        announce();
    }

    /** The entries of the newest events of topics that have none among the kept ones. */
    private List<Entry> olderLatest(Timeline timeline, long n, List<Event> latest, List<Event> kept) {
        if (latest.isEmpty() || history.latest() == 0) {
            return List.of();
        }
        LatestByTopic byTopic = new LatestByTopic(history.latest());
        latest.stream().filter(event -> event.n() <= n).forEach(byTopic::add);
        return byTopic.without(kept).stream()
                .map(event -> new Entry(
                        timeline.position(event.n()),
                        event,
                        event.time().toEpochMilli(),
                        Entry.LOADED,
                        journal.encodings()))
                .toList();
    }

    /** What is left of the events up to n. That which the log does not tell counts as dropped. */
    private Evicted evictedBefore(Timeline timeline, Epochs epochs, long n, List<Entry> older, List<Event> kept) {
        if (older.isEmpty() && !epochs.hasUpTo(n)) {
            return new Evicted(history.latest(), 0, 0, Instant.MIN);
        }
        boolean isTold = history.latest() > 0 && !(older.isEmpty() && kept.isEmpty());
        Instant newest = kept.isEmpty() ? clock.instant() : kept.get(0).time();
        long last = timeline.position(n);
        Evicted evicted = new Evicted(history.latest(), isTold ? 0 : last, last, newest);
        older.forEach(evicted::keep);
        return evicted;
    }

    /** Also what a change that failed has left behind. Readers of the old ring see that the tail has passed them. */
    private void forgetAll() {
        journal.newest.clear();
        journal.ring = new AtomicReferenceArray<>(LEAST_SLOTS);
        bytes = 0;
        forgets = 0;
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
        List<Entry> entries = encode(events);
        broken = true;
        for (Entry entry : entries) {
            store(entry);
            journal.head = entry.position();
        }
        broken = false;
        announce();
    }

    /** Whatever can fail, such as a format, or memory that is full, fails before anything has changed. */
    private List<Entry> encode(List<Event> events) {
        List<Entry> entries = new ArrayList<>(events.size());
        long position = journal.head;
        long now = clock.millis();
        int arrived = Entry.arrival(System.nanoTime());
        for (Event event : events) {
            entries.add(encode(++position, event, now, arrived));
        }
        return entries;
    }

    private Entry encode(long position, Event event, long since, int arrived) {
        if (journal.timeline.position(event.n()) != position) {
            throw new IllegalStateException(
                    "event " + event.id() + " after " + journal.id(position - 1) + ": the log left a hole");
        }
        return new Entry(position, event, since, arrived, journal.encodings());
    }

    private void store(Entry entry) {
        long position = entry.position();
        becomeNewest(entry);
        if (position - journal.tail == history.events()) {
            evictOldest();
        }
        AtomicReferenceArray<@Nullable Entry> ring = ringFor(position);
        ring.setRelease(Journal.slot(position, ring), entry);
        bytes += entry.size();
        journal.evicted.limit(journal.newest, forgets);
    }

    /** Before an older event of the topic is evicted: that one is not the newest any more. */
    private void becomeNewest(Entry entry) {
        Entry previous = journal.newest.put(entry.event().topic(), entry);
        if (previous != null) {
            previous.succeededBy(entry.position());
            forgets -= previous.event().forget() ? 1 : 0;
            if (previous.position() < journal.tail) {
                journal.evicted.remove(previous);
            }
        }
        forgets += entry.event().forget() ? 1 : 0;
    }

    /** The ring, or a longer one if it has no slot for a position. */
    private AtomicReferenceArray<@Nullable Entry> ringFor(long position) {
        AtomicReferenceArray<@Nullable Entry> ring = journal.ring;
        return position - journal.tail < ring.length() ? ring : resized(2 * ring.length(), position - 1);
    }

    /** Replaces the ring. Readers that still have the old one find in it what they look for. */
    private AtomicReferenceArray<@Nullable Entry> resized(int slots, long last) {
        AtomicReferenceArray<@Nullable Entry> before = journal.ring;
        AtomicReferenceArray<@Nullable Entry> after = new AtomicReferenceArray<>(slots);
        for (long position = journal.tail; position <= last; position++) {
            after.setPlain(Journal.slot(position, after), before.getPlain(Journal.slot(position, before)));
        }
        journal.ring = after;
        return after;
    }

    /** No event comes any more. */
    public void end() {
        journal.state = Journal.State.ENDED;
        journal.wakeReaders();
    }

    /** The stream is gone. */
    public void delete() {
        journal.state = Journal.State.DELETED;
        journal.wakeReaders();
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
        Entry oldest = oldest();
        while (oldest != null && isOver(oldest, now)) {
            evictOldest();
            oldest = oldest();
        }
        shrink();
        Journal.Contents before = journal.contents;
        Evicted evicted = journal.evicted;
        if (before.tail() != journal.tail || before.head() != journal.head || before.latest() != evicted.count()) {
            int topics = journal.newest.size() - evicted.count();
            journal.contents =
                    new Journal.Contents(journal.tail, journal.head, topics, bytes, evicted.count(), evicted.bytes());
        }
    }

    private @Nullable Entry oldest() {
        AtomicReferenceArray<@Nullable Entry> ring = journal.ring;
        return ring.get(Journal.slot(journal.tail, ring));
    }

    private void shrink() {
        int slots = journal.ring.length();
        long count = journal.head - journal.tail + 1;
        if (slots > LEAST_SLOTS && count < slots / SPARSE) {
            resized(slots / 2, journal.head);
        }
    }

    private boolean isOver(Entry oldest, Instant now) {
        long count = journal.head - journal.tail + 1;
        return count > 0 && history.isOver(count, bytes, Instant.ofEpochMilli(oldest.since()), now);
    }

    private void evictOldest() {
        long position = journal.tail;
        AtomicReferenceArray<@Nullable Entry> ring = journal.ring;
        int slot = Journal.slot(position, ring);
        Entry oldest = ring.get(slot);
        if (oldest != null) {
            leaveRing(oldest);
        }
        // Before the slot: a reader looks in the other order.
        journal.tail = position + 1;
        ring.setRelease(slot, null);
        journal.evicted.limit(journal.newest, forgets);
    }

    /** What is to be known of an evicted event is there before the tail rises above it. */
    private void leaveRing(Entry entry) {
        Event event = entry.event();
        Evicted evicted = journal.evicted;
        evicted.drop(event);
        bytes -= entry.size();
        if (journal.newest.get(event.topic()) != entry) {
            return;
        }
        if (event.forget()) {
            forgets--;
            evicted.withdraw(entry);
            journal.newest.remove(event.topic());
        } else if (evicted.keepsLatest()) {
            evicted.keep(entry);
        } else {
            evicted.forget(entry);
            journal.newest.remove(event.topic());
        }
    }
}
