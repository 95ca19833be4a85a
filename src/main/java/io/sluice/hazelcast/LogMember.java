package io.sluice.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import io.sluice.log.Batch;
import io.sluice.log.LogSetup;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node's part in a stream's log from when it joins a cluster until it leaves it: a replica, which reads, a leader, which writes
 * if this node is the one, and the way to whichever node leads.
 *
 * <p>On the stream's context only, but for what Hazelcast calls.
 */
final class LogMember implements RingFollower.Listener, ClusterMembers.Listener {

    private static final long FINISH_MILLIS = 2_000;

    /** For so long this node still tells late senders that it leads no longer. */
    private static final long FAREWELL_MILLIS = 300;

    private final ContextInternal context;
    private final ClusterMembers members;
    private final HazelcastLeases leases;
    private final SplitDetector split;
    private final LogReplica replica;
    private final LogLeader leader;
    private final AppendRpc rpc;
    private final AppendRouter router;
    private final LossNotices losses;
    private final Consumer<Throwable> onFailure;
    private ClusterMembers.@Nullable Registration membership;
    private boolean closed;

    /**
     * Blocks: not on an event loop.
     *
     * @param alone whether this node goes on as a side of a split, so that the log forks here
     * @param onFailure gets the failure of a replica that was open: its journal may be wrong, and the log has to be joined again
     */
    LogMember(LogSetup setup, HazelcastInstance hazelcast, boolean alone, Consumer<Throwable> onFailure) {
        String stream = setup.stream();
        this.context = setup.context();
        this.onFailure = onFailure;
        this.members = new ClusterMembers(hazelcast);
        this.leases = HazelcastLeases.of(context.owner());
        Ring ring = Ring.open(context, hazelcast, stream, setup.history());
        EpochTable epochTable = new EpochTable(context, hazelcast, stream);
        this.replica = new LogReplica(setup, ring, epochTable.read(), new HazelcastPeers(context, stream), this);
        this.split = new SplitDetector(hazelcast, stream, LeftBehind.of(context.owner())::isBehind, alone);
        this.leader = new LogLeader(
                context,
                stream,
                replica.filter(),
                split,
                setup.leadership(),
                (term, onBroken) -> new Sequencer(
                        context,
                        replica,
                        new TermWriter(context, stream, ring, replica, split, term),
                        new NextEpoch(stream, replica.filter(), split),
                        epochTable,
                        onBroken));
        this.rpc = new AppendRpc(context, stream, members.self().toString(), members::has, leader::append);
        this.router = new AppendRouter(context, members, leader, rpc);
        this.losses = new LossNotices(context, stream, replica.filter());
    }

    /** Completes when the journal has what the ring had, and the log's position is known. */
    Future<Void> open() {
        membership = members.listen(this);
        losses.open(leader::historyLost);
        return rpc.open()
                .compose(v -> replica.open())
                .compose(v -> leader.open(leases))
                .compose(v -> replica.based());
    }

    Future<List<Receipt>> append(List<Batch> batches) {
        return router.append(batches);
    }

    /** Hands over: finishes the writes under way, and refuses later ones. */
    Future<Void> close() {
        closed = true;
        // This node's own call first: it may wait behind another node's.
        return router.finish()
                .eventually(leader::finish)
                .timeout(FINISH_MILLIS, TimeUnit.MILLISECONDS)
                .eventually(() -> members.isRunning() ? split.sayGoodbye(context) : context.succeededFuture())
                .transform(done -> leave(FAREWELL_MILLIS));
    }

    /** Stops at once, to join again or since this part of the cluster ends. */
    Future<Void> abandon() {
        closed = true;
        router.finish();
        return leave(0);
    }

    private Future<Void> leave(long farewellMillis) {
        Future<Void> unasked = replica.close();
        losses.stop();
        if (membership != null) {
            membership.cancel();
        }
        return leader.release()
                .compose(led -> led && farewellMillis > 0 ? context.timer(farewellMillis) : context.succeededFuture())
                .eventually(() -> unasked)
                .eventually(rpc::close)
                .eventually(leader::stepDown)
                .eventually(losses::close)
                .eventually(() -> context.executeBlocking(() -> {
                    split.close();
                    return null;
                }))
                .mapEmpty();
    }

    @Override
    public void progressed() {
        leader.progressed();
    }

    /** The ring has lost what this node's replica has read. The leader has to know, be it this node or another one. */
    @Override
    public void historyLost() {
        if (leader.isElected()) {
            leader.historyLost(replica.filter().last());
        } else {
            replica.filter().loseHistory();
            losses.send();
        }
    }

    @Override
    public void failed(Throwable cause) {
        replica.fail(cause);
        onFailure.accept(cause);
    }

    @Override
    public void joined(Member member, int now) {}

    @Override
    public void left(Member member, int now) {
        context.runOnContext(v -> {
            if (!closed) {
                rpc.memberLeft(member.getUuid().toString());
                replica.follower().check();
                leader.memberLeft();
            }
        });
    }
}
