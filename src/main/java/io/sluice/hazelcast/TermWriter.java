package io.sluice.hazelcast;

import io.sluice.hazelcast.LogRecord.Position;
import io.sluice.log.Epochs;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds the records of one term to the ring, and waits until the replica at this node has read them.
 *
 * <p>If Hazelcast does not confirm a call, the same bytes are added again, until they are there: readers drop what they have. What
 * is under way belongs to a round. A new round ends it, when the log has lost its past.
 *
 * <p>On the stream's context only.
 */
final class TermWriter {

    private static final int PART_BYTES = 1 << 20;
    private static final long RETRY_MILLIS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(TermWriter.class);

    private final ContextInternal context;
    private final String stream;
    private final Ring ring;
    private final LogReplica replica;
    private final SplitDetector split;
    private final long term;

    /** One step waits at a time. */
    private @Nullable Waiting waiting;

    private int round;
    private boolean stopped;

    private record Waiting(BooleanSupplier condition, Promise<Void> met) {}

    TermWriter(ContextInternal context, String stream, Ring ring, LogReplica replica, SplitDetector split, long term) {
        this.context = context;
        this.stream = stream;
        this.ring = ring;
        this.replica = replica;
        this.split = split;
        this.term = term;
    }

    long term() {
        return term;
    }

    int round() {
        return round;
    }

    boolean isStopped() {
        return stopped;
    }

    boolean isCurrent(int mine) {
        return !stopped && mine == round;
    }

    /** Ends what is under way. */
    int startRound(String why) {
        failWaiting(why);
        return ++round;
    }

    /** Ends what is under way, and takes nothing more. */
    void stop(String why) {
        stopped = true;
        failWaiting(why);
    }

    private void failWaiting(String why) {
        Waiting was = waiting;
        waiting = null;
        if (was != null) {
            was.met.tryFail(why);
        }
    }

    /** Adds records until they are there. */
    Future<Void> add(List<byte[]> records, int mine) {
        if (!isCurrent(mine)) {
            return ended();
        }
        RingFollower follower = replica.follower();
        long next = follower.next();
        return ring.add(records)
                .<Void>map(sequence -> {
                    if (sequence < next) {
                        follower.contradicted();
                    }
                    return null;
                })
                .recover(failure -> {
                    LOG.debug("stream {}: records are added again", stream, failure);
                    return context.timer(RETRY_MILLIS).compose(v -> add(records, mine));
                });
    }

    /**
     * Adds the records of events part by part, each when the replica has read the one before. A part is what one call takes, and
     * about a megabyte at most.
     *
     * @param last the n of the event before the first
     */
    Future<Void> addInParts(List<byte[]> records, long last, int mine) {
        int count = 0;
        for (long bytes = 0; count < records.size() && count < ring.maxRecords() && bytes < PART_BYTES; count++) {
            bytes += records.get(count).length;
        }
        if (count == 0) {
            return context.succeededFuture();
        }
        long end = last + count;
        List<byte[]> rest = records.subList(count, records.size());
        return add(records.subList(0, count), mine)
                .compose(v -> awaitRead(() -> replica.filter().seen() >= end, mine))
                .compose(v -> addInParts(rest, end, mine));
    }

    /** Says that the log's events up to n are safe. */
    Future<Void> addPosition(Epochs epochs, long n, int mine) {
        return add(List.of(LogRecord.encode(new Position(term, epochs, n))), mine);
    }

    /** Says that the log's events up to n are safe once all members have answered, and waits until the replica has read that. */
    Future<Void> confirm(Epochs epochs, long n, int mine) {
        return split.settle(context, epochs.newest())
                .compose(v -> addPosition(epochs, n, mine))
                .compose(v -> awaitRead(() -> replica.filter().last() >= n, mine));
    }

    /** Completes when a condition is met by what the replica has read. */
    Future<Void> awaitRead(BooleanSupplier condition, int mine) {
        if (!isCurrent(mine)) {
            return ended();
        }
        if (isMet(condition)) {
            return context.succeededFuture();
        }
        Promise<Void> met = context.promise();
        waiting = new Waiting(condition, met);
        return met.future();
    }

    private Future<Void> ended() {
        return context.failedFuture("this node's term as the leader has ended");
    }

    /** The replica has read something. */
    void progressed() {
        Waiting now = waiting;
        if (now != null && isMet(now.condition)) {
            waiting = null;
            now.met.tryComplete();
        }
    }

    /** While the ring may have lost its past, a condition proves nothing. */
    private boolean isMet(BooleanSupplier condition) {
        return !replica.follower().isInDoubt() && condition.getAsBoolean();
    }
}
