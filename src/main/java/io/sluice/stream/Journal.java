package io.sluice.stream;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * One node's bounded window on a stream's log: the newest events, each encoded once, as a {@link Frame}.
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
 * event loop; each keeps its own position and asks for the frame at n. What holds them together is the order of four writes:
 *
 * <ol>
 *   <li>{@code tail} rises above an event before its slot is cleared or used again;
 *   <li>the slot of n is stored;
 *   <li>{@code newest} of its topic is n;
 *   <li>{@code head} becomes n, and only then may a reader ask for it.
 * </ol>
 *
 * <p>A reader copies the slot's reference and looks at {@code tail} <i>afterwards</i>. If n is still at or above it, the slot
 * had not been touched when it was read, so that the frame is n's. If not, the reader was lapped: it gets null, and has to
 * tell its client that there is a gap. Frames are immutable and belong to the garbage collector, so that a reader may hold
 * on to one for as long as it likes.
 *
 * <p><b>Bounds.</b> {@link History}: count, bytes and age. The newest event stays, whatever its size, until it is too old.
 *
 * <p><b>Waking.</b> After a batch the writer calls each registered wake-up, on its own thread. A wake-up must not block;
 * that at most one is pending per reader is the reader's doing.
 */
public final class Journal implements EventLog.Follower {

    private final History history;
    private final InstantSource clock;
    private final AtomicReferenceArray<@Nullable Frame> ring;
    private final Map<String, Frame> newest = new ConcurrentHashMap<>(); // by topic; every kept topic is in it
    private final List<Runnable> wakeUps = new CopyOnWriteArrayList<>();

    private volatile EventId begin = new EventId("none", 0);
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
    public void begin(EventId position) {
        begin = position;
        tail = position.n() + 1;
        head = position.n();
    }

    @Override
    public void accept(List<Event> events) {
        for (Event event : events) {
            append(Frame.of(event));
        }
        trim();
        wakeUps.forEach(Runnable::run);
    }

    private void append(Frame frame) {
        if (frame.n() != head + 1) {
            throw new IllegalStateException("event " + frame.n() + " after " + head + ": the log left a hole");
        }
        if (frame.n() - tail == history.events()) {
            evictOldest();
        }
        ring.setRelease(slot(frame.n()), frame);
        newest.put(frame.topic(), frame);
        bytes += frame.bytes().length;
        head = frame.n();
    }

    /** Lets go of what is over the bounds. Called by the writer, also when nothing is appended: events grow old. */
    void trim() {
        Instant now = clock.instant();
        Frame oldest = ring.get(slot(tail));
        while (oldest != null
                && tail <= head
                && history.isOver(head - tail + 1, bytes, Instant.ofEpochMilli(oldest.time()), now)) {
            evictOldest();
            oldest = ring.get(slot(tail));
        }
    }

    private void evictOldest() {
        long oldestKept = tail;
        int slot = slot(oldestKept);
        Frame oldest = ring.get(slot);
        tail = oldestKept + 1; // before the slot: a reader looks in the other order
        ring.setRelease(slot, null);
        if (oldest != null) {
            bytes -= oldest.bytes().length;
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
        return id.epoch().equals(begin.epoch()) && id.n() <= head;
    }

    /** The id of a position. */
    public EventId id(long n) {
        return begin.at(n);
    }

    /**
     * The frame of an event.
     *
     * @param n at most a {@link #head()} that the caller has seen
     * @return null where the reader was lapped: the event is no longer kept
     */
    public @Nullable Frame read(long n) {
        Frame frame = ring.getAcquire(slot(n));
        return n < tail ? null : frame;
    }

    /** The newest kept event that passes and is at most {@code upTo}, if its topic has had none since; else an older one. */
    public @Nullable Frame newest(TopicFilter filter, long upTo) {
        if (filter.isAll()) {
            return upTo < tail ? null : read(upTo);
        }
        List<Frame> passing = newestOfEachTopic(filter, upTo);
        return passing.isEmpty() ? null : passing.get(passing.size() - 1);
    }

    /**
     * The newest kept event of each topic that passes, oldest first. A topic with an event after {@code upTo} is left out:
     * who reads on from there gets it.
     */
    public List<Frame> newestOfEachTopic(TopicFilter filter, long upTo) {
        List<Frame> passing = new ArrayList<>();
        if (filter.isAll() || filter.hasWildcards()) {
            newest.values().stream()
                    .filter(frame -> filter.matches(frame.topic()))
                    .forEach(passing::add);
        } else {
            for (String topic : filter.exactTopics()) {
                Frame frame = newest.get(topic);
                if (frame != null) {
                    passing.add(frame);
                }
            }
        }
        passing.removeIf(frame -> frame.n() > upTo);
        passing.sort(Comparator.comparingLong(Frame::n));
        return passing;
    }

    /** Has {@code wakeUp} called after each batch, until {@link #removeWakeUp}. */
    public void addWakeUp(Runnable wakeUp) {
        wakeUps.add(wakeUp);
    }

    public void removeWakeUp(Runnable wakeUp) {
        wakeUps.remove(wakeUp);
    }

    private int slot(long n) {
        return (int) n & (ring.length() - 1);
    }

    private static int powerOfTwo(int atLeast) {
        return atLeast == 1 ? 1 : Integer.highestOneBit(atLeast - 1) << 1;
    }
}
