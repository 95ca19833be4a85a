package io.sluice.log;

import io.sluice.stream.TopicFilter;
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
 *       |    |    | 55 | 56 | 57 | 58 | .. | .. | .. | 80 |         slot of p: p modulo the ring's length
 *   ----+----+----+----+----+----+----+----+----+----+----+----
 *                        ^              ^               ^
 *                 a slow reader    a replaying one    live readers
 * </pre>
 *
 * <p><b>One writer, many readers, no lock.</b> The writer is the log's follower: one thread. Readers are the hubs, one per
 * event loop; each keeps its own position p and asks for the event there. What holds them together is the order of four writes:
 *
 * <ol>
 *   <li>{@code tail} rises above an event before its slot is cleared or used again;
 *   <li>the slot of p is stored;
 *   <li>{@code newest} of its topic is this event;
 *   <li>{@code head} becomes p, and only then may a reader ask for it.
 * </ol>
 *
 * <p>A reader copies the slot's reference and looks at {@code tail} <i>afterwards</i>. If p is still at or above it, the slot
 * had not been touched when it was read, so that the event is p's. If not, the reader was lapped: it gets null, and has to
 * tell its client that there is a gap. Events are immutable and belong to the garbage collector, so that a reader may hold
 * on to one for as long as it likes.
 *
 * <p><b>Positions.</b> An event is asked for by its position, which is its number as long as the log's numbers only grow. Where
 * the log goes back, positions do not: see {@link Timeline}. Whatever was kept is let go of then, so that every reader is lapped;
 * it asks {@link #carry} where it goes on.
 *
 * <p><b>Bounds.</b> {@link History}: count, bytes and age. The newest event stays, whatever its size, until it is too old.
 *
 * <p><b>Waking.</b> After a batch the writer calls each registered wake-up, on its own thread. A wake-up must not block;
 * that at most one is pending per reader is the reader's doing.
 */
public final class Journal implements EventLog.Follower {

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private static final Timeline UNBORN = Timeline.of(Epochs.startingAt(new EventId("none", 0)));

    private final History history;
    private final InstantSource clock;
    private final AtomicReferenceArray<@Nullable Event> ring;
    private final Map<String, Entry> newest = new ConcurrentHashMap<>(); // by topic; every kept topic is in it
    private final List<Runnable> wakeUps = new CopyOnWriteArrayList<>();

    private volatile Timeline lives = UNBORN;
    private volatile long tail = 1; // the oldest kept; head + 1 where nothing is
    private volatile long head;

    private long bytes; // of the kept frames; writer only

    /** An event, and where it is kept. */
    public record Entry(long position, Event event) {}

    public Journal(History history, InstantSource clock) {
        this.history = history;
        this.clock = clock;
        this.ring = new AtomicReferenceArray<>(powerOfTwo(history.events()));
    }

    // ---- the writer

    @Override
    public void begin(Epochs epochs, long n, List<Event> kept) {
        Timeline begun = lives.equals(UNBORN) || isForward(epochs, n)
                ? lives.with(epochs)
                : lives.begin(epochs, head, n + kept.size());
        lives = begun; // before the tail: who is lapsed asks it where to go on
        while (tail <= head) {
            evictOldest();
        }
        tail = begun.position(n) + 1;
        head = store(begun.position(n), kept);
        trim();
        wakeUps.forEach(Journal::wake);
    }

    private boolean isForward(Epochs epochs, long n) {
        EventId last = id(head);
        return n >= last.n() && epochs.id(last.n()).equals(last);
    }

    @Override
    public void goOn(Epochs epochs) {
        lives = lives.with(epochs);
    }

    @Override
    public void accept(List<Event> events) {
        for (Event event : events) {
            long position = head + 1;
            store(position, event);
            head = position;
        }
        trim();
        wakeUps.forEach(Journal::wake);
    }

    private long store(long last, List<Event> events) {
        long position = last;
        for (Event event : events) {
            store(++position, event);
        }
        return position;
    }

    private void store(long position, Event event) {
        if (lives.position(event.n()) != position) {
            throw new IllegalStateException(
                    "event " + event.id() + " after " + id(position - 1) + ": the log left a hole");
        }
        if (position - tail == history.events()) {
            evictOldest();
        }
        ring.setRelease(slot(position), event);
        newest.put(event.topic(), new Entry(position, event));
        bytes += event.frame().length;
    }

    /** Lets go of what is over the bounds. Called by the writer, also when nothing is appended: events grow old. */
    public void trim() {
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
            newest.remove(oldest.topic(), new Entry(oldestKept, oldest));
        }
    }

    // ---- readers, on any thread

    /** The newest event's position; with {@link #tail()} above it where nothing is kept. */
    public long head() {
        return head;
    }

    /** The oldest kept event's position. */
    public long tail() {
        return tail;
    }

    /** The position of an id, kept or not, be it that the log has gone back since; null where the id is unknown. */
    public @Nullable Long find(EventId id) {
        long end = head; // before the lives: what is found is at or before it, whatever becomes of the log meanwhile
        return lives.find(id, end);
    }

    /** Whether an id is a position to which this journal has still to come, for all that it knows. */
    boolean isBehind(EventId id) {
        long end = head;
        Timeline now = lives;
        return now.position(id.n()) > end && now.epochs().own(id);
    }

    /** The id of a position. */
    public EventId id(long position) {
        return lives.id(position);
    }

    /**
     * How many events lie between two positions; null where nobody can know, because the log lost its past in between.
     */
    public @Nullable Long count(long after, long upTo) {
        return lives.count(after, upTo);
    }

    /**
     * Where a reader goes on that was lapped: where it stands, if the log has gone back and still has that; else as near behind
     * it as there is something that it has not had.
     *
     * @return the position just before its next event
     */
    public long carry(long position) {
        return Math.max(tail - 1, lives.carry(position));
    }

    /**
     * The event of a position.
     *
     * @param position at most a {@link #head()} that the caller has seen
     * @return null where the reader was lapped: the event is no longer kept
     */
    public @Nullable Event read(long position) {
        Event event = ring.getAcquire(slot(position));
        return position < tail ? null : event;
    }

    /**
     * The newest kept event that passes, or null. A topic with an event after {@code upTo} is left out, as in {@link
     * #newestOfEachTopic}.
     */
    public @Nullable Entry newest(TopicFilter filter, long upTo) {
        return newestPassing(filter, upTo)
                .max(Comparator.comparingLong(Entry::position))
                .orElse(null);
    }

    /**
     * The newest kept event of each topic that passes, oldest first. A topic with an event after {@code upTo} is left out:
     * who reads on from there gets it.
     */
    public List<Entry> newestOfEachTopic(TopicFilter filter, long upTo) {
        return newestPassing(filter, upTo)
                .sorted(Comparator.comparingLong(Entry::position))
                .toList();
    }

    private java.util.stream.Stream<Entry> newestPassing(TopicFilter filter, long upTo) {
        java.util.stream.Stream<@Nullable Entry> candidates = filter.isAll() || filter.hasWildcards()
                ? newest.values().stream()
                        .filter(entry -> filter.matches(entry.event().topic()))
                : filter.exactTopics().stream().map(newest::get).filter(Objects::nonNull);
        return candidates.filter(entry -> entry.position() <= upTo);
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

    private int slot(long position) {
        return (int) position & (ring.length() - 1);
    }

    private static int powerOfTwo(int atLeast) {
        return atLeast == 1 ? 1 : Integer.highestOneBit(atLeast - 1) << 1;
    }
}
