package io.sluice.hazelcast;

import io.sluice.hazelcast.LogRecord.Position;
import io.sluice.hazelcast.Ring.Slot;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a ring from its oldest record on, as long as it is not stopped, and notices when the ring is not what it was.
 *
 * <p>A ring keeps what it has acknowledged as long as one of two members that hold it lives. If both die, it has lost its
 * past; if a member dies whose records a reader got a moment before its backup did, they may come again, from the sequencer
 * that still has them. So who finds its last record gone reads the ring anew, and gives it some time to say the same.
 *
 * <p>On the stream's context only.
 */
final class RingFollower {

    /** What happens to who follows. */
    interface Listener {

        /** Records were read, or there are none. */
        void read();

        /** The ring does not have what was read from it. */
        void lost();
    }

    private static final Logger LOG = LoggerFactory.getLogger(RingFollower.class);

    private static final long RETRY_MILLIS = 100;
    private static final long DOUBT_MILLIS = 3000;
    private static final long READ_BYTES = 1L << 20;
    private static final int FIRST_RECORDS = 16; // nobody knows how large they are

    private final ContextInternal context;
    private final String stream;
    private final Ring ring;
    private final RecordFilter order;
    private final Listener listener;
    private final Promise<Void> caughtUp = Promise.promise();

    private long next; // the sequence to read
    private long expected; // in the first read of a round, at most
    private @Nullable Slot newest; // that was read
    private Buffer taken = Buffer.buffer(); // the record of order.whole()
    private Buffer lastEvent = Buffer.buffer(); // the record of order.last()
    private Buffer lastPosition = Buffer.buffer(); // the newest that named it
    private int max; // records in the next read
    private int round; // of reading the ring from its beginning
    private boolean doubting;
    private boolean failing;
    private boolean stopped;

    RingFollower(ContextInternal context, String stream, Ring ring, RecordFilter order, Listener listener) {
        this.context = context;
        this.stream = stream;
        this.ring = ring;
        this.order = order;
        this.listener = listener;
        this.max = Math.min(FIRST_RECORDS, ring.maxRecords());
    }

    /** Completes when everything that the ring had was read. */
    Future<Void> start() {
        read();
        return caughtUp.future();
    }

    void stop() {
        stopped = true;
        caughtUp.tryFail("the log is being left");
    }

    /** Whether it is open whether the ring still has what was read from it. */
    boolean isDoubting() {
        return doubting;
    }

    private void read() {
        int mine = round;
        ring.read(next, caughtUp.future().isComplete(), max).onComplete(done -> {
            if (stopped || mine != round) {
                return;
            }
            if (done.succeeded()) {
                failing = false;
                take(done.result());
            } else {
                retry(done.cause());
            }
        });
    }

    private void retry(Throwable failure) {
        if (!failing) {
            LOG.debug("stream {}: the ring cannot be read, and is asked again", stream, failure);
            failing = true;
        }
        int mine = round;
        context.owner()
                .setTimer(
                        RETRY_MILLIS,
                        id -> context.runOnContext(v -> {
                            if (!stopped && mine == round) {
                                read();
                            }
                        }));
    }

    private void take(List<Slot> slots) {
        if (slots.isEmpty()) {
            caughtUp.tryComplete();
        } else {
            long first = slots.get(0).sequence();
            if (newest != null && first < next) {
                doubt(); // and reads them in the next round
                return;
            }
            if (first > (newest == null ? expected : next)) {
                order.miss();
            }
            long bytes = 0;
            for (Slot slot : slots) {
                take(slot);
                bytes += slot.bytes().length();
            }
            max = (int) Math.max(1, Math.min(Math.min(2 * max, ring.maxRecords()), READ_BYTES * slots.size() / bytes));
        }
        listener.read();
        if (!stopped) {
            read();
        }
    }

    private void take(Slot slot) {
        newest = slot;
        next = slot.sequence() + 1;
        try {
            LogRecord record = LogRecord.decode(slot.bytes());
            long last = order.last();
            long whole = order.whole();
            order.take(record);
            taken = order.whole() == whole ? taken : slot.bytes();
            lastEvent = order.last() == last ? lastEvent : taken;
            compare(record, slot.bytes());
        } catch (RuntimeException e) {
            LOG.warn("stream {}: a record of the ring cannot be taken: {}", stream, e.getMessage());
            LOG.debug("stream {}: it is {}", stream, slot, e);
        }
    }

    /** What says that this is the ring that was read before: the record of the last event, or one that names its position. */
    private void compare(LogRecord record, Buffer bytes) {
        if (doubting && (bytes.equals(lastEvent) || bytes.equals(lastPosition))) {
            doubting = false;
        }
        if (record instanceof Position position && position.n() == order.last()) {
            lastPosition = bytes;
        }
    }

    /** The sequence that is read next. */
    long next() {
        return next;
    }

    /** A base was set: what is read from now on is not compared with what was before. */
    void trust() {
        doubting = false;
    }

    /** A record was added at a sequence, though what is there was read before that. */
    void contradicted() {
        if (!doubting && !stopped) {
            doubt();
        }
    }

    /** Looks whether the ring still has the newest record that was read: a member that held it may be gone. */
    void check() {
        Slot known = newest;
        if (known == null || doubting) {
            return;
        }
        int mine = round;
        ring.read(known.sequence(), false, 1).onComplete(done -> {
            if (stopped || mine != round) {
                return;
            }
            if (done.failed()) {
                context.owner().setTimer(RETRY_MILLIS, id -> context.runOnContext(v -> check()));
            } else if (!has(done.result(), known)) {
                doubt();
            }
        });
    }

    private static boolean has(List<Slot> found, Slot known) {
        if (found.isEmpty()) {
            return false;
        }
        Slot slot = found.get(0);
        return slot.sequence() > known.sequence() // it was evicted since
                || (slot.sequence() == known.sequence() && slot.bytes().equals(known.bytes()));
    }

    /** The ring is read anew. What is the same as before does not count again; what is missing may come. */
    private void doubt() {
        LOG.warn("stream {}: the ring lacks what was read from it; a member that held it may have died", stream);
        round++;
        order.repeat();
        expected = next;
        next = 0;
        newest = null;
        doubting = true;
        int mine = round;
        context.owner()
                .setTimer(
                        DOUBT_MILLIS,
                        id -> context.runOnContext(v -> {
                            if (doubting && mine == round && !stopped) {
                                doubting = false;
                                listener.lost();
                            }
                        }));
        read();
    }
}
