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

    /** Learns what happens to a follower. */
    interface Listener {

        /** Records were read, or there are none. */
        void read();

        /** The ring does not have what was read from it. */
        void lost();

        /** A step of the follower has thrown, so that the journal may be wrong. The follower has stopped. */
        void failed(Throwable cause);
    }

    /** The part of a ring that a follower needs. */
    interface Source {

        /** See {@link Ring#read}. */
        Future<List<Slot>> read(long from, boolean wait, int max);

        /** See {@link Ring#maxRecords}. */
        int maxRecords();
    }

    private static final Logger LOG = LoggerFactory.getLogger(RingFollower.class);

    private static final long RETRY_MILLIS = 100;
    private static final long DOUBT_MILLIS = 3000;
    private static final long READ_BYTES = 1L << 20;
    private static final int FIRST_RECORDS = 16; // nobody knows how large they are

    private final ContextInternal context;
    private final String stream;
    private final Source ring;
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

    RingFollower(ContextInternal context, String stream, Source ring, RecordFilter order, Listener listener) {
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
                guard(() -> take(done.result()));
            } else {
                retry(done.cause());
            }
        });
    }

    /** Runs a step. One that throws has broken something: the follower stops, and says so, rather than going on with it. */
    private void guard(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            stopped = true;
            if (!caughtUp.tryFail(e)) {
                listener.failed(e);
            }
        }
    }

    private void retry(Throwable failure) {
        if (!failing) {
            LOG.debug("stream {}: the ring cannot be read, and is asked again", stream, failure);
            failing = true;
        }
        int mine = round;
        context.setTimer(RETRY_MILLIS, id -> {
            if (!stopped && mine == round) {
                read();
            }
        });
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
            takeAll(slots);
        }
        listener.read();
        if (!stopped) {
            read();
        }
    }

    private void takeAll(List<Slot> slots) {
        long bytes = 0;
        Throwable undecodable = null;
        for (Slot slot : slots) {
            newest = slot;
            next = slot.sequence() + 1;
            bytes += slot.bytes().length();
            LogRecord record;
            try {
                record = LogRecord.decode(slot.bytes());
            } catch (IllegalArgumentException e) {
                undecodable = e;
                continue;
            }
            take(record, slot.bytes());
        }
        if (undecodable != null) {
            LOG.warn("stream {}: the ring has what is no record of Sluice: {}", stream, undecodable.getMessage());
        }
        // Holes have no bytes.
        long fitting = READ_BYTES * slots.size() / Math.max(1, bytes);
        max = (int) Math.max(1, Math.min(Math.min(2 * max, ring.maxRecords()), fitting));
    }

    private void take(LogRecord record, Buffer bytes) {
        long last = order.last();
        long whole = order.whole();
        order.take(record);
        taken = order.whole() == whole ? taken : bytes;
        lastEvent = order.last() == last ? lastEvent : taken;
        compare(record, bytes);
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
                context.setTimer(RETRY_MILLIS, id -> check());
            } else if (!has(done.result(), known)) {
                guard(this::doubt);
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
        context.setTimer(DOUBT_MILLIS, id -> {
            if (doubting && mine == round && !stopped) {
                doubting = false;
                guard(listener::lost);
            }
        });
        read();
    }
}
