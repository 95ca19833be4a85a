package io.sluice.hazelcast;

import io.sluice.log.Batch;
import io.sluice.log.Epochs;
import io.sluice.log.Leadership;
import io.sluice.log.LogLines;
import io.sluice.log.NotTakenException;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this node the leader of a stream's log while it owns the stream's lease: see {@link #setLeader}.
 *
 * <p>On the stream's context only, but for what {@link HazelcastLeases} calls.
 */
final class LogLeader implements LeaseClaim.Holder {

    /** Makes a sequencer for a term. */
    interface Sequencers {

        /** A sequencer that calls {@code onBroken} where it cannot go on: see {@link Sequencer}. */
        Sequencer create(long term, Runnable onBroken);
    }

    private static final long RETRY_MILLIS = 50;

    private static final Logger LOG = LoggerFactory.getLogger(LogLeader.class);

    private final ContextInternal context;
    private final String stream;
    private final LogLines lines;
    private final RecordFilter filter;
    private final SplitDetector split;
    private final Leadership leadership;
    private final Sequencers sequencers;

    private @Nullable LeaseClaim claim;
    /** Null if this node does not lead. */
    private @Nullable Sequencer sequencer;
    /** The sequencer that is taking over; null if none is. */
    private @Nullable Sequencer takingOver;
    /** Whether the bus brings its messages here. */
    private boolean consuming;

    private boolean closed;
    private long positionTimer = -1;

    LogLeader(
            ContextInternal context,
            String stream,
            RecordFilter filter,
            SplitDetector split,
            Leadership leadership,
            Sequencers sequencers) {
        this.context = context;
        this.stream = stream;
        this.lines = new LogLines(LOG, stream);
        this.filter = filter;
        this.split = split;
        this.leadership = leadership;
        this.sequencers = sequencers;
    }

    /** Claims the stream's lease. Completes when its owner is known. */
    Future<Void> open(HazelcastLeases leases) {
        positionTimer = context.setPeriodic(Ring.MIN_AGE.toMillis() / 3, id -> repeatPosition());
        return leases.claim("stream/" + stream, this).compose(claimed -> {
            claim = claimed;
            return closed ? claimed.release() : context.succeededFuture();
        });
    }

    @Override
    public void begins(long term) {
        context.runOnContext(v -> setLeader(term, "a new term begins"));
    }

    @Override
    public void ends() {
        context.runOnContext(v -> setLeader(0, "another node has the lease"));
    }

    /** Makes this node the leader of a term, or no leader if the term is 0: the only place where that changes. */
    private void setLeader(long term, String why) {
        Sequencer was = sequencer;
        sequencer = null;
        if (was != null) {
            was.stop(why);
        }
        if (consuming) {
            consuming = false;
            lines.routine("{}: this node takes in its events no more", why);
            leadership.stepDown().onFailure(failure -> LOG.debug("stream {}: consumers could not go", stream, failure));
        }
        if (was != null && claim != null && filter.term() > was.term()) {
            claim.raiseAbove(filter.term());
        }
        if (term > 0 && !closed) {
            Sequencer now = sequencers.create(term, () -> renewTerm(term));
            sequencer = now;
            takeOver(now);
        }
    }

    /** Has a higher term begin here, unless one has. */
    private void renewTerm(long term) {
        if (sequencer != null && sequencer.term() == term && claim != null) {
            claim.raiseAbove(term);
        }
    }

    /**
     * Fences off the terms before, and then has the bus bring its messages here. Repeats that until it succeeds or the term is
     * over, since right after a death Hazelcast may refuse anything.
     */
    private void takeOver(Sequencer now) {
        if (sequencer != now || takingOver == now) {
            return;
        }
        takingOver = now;
        now.open().compose(v -> consume(now)).onComplete(done -> {
            takingOver = takingOver == now ? null : takingOver;
            if (done.failed() || !now.isServing()) {
                LOG.debug("stream {}: term {} is not open yet, and is tried again", stream, now.term(), done.cause());
                context.setTimer(RETRY_MILLIS, id -> takeOver(now));
            }
        });
    }

    private Future<Void> consume(Sequencer now) {
        if (sequencer != now || consuming) {
            return context.succeededFuture();
        }
        consuming = true;
        return leadership
                .lead()
                .onSuccess(v -> lines.routine("this node takes in its events now"))
                .recover(failure -> {
                    if (sequencer != now) {
                        return context.failedFuture(failure);
                    }
                    consuming = false;
                    return leadership.stepDown().transform(v -> context.failedFuture(failure));
                });
    }

    /** Whether this node leads, and takes batches. */
    boolean isServing() {
        return sequencer != null && sequencer.isServing();
    }

    /** The id of the member that owns the lease and is not this node; null if there is none. */
    @Nullable
    String otherOwner(String self) {
        if (sequencer != null || claim == null) {
            return null;
        }
        String owner = claim.owner();
        return owner.equals(self) || owner.equals(LeaseEntry.NOBODY) ? null : owner;
    }

    /** Appends batches of this node or of another one; fails with {@link NotTakenException} if this node does not lead. */
    Future<List<Receipt>> append(List<Batch> batches) {
        return closed || sequencer == null || !sequencer.isServing()
                ? context.failedFuture(new NotTakenException("this node does not lead the stream; try again"))
                : sequencer.append(batches);
    }

    /** The replica has read something. */
    void progressed() {
        Sequencer now = sequencer;
        if (now == null) {
            return;
        }
        if (filter.term() > now.term()) {
            setLeader(0, "another node leads the stream");
        } else {
            now.progressed();
        }
    }

    private void repeatPosition() {
        if (sequencer != null) {
            sequencer.repeatPosition();
        }
    }

    /** A member has left. If the log may be split, it continues in an epoch of its own, and that takes a term of its own. */
    void memberLeft() {
        Epochs known = filter.epochs();
        if (known == null) {
            return;
        }
        split.noteLosses(known.newest());
        if (!split.mustFork(known.newest())) {
            split.settle(context, known.newest())
                    .onFailure(failure -> LOG.debug("stream {}: {}", stream, failure.getMessage()));
        } else if (sequencer != null) {
            sequencer.stop("this node is left with half of the cluster or less");
            renewTerm(sequencer.term());
        }
    }

    /** Whether this node leads, or is about to. */
    boolean isElected() {
        return sequencer != null;
    }

    /** A replica had events up to a position, and the ring has lost them: the leader begins an epoch. */
    void historyLost(long last) {
        Sequencer now = sequencer;
        Epochs known = filter.epochs();
        if (now != null && (known == null || known.past() <= last)) {
            now.loseHistory(last);
            takeOver(now);
        }
    }

    /** Takes no batch any more. Completes when the write under way has ended. */
    Future<Void> finish() {
        closed = true;
        return sequencer == null ? context.succeededFuture() : sequencer.finish();
    }

    /** Lets go of the lease, so that another node may lead. Completes with whether this node did. */
    Future<Boolean> release() {
        closed = true;
        boolean led = sequencer != null;
        if (sequencer != null) {
            sequencer.stop("the node stops");
            sequencer = null;
        }
        context.owner().cancelTimer(positionTimer);
        Future<Void> released = claim == null ? context.succeededFuture() : claim.release();
        return released.otherwiseEmpty().map(led);
    }

    /** Has the bus bring its messages here no longer. */
    Future<Void> stepDown() {
        return leadership.stepDown();
    }
}
