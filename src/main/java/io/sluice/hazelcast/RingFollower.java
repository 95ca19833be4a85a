package io.sluice.hazelcast;

import io.sluice.hazelcast.Ring.Slot;
import io.sluice.log.LogLines;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a ring from its oldest record on, and notices if the ring is not what it was.
 *
 * <p>A ring keeps an acknowledged record as long as one of the two members that hold it lives. If both die, the ring has lost its
 * past. If one dies whose records a reader got a moment before the backup did, they may come again, from the leader, which still
 * has them. So a follower that finds its newest record gone reads the ring again, and gives it some time to have that record.
 *
 * <p>A step that throws stops the follower, and its listener is told: the journal may be wrong.
 *
 * <p>On the stream's context only.
 */
final class RingFollower {

    /** Learns what happens to a follower. */
    interface Listener {

        /** Records were read, or there are none. */
        void progressed();

        /** The ring does not have what was read from it. */
        void historyLost();

        /** A step has thrown, and the follower has stopped. */
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

    /** The size of the records is not known yet. */
    private static final int FIRST_RECORDS = 16;

    private final ContextInternal context;
    private final LogLines lines;
    private final Source ring;
    private final RecordFilter filter;
    private final Listener listener;
    private final LastRead lastRead = new LastRead();
    private final Promise<Void> caughtUp = Promise.promise();

    /** The sequence to read next. */
    private long next;
    /** The highest sequence at which the first record of a round leaves no hole. */
    private long expected;
    /** How many records to read next, at most. */
    private int max;
    /** Counts how often the ring was read from its oldest record. */
    private int round;

    private boolean failing;
    private boolean stopped;

    RingFollower(ContextInternal context, String stream, Source ring, RecordFilter filter, Listener listener) {
        this.context = context;
        this.lines = new LogLines(LOG, stream);
        this.ring = ring;
        this.filter = filter;
        this.listener = listener;
        this.max = Math.min(FIRST_RECORDS, ring.maxRecords());
    }

    /** Completes when everything that the ring had was read. */
    Future<Void> start() {
        readNext();
        return caughtUp.future();
    }

    void stop() {
        stopped = true;
        caughtUp.tryFail("the log is being left");
    }

    /** Whether the ring may have lost what was read from it. */
    boolean isInDoubt() {
        return lastRead.isInDoubt();
    }

    /** The sequence that is read next. */
    long next() {
        return next;
    }

    /** A base was set: what is read from now on is not compared with what was before. */
    void trust() {
        lastRead.trust();
    }

    private void readNext() {
        int mine = round;
        ring.read(next, caughtUp.future().isComplete(), max).onComplete(done -> {
            if (stopped || mine != round) {
                return;
            }
            if (done.succeeded()) {
                failing = false;
                guard(() -> receive(done.result()));
            } else {
                retry(done.cause());
            }
        });
    }

    /** Runs a step. If it throws, something is broken: the follower stops, and says so, rather than go on with it. */
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
            lines.debug("the ring cannot be read, and is asked again", failure);
            failing = true;
        }
        int mine = round;
        context.setTimer(RETRY_MILLIS, id -> {
            if (!stopped && mine == round) {
                readNext();
            }
        });
    }

    private void receive(List<Slot> slots) {
        if (slots.isEmpty()) {
            caughtUp.tryComplete();
        } else {
            long first = slots.get(0).sequence();
            boolean begun = lastRead.newest() != null;
            if (begun && first < next) {
                // The next round reads these.
                readAnew();
                return;
            }
            if (first > (begun ? next : expected)) {
                filter.missRecords();
            }
            decode(slots);
        }
        listener.progressed();
        if (!stopped) {
            readNext();
        }
    }

    private void decode(List<Slot> slots) {
        long bytes = 0;
        String undecodable = null;
        for (Slot slot : slots) {
            lastRead.setNewest(slot);
            next = slot.sequence() + 1;
            bytes += slot.bytes().length();
            LogRecord record;
            try {
                record = LogRecord.decode(slot.bytes());
            } catch (IllegalArgumentException e) {
                undecodable = e.getMessage();
                continue;
            }
            lastRead.offer(record, slot.bytes(), filter);
        }
        if (undecodable != null) {
            lines.warn("the ring has what is no record of Sluice: {}", undecodable);
        }
        // Holes have no bytes.
        long fitting = READ_BYTES * slots.size() / Math.max(1, bytes);
        max = (int) Math.max(1, Math.min(Math.min(2 * max, ring.maxRecords()), fitting));
    }

    /** A record was added at a sequence that was read before. */
    void contradicted() {
        if (!isInDoubt() && !stopped) {
            readAnew();
        }
    }

    /** Checks that the ring still has the newest record, after a member that held it may have gone. */
    void check() {
        Slot known = lastRead.newest();
        if (known == null || isInDoubt()) {
            return;
        }
        int mine = round;
        ring.read(known.sequence(), false, 1).onComplete(done -> {
            if (stopped || mine != round) {
                return;
            }
            if (done.failed()) {
                context.setTimer(RETRY_MILLIS, id -> check());
            } else if (!LastRead.isFound(done.result(), known)) {
                guard(this::readAnew);
            }
        });
    }

    /** Reads the ring from its oldest record. A record that is the same as before does not count again; a missing one may come. */
    private void readAnew() {
        lines.warn("the ring lacks what was read from it; a member that held it may have died");
        round++;
        filter.reread();
        expected = next;
        next = 0;
        lastRead.doubt();
        int mine = round;
        context.setTimer(DOUBT_MILLIS, id -> {
            if (isInDoubt() && mine == round && !stopped) {
                lastRead.trust();
                guard(listener::historyLost);
            }
        });
        readNext();
    }
}
