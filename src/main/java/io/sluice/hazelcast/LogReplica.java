package io.sluice.hazelcast;

import io.sluice.hazelcast.LogRecord.Appended;
import io.sluice.hazelcast.LogRecord.Keyed;
import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.InitialLoad;
import io.sluice.log.LogSetup;
import io.sluice.log.Receipt;
import io.sluice.log.RecentKeys;
import io.sluice.log.SteadyClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node's copy of the log: follows the ring, gives the journal the events that count, and remembers the batches' keys.
 *
 * <p>It is the same at each node. A leader learns from the replica at its own node what has come of the records that it added.
 *
 * <p>On the stream's context only.
 */
final class LogReplica implements RecordFilter.Output {

    private final RecordFilter filter;
    private final RingFollower follower;
    private final InitialLoad journal;
    private final RecentKeys keys;
    private final InstantSource ages;
    private final Promise<Void> based;
    private boolean loaded;
    private boolean closed;

    /**
     * @param known the log's epochs if a map of the cluster has them
     * @param listener learns what happens to the replica's follower
     */
    LogReplica(LogSetup setup, RingFollower.Source ring, @Nullable Epochs known, RingFollower.Listener listener) {
        this(setup, ring, known, listener, SteadyClock.INSTANCE);
    }

    /** @param ages by which keys grow old; it must not jump */
    LogReplica(
            LogSetup setup,
            RingFollower.Source ring,
            @Nullable Epochs known,
            RingFollower.Listener listener,
            InstantSource ages) {
        this.filter = new RecordFilter(known, this);
        this.follower = new RingFollower(setup.context(), setup.stream(), ring, filter, listener);
        this.journal = new InitialLoad(setup.follower(), setup.history(), ages);
        this.ages = ages;
        this.keys = new RecentKeys(setup.idempotency());
        this.based = setup.context().promise();
    }

    /** Completes when the journal has what the ring had. */
    Future<Void> open() {
        return follower.start().map(v -> {
            loaded = true;
            if (!closed) {
                journal.done();
            }
            return null;
        });
    }

    /** Completes when the replica has a base, which is a position of the log. */
    Future<Void> based() {
        return based.future();
    }

    /** Its follower has stopped, since the journal may be wrong. */
    void fail(Throwable cause) {
        based.tryFail(cause);
    }

    void close() {
        closed = true;
        follower.stop();
        based.tryFail("the log is being left");
    }

    /** How far the replica has read. */
    RecordFilter filter() {
        return filter;
    }

    RingFollower follower() {
        return follower;
    }

    /** The keys of the batches that count, as old as {@link #now} says. */
    RecentKeys keys() {
        return keys;
    }

    /** The time by which keys grow old. */
    Instant now() {
        return ages.instant();
    }

    /** From when a batch's key counts: from now on, unless the ring had the batch before this node came. */
    private Instant since(Appended appended) {
        Instant now = now();
        return loaded || appended.time().isAfter(now) ? now : appended.time();
    }

    @Override
    public void rebase(Epochs epochs, long position) {
        // A replica that only missed records keeps its keys. If the log has lost a key's batch, it may take the key
        // again.
        keys.retain(epochs::contains);
        follower.trust();
        journal.reset(epochs, position, List.of());
        based.tryComplete();
    }

    @Override
    public void beginEpoch(Epochs epochs) {
        journal.beginEpoch(epochs);
    }

    @Override
    public void deliver(List<Appended> batch) {
        List<Event> events = new ArrayList<>(batch.size());
        for (Appended appended : batch) {
            events.add(Event.of(appended.id(), appended.time(), appended.event()));
            Keyed keyed = appended.keyed();
            if (keyed != null) {
                keys.add(keyed.key(), new Receipt(appended.id(), keyed.count(), keyed.digest()), since(appended));
            }
        }
        journal.append(events);
    }
}
