package io.sluice.stream;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's bounded window on a stream's log: the newest events, each encoded once, as a frame.
 *
 * <pre>
 *                  tail                                head
 *                   |                                   |
 *     . . evicted . v                                   v . . not yet . .
 *   ----+----+----+----+----+----+----+----+----+----+----+----
 *       |    |    | 55 | 56 | 57 | 58 | .. | .. | .. | 80 |         slot of n: n modulo the ring's length
 *   ----+----+----+----+----+----+----+----+----+----+----+----
 *                        ^              ^               ^
 *                 a slow reader    a replaying one    live readers
 * </pre>
 *
 * <p><b>One writer, many readers, no lock.</b> The writer is the log's follower: one thread. Readers are the hubs, one per
 * event loop; each keeps its own position and asks for the event at n. What holds them together is the order of four writes:
 *
 * <ol>
 *   <li>{@code tail} rises above an event before its slot is cleared or used again;
 *   <li>the slot of n is stored;
 *   <li>{@code newest} of its topic is n;
 *   <li>{@code head} becomes n, and only then may a reader ask for it.
 * </ol>
 *
 * <p>A reader copies the slot's reference and looks at {@code tail} <i>afterwards</i>. If n is still at or above it, the slot
 * had not been touched when it was read, so that the event is n's. If not, the reader was lapped: it gets null, and has to
 * tell its client that there is a gap. Events are immutable and belong to the garbage collector, so that a reader may hold
 * on to one for as long as it likes.
 *
 * <p><b>Bounds.</b> {@link History}: count, bytes and age. The newest event stays, whatever its size, until it is too old.
 *
 * <p><b>Waking.</b> After a batch the writer calls each registered wake-up, on its own thread. A wake-up must not block;
 * that at most one is pending per reader is the reader's doing.
 */
public final class Journal implements EventLog.Follower {

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final History history;
    private final InstantSource clock;
    private final AtomicReferenceArray<@Nullable Event> ring;
    private final Map<String, Event> newest = new ConcurrentHashMap<>(); // by topic; every kept topic is in it
    private final List<Runnable> wakeUps = new CopyOnWriteArrayList<>();

    private volatile Epochs epochs = Epochs.startingAt(new EventId("none", 0));
    private volatile long tail = 1; // the oldest kept; head + 1 where nothing is
    private volatile long head;

    private long bytes; // of the kept frames; writer only

    Journal(History history, InstantSource clock) {
        this.history = history;
        this.clock = clock;
        this.ring = new AtomicReferenceArray<>(powerOfTwo(history.events()));
    }

    // ---- the writer

    @Override
    public void begin(Epochs begun, long position) {
        if (position < head) {
            throw new IllegalStateException("position " + position + " after " + head + ": the log went back");
        }
        while (tail <= head) {
            evictOldest();
        }
        epochs = begun;
        tail = position + 1;
        head = position;
        wakeUps.forEach(Journal::wake);
    }

    @Override
    public void goOn(Epochs begun) {
        epochs = begun;
    }

    @Override
    public void accept(List<Event> events) {
        events.forEach(this::append);
        trim();
        wakeUps.forEach(Journal::wake);
    }

    private void append(Event event) {
        if (event.n() != head + 1) {
            throw new IllegalStateException("event " + event.n() + " after " + head + ": the log left a hole");
        }
        if (event.n() - tail == history.events()) {
            evictOldest();
        }
        ring.setRelease(slot(event.n()), event);
        newest.put(event.topic(), event);
        bytes += event.frame().length;
        head = event.n();
    }

    /** Lets go of what is over the bounds. Called by the writer, also when nothing is appended: events grow old. */
    void trim() {
        Instant now = clock.instant();
        Event oldest = ring.get(slot(tail));
        while (oldest != null && tail <= head && history.isOver(head - tail + 1, bytes, oldest.time(), now)) {
            evictOldest();
            oldest = ring.get(slot(tail));
        }
    }

    private void evictOldest() {
        long oldestKept = tail;
        int slot = slot(oldestKept);
        Event oldest = ring.get(slot);
        tail = oldestKept + 1; // before the slot: a reader looks in the other order
        ring.setRelease(slot, null);
        if (oldest != null) {
            bytes -= oldest.frame().length;
            newest.remove(oldest.topic(), oldest);
        }
    }

    // ---- readers, on any thread

    /** The newest event's number; with {@link #tail()} above it where nothing is kept. */
    public long head() {
        return head;
    }

    /** The oldest kept event's number. */
    public long tail() {
        return tail;
    }

    /** Whether an id is a position of this stream as it is now, kept or not. */
    public boolean knows(EventId id) {
        return id.n() <= head && epochs.own(id);
    }

    /** Whether an id is a position to which this journal has still to come, for all that it knows. */
    boolean isBehind(EventId id) {
        return id.n() > head && epochs.own(id);
    }

    /** The id of a position. */
    public EventId id(long n) {
        return epochs.id(n);
    }

    /**
     * How many events lie between two positions; null where nobody can know, because the log lost its past in between.
     */
    public @Nullable Long count(long after, long upTo) {
        return after < epochs.past() ? null : upTo - after;
    }

    /**
     * The event of a number.
     *
     * @param n at most a {@link #head()} that the caller has seen
     * @return null where the reader was lapped: the event is no longer kept
     */
    public @Nullable Event read(long n) {
        Event event = ring.getAcquire(slot(n));
        return n < tail ? null : event;
    }

    /**
     * The newest kept event that passes, or null. A topic with an event after {@code upTo} is left out, as in {@link
     * #newestOfEachTopic}.
     */
    public @Nullable Event newest(TopicFilter filter, long upTo) {
        return newestPassing(filter, upTo)
                .max(Comparator.comparingLong(Event::n))
                .orElse(null);
    }

    /**
     * The newest kept event of each topic that passes, oldest first. A topic with an event after {@code upTo} is left out:
     * who reads on from there gets it.
     */
    public List<Event> newestOfEachTopic(TopicFilter filter, long upTo) {
        return newestPassing(filter, upTo)
                .sorted(Comparator.comparingLong(Event::n))
                .toList();
    }

    private java.util.stream.Stream<Event> newestPassing(TopicFilter filter, long upTo) {
        java.util.stream.Stream<@Nullable Event> candidates = filter.isAll() || filter.hasWildcards()
                ? newest.values().stream().filter(event -> filter.matches(event.topic()))
                : filter.exactTopics().stream().map(newest::get).filter(Objects::nonNull);
        return candidates.filter(event -> event.n() <= upTo);
    }

    /** Has {@code wakeUp} called after each batch, until {@link #removeWakeUp}. */
    public void addWakeUp(Runnable wakeUp) {
        wakeUps.add(wakeUp);
    }

    public void removeWakeUp(Runnable wakeUp) {
        wakeUps.remove(wakeUp);
    }

    /** One reader's trouble is not the writer's. */
    private static void wake(Runnable wakeUp) {
        try {
            wakeUp.run();
        } catch (RuntimeException e) {
            LOG.warn("a reader could not be woken", e);
        }
    }

    private int slot(long n) {
        return (int) n & (ring.length() - 1);
    }

    private static int powerOfTwo(int atLeast) {
        return atLeast == 1 ? 1 : Integer.highestOneBit(atLeast - 1) << 1;
    }
}
