package io.sluice.log;

import io.sluice.log.Resumption.Ahead;
import io.sluice.log.Resumption.Gap;
import io.sluice.log.Resumption.Resumed;
import io.sluice.log.Resumption.Unknown;
import java.lang.ref.SoftReference;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's bounded window on a stream's log: the newest events, each encoded once a format, as a frame.
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
 * <p><b>One writer, many readers, no lock.</b> The writer is a {@link JournalWriter}, the log's follower: one thread. Readers are the hubs, one per
 * event loop; each keeps its own position p and asks for the event there. What holds them together is the order of six writes:
 *
 * <ol>
 *   <li>{@code newest} of its topic is the entry of p, and the topic's previous entry learns that p is its successor;
 *   <li>an event that is to leave the ring, and is the newest of its topic, is in {@code evicted};
 *   <li>{@code tail} rises above that event;
 *   <li>its slot is cleared or used again;
 *   <li>the slot of p is stored;
 *   <li>{@code head} becomes p, and only then may a reader ask for it.
 * </ol>
 *
 * <p>A reader copies the slot's reference and looks at {@code tail} <i>afterwards</i>. If p is still at or above it, the slot
 * had not been touched when it was read, so that the event is p's. If not, the reader was lapped: it gets null, and has to
 * tell its client that there is a gap. Events are immutable and belong to the garbage collector, so that a reader may hold
 * on to one for as long as it likes.
 *
 * <p><b>Positions.</b> An event is asked for by its position, which is its number as long as the log's numbers only grow. Where
 * the log goes back, positions do not: see {@link Timeline}. The journal then drops all it has, so that every reader is lapped,
 * and asks {@link #resume} where to read on.
 *
 * <p><b>Snapshots.</b> The newest event of each topic up to a position u is each entry up to u without a {@link
 * Entry#successor} up to u. So a reader needs no list: it reads on from the tail, and leaves out the others.
 *
 * <p><b>Bounds.</b> {@link History}: count, bytes and age. The newest event stays, whatever its size, until it is too old.
 *
 * <p><b>Beyond the bounds.</b> With {@link History#latest} the newest event of a topic stays in {@link Evicted} when it leaves the ring,
 * until the topic has a newer one. A reader that comes to the tail from below reads those first, and asks in this order: the {@link
 * #tail()}, then {@link #latestAfter} its own position. If that is null, or at or above the tail that it saw, the reader goes on in the
 * ring at that tail; if it is lapped there, it asks again. So it misses no topic's newest event, unless the topic has a newer one that
 * it comes to later. A reader leaves out an entry with a successor up to its end, as in the ring.
 *
 * <p><b>Waking.</b> After a batch the writer calls each registered wake-up, on its own thread. A wake-up must not block;
 * that at most one is pending per reader is the reader's doing.
 */
public final class Journal {

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    /** An id further ahead than this is no id of a faster node: the log would be minutes behind. */
    private static final long MAX_AHEAD = 100_000;

    /** The position of a stream that is not there yet: before the first event of the one that is made. */
    static final EventId UNBORN_ID = new EventId("none", 0);

    static final Epochs UNBORN_EPOCHS = Epochs.startingAt(UNBORN_ID);

    /** The timeline of a journal that no log has begun yet. */
    static final Timeline UNBORN = Timeline.of(UNBORN_EPOCHS);

    /** What becomes of the stream. */
    public enum State {
        /** Events may come. */
        OPEN,
        /** No event comes any more: the head is the last one. */
        ENDED,
        /** The stream is gone, and the log has nothing of it. */
        DELETED
    }

    // Shared by all journals that are not read:
    private static final Runnable[] NOBODY = {};
    private static final Encoding[] NOT_ENCODED = {};

    // Written by the writer only:
    /** Grows and shrinks with what it holds. A reader's old ring has everything that was in it when the reader saw the head. */
    volatile AtomicReferenceArray<@Nullable Entry> ring;

    volatile State state = State.OPEN;

    /** By topic. Every topic is in it of which an event is kept, in the ring or beyond. */
    final Map<String, Entry> newest = new ConcurrentHashMap<>(1);

    volatile Timeline timeline = UNBORN;

    /** The oldest kept event's position; head + 1 if the journal is empty. */
    volatile long tail = 1;

    volatile long head;

    volatile Contents contents = Contents.NONE;

    /** Another one after a reset. */
    volatile Evicted evicted;

    // Written by readers:
    private volatile Runnable[] wakeUps = NOBODY;

    private volatile Encoding[] encodings = NOT_ENCODED;

    /** An event as it is kept. */
    public static final class Entry {

        @SuppressWarnings({"unchecked", "rawtypes"})
        private static final @Nullable SoftReference<byte[]>[] NONE = new SoftReference[0];

        /** The arrival of an event of the history, which was there before this node followed the log. */
        static final int LOADED = 0;

        private static final int MICRO = 1000;

        private final long position;
        private final long since;
        private final int size;

        /** In microseconds of {@link System#nanoTime}, of which an int is enough, and takes no room of its own; 0 if it was loaded. */
        private final int arrived;

        private Event event;

        /** In the first encoding, which is the only one of most journals. Null if the event is older than the journal's use of it. */
        private volatile byte @Nullable [] frame;

        /** In the other encodings, by their index less 1. They are made again if memory was short. */
        private volatile @Nullable SoftReference<byte[]>[] others = NONE;

        private volatile long successor = Long.MAX_VALUE;

        /**
         * Encodes an event in the journal's first format.
         *
         * @param since from when its age counts, in milliseconds of the writer's clock
         * @param arrived what {@link #arrival} said when it came to this node as a new event, or {@link #LOADED}
         */
        Entry(long position, Event event, long since, int arrived, Encoding[] encodings) {
            this.position = position;
            this.since = since;
            this.arrived = arrived;
            this.event = event;
            if (encodings.length > 0) {
                encode(encodings[0]);
            }
            this.size = frame == null ? event.size() : frame.length;
        }

        public long position() {
            return position;
        }

        public Event event() {
            return event;
        }

        /** The event in a format; to read only. Encoded now, if nobody has asked for it yet. */
        public byte[] frame(Encoding encoding) {
            byte[] known = known(encoding);
            return known == null ? encode(encoding) : known;
        }

        private byte @Nullable [] known(Encoding encoding) {
            if (encoding.index == 0) {
                return frame;
            }
            @Nullable SoftReference<byte[]>[] known = others;
            SoftReference<byte[]> other = encoding.index <= known.length ? known[encoding.index - 1] : null;
            return other == null ? null : other.get();
        }

        private synchronized byte[] encode(Encoding encoding) {
            byte[] known = known(encoding);
            if (known != null) {
                return known;
            }
            EventFormat.Frame encoded = encoding.format.encode(event);
            if (encoding.index == 0 && encoded.dataAt() >= 0) {
                // The data is in memory once.
                event = event.withDataIn(encoded.bytes(), encoded.dataAt());
            }
            keep(encoding, encoded.bytes());
            return encoded.bytes();
        }

        private void keep(Encoding encoding, byte[] encoded) {
            if (encoding.index == 0) {
                frame = encoded;
            } else {
                @Nullable SoftReference<byte[]>[] more = Arrays.copyOf(others, Math.max(others.length, encoding.index));
                more[encoding.index - 1] = new SoftReference<>(encoded);
                others = more;
            }
        }

        /** Whether no later event up to a position has the same topic. */
        public boolean isNewestUpTo(long end) {
            return successor > end;
        }

        /** From when its age counts, in milliseconds of the writer's clock. */
        long since() {
            return since;
        }

        /** The arrival of an event that comes at a time of {@link System#nanoTime}. */
        static int arrival(long nanoTime) {
            int micros = (int) (nanoTime / MICRO);
            return micros == LOADED ? 1 : micros;
        }

        /**
         * For how long the event has been at this node, to a microsecond, and half an hour at most; -1 if it is of the history that the
         * node has loaded.
         *
         * @param nanoTime now, of {@link System#nanoTime}
         */
        public long nanosSinceArrival(long nanoTime) {
            return arrived == LOADED ? -1 : Math.max(0, (int) (nanoTime / MICRO) - arrived) * (long) MICRO;
        }

        void succeededBy(long later) {
            successor = later;
        }

        /** The bytes that count for {@link History#bytes}: about those that it is sent in. */
        public int size() {
            return size;
        }
    }

    /**
     * The kept events at one moment: after a batch, or a trim.
     *
     * @param tail the oldest one's position; {@code head + 1} if the journal is empty
     * @param head the newest one's position
     * @param topics the number of their topics
     * @param bytes what counts for {@link History#bytes}
     * @param latest the number of the events that are kept besides, as the newest of their topics
     * @param latestBytes the bytes of those
     */
    public record Contents(long tail, long head, int topics, long bytes, int latest, long latestBytes) {

        static final Contents NONE = new Contents(1, 0, 0, 0, 0, 0);

        /** The number of kept events. */
        public long events() {
            return head - tail + 1;
        }

        /** All that is kept, those besides too. */
        public Held held() {
            return new Held(1, events() + latest, bytes + latestBytes);
        }
    }

    Journal(Evicted evicted) {
        this.evicted = evicted;
        this.ring = new AtomicReferenceArray<>(JournalWriter.LEAST_SLOTS);
    }

    /**
     * Has events encoded in a format: in the first one that is used as they come, in each other one when a reader asks for them, once for
     * all readers. Any thread.
     */
    public synchronized Encoding use(EventFormat format) {
        for (Encoding known : encodings) {
            if (known.format.equals(format)) {
                return known;
            }
        }
        Encoding[] more = Arrays.copyOf(encodings, encodings.length + 1);
        Encoding encoding = new Encoding(format, encodings.length);
        more[encoding.index] = encoding;
        encodings = more;
        return encoding;
    }

    /**
     * Checks that each format in use can carry an event. Any thread.
     *
     * @throws IllegalArgumentException that names the value and what is expected
     */
    public void requireAllowed(NewEvent event) {
        for (Encoding encoding : encodings) {
            encoding.format.requireAllowed(event);
        }
    }

    Encoding[] encodings() {
        return encodings;
    }

    // ---- readers, on any thread

    /** The newest event's position; with {@link #tail()} above it if the journal is empty. */
    public long head() {
        return head;
    }

    /** The oldest kept event's position. */
    public long tail() {
        return tail;
    }

    /** What becomes of the stream. If it has ended, a {@link #head()} that is read afterwards is the last one. */
    public State state() {
        return state;
    }

    /** Whether no log has begun the journal: the stream is not there yet, as far as this node knows. */
    public boolean isUnborn() {
        return timeline.equals(UNBORN);
    }

    /** The id of a position. */
    public EventId id(long position) {
        return timeline.id(position);
    }

    /**
     * How many events lie between two positions; null if that cannot be known, because the log lost its past in between.
     */
    public @Nullable Long count(long after, long upTo) {
        return timeline.count(after, upTo);
    }

    /** Tells a client that has had everything up to an id where it reads on. */
    public Resumption resume(EventId id) {
        // Before the timeline: a position that it finds is at or before this one, even if the log goes back meanwhile.
        long end = head;
        Timeline now = timeline;
        Long position = now.find(id, end);
        if (position != null) {
            return resume(position);
        }
        Long ahead = now.findAhead(id, end, MAX_AHEAD);
        return ahead != null ? new Ahead(ahead) : new Unknown(tail - 1);
    }

    /** Tells a reader that has had everything up to a position where it reads on. */
    public Resumption resume(long position) {
        // Before the timeline, which the writer changes first.
        long beforeOldest = tail - 1;
        Timeline now = timeline;
        long common = now.resumeAfter(position);
        long next = Math.max(beforeOldest, common);
        return now.id(next).equals(now.id(position))
                ? new Resumed(next)
                : new Gap(common, next, now.count(position, next));
    }

    /**
     * The entry of a position.
     *
     * @param position at most a {@link #head()} that the caller has seen
     * @return null if the reader was lapped: the event is no longer kept
     */
    public @Nullable Entry read(long position) {
        AtomicReferenceArray<@Nullable Entry> now = ring;
        Entry entry = now.getAcquire(slot(position, now));
        return position < tail ? null : entry;
    }

    /** The newest kept event of a topic, in the ring or beyond, or null. It may be one after the {@link #head()}, which is about to be published. */
    public @Nullable Entry newest(String topic) {
        return newest.get(topic);
    }

    /**
     * Of the events that are kept beyond the bounds, as the newest of their topics ({@link History#latest}), the first behind a position;
     * null if there is none. A reader that was lapped finds here what is left.
     *
     * <p>A reader asks for the {@link #tail()} before, and takes an entry at or above that for none: it goes on in the ring.
     */
    public @Nullable Entry latestAfter(long position) {
        return evicted.latestAfter(position);
    }

    /**
     * How many events are kept beyond the bounds behind a position, and up to another one that is not before it.
     *
     * @param most the highest answer, which bounds the work
     */
    public int countLatest(long after, long upTo, int most) {
        return evicted.countLatest(after, upTo, most);
    }

    /**
     * The position of the newest event that the journal has dropped although it was the newest of its topic; a snapshot lacks that topic.
     * An event that is {@linkplain NewEvent#forget to be forgotten} is none. If it cannot be known, the last position that may be one.
     * 0 or less if there is none.
     */
    public long forgotten() {
        return evicted.forgotten();
    }

    /** The same, without the topics that had to go because there are more than {@link History#latest}. */
    public long lacking() {
        return evicted.lacking();
    }

    /**
     * The position of the newest event that {@linkplain NewEvent#forget is to be forgotten} and has left the ring as its topic's newest: who
     * has had the topic does not learn of it any more. If it cannot be known, the last position that may be one. 0 or less if there is none.
     */
    public long withdrawn() {
        return evicted.withdrawn();
    }

    /** Whether an event of a time or later may have left the ring, or was not there when it was loaded. By the times of the events. */
    public boolean hasDropped(Instant since) {
        return evicted.hasDropped(since);
    }

    /** The kept events after the last batch. Events at the tail may be gone since; no position of it is still to come. */
    public Contents contents() {
        return contents;
    }

    /** Has {@code wakeUp} called after each batch, until {@link #removeWakeUp}. */
    public synchronized void addWakeUp(Runnable wakeUp) {
        Runnable[] more = Arrays.copyOf(wakeUps, wakeUps.length + 1);
        more[wakeUps.length] = wakeUp;
        wakeUps = more;
    }

    public synchronized void removeWakeUp(Runnable wakeUp) {
        wakeUps = Arrays.stream(wakeUps).filter(known -> known != wakeUp).toArray(Runnable[]::new);
    }

    /** Wakes each reader. One reader's trouble is not the writer's. */
    void wakeReaders() {
        for (Runnable wakeUp : wakeUps) {
            try {
                wakeUp.run();
            } catch (RuntimeException | Error e) {
                LOG.warn("a reader could not be woken", e);
            }
        }
    }

    static int slot(long position, AtomicReferenceArray<?> ring) {
        return (int) position & (ring.length() - 1);
    }
}
