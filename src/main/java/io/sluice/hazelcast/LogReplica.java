package io.sluice.hazelcast;

import io.sluice.hazelcast.LatestTransfer.Latest;
import io.sluice.hazelcast.LogRecord.Appended;
import io.sluice.hazelcast.LogRecord.Keyed;
import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.InitialLoad;
import io.sluice.log.LogSetup;
import io.sluice.log.Receipt;
import io.sluice.log.RecentKeys;
import io.sluice.log.ShardPeers;
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

    private final LogSetup setup;
    private final RecordFilter filter;
    private final RingFollower follower;
    private final RingFollower.Listener listener;
    private final RecentKeys keys;
    private final InstantSource ages;
    private final Promise<Void> based;
    /** Null if the history keeps nothing beyond its bounds. */
    private final @Nullable LatestTransfer latest;

    private InitialLoad journal;
    /** The position before the oldest event that was read. */
    private long base;

    /** Completes when the journal has what was read. */
    private Future<Void> handedOver = Future.succeededFuture();

    private boolean loaded;
    private boolean closed;

    /**
     * @param known the log's epochs if a map of the cluster has them
     * @param peers the other nodes that have the log
     * @param listener learns what happens to the replica's follower
     */
    LogReplica(
            LogSetup setup,
            RingFollower.Source ring,
            @Nullable Epochs known,
            ShardPeers peers,
            RingFollower.Listener listener) {
        this.setup = setup;
        this.filter = new RecordFilter(known, this);
        this.follower = new RingFollower(setup.context(), setup.stream(), ring, filter, listener);
        this.listener = listener;
        this.ages = SteadyClock.INSTANCE;
        this.journal = newLoad();
        this.keys = new RecentKeys(setup.idempotency());
        this.based = setup.context().promise();
        this.latest = setup.history().latest() == 0 ? null : new LatestTransfer(setup, peers, filter);
    }

    private InitialLoad newLoad() {
        return new InitialLoad(setup.follower(), setup.history(), ages);
    }

    /** Completes when the journal has what the ring had, and the newest events of topics from before that. */
    Future<Void> open() {
        return (latest == null ? setup.context().<Void>succeededFuture() : latest.open())
                .compose(v -> follower.start())
                .compose(v -> {
                    loaded = true;
                    return handOver();
                });
    }

    /** Completes when the replica has a base, which is a position of the log, and the journal begins there. */
    Future<Void> based() {
        return based.future().compose(v -> handedOver);
    }

    /** Has the journal get what was read: at once if nothing from before is kept. */
    private Future<Void> handOver() {
        InitialLoad load = journal;
        Future<Latest> older = latest == null ? setup.context().succeededFuture(Latest.NONE) : latest.upTo(base);
        handedOver = older.map(before -> {
            if (load == journal && !closed) {
                load.done(before.events());
                setup.follower().lackLatest(before.lacking());
            }
            return null;
        });
        return handedOver;
    }

    /** Its follower has stopped, since the journal may be wrong. */
    void fail(Throwable cause) {
        based.tryFail(cause);
    }

    /** Stops at once. Completes when no other node asks this one any more. */
    Future<Void> close() {
        closed = true;
        follower.stop();
        based.tryFail("the log is being left");
        return latest == null ? setup.context().succeededFuture() : latest.close();
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
        base = position;
        if (latest == null || !loaded) {
            journal.reset(epochs, position, List.of());
        } else {
            loadAnew(epochs, position);
        }
        based.tryComplete();
    }

    /** Events were missed, and the newest one of a topic may be among them. */
    private void loadAnew(Epochs epochs, long position) {
        journal = newLoad();
        journal.reset(epochs, position, List.of());
        handOver().onFailure(listener::failed);
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
