package io.sluice.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.core.LifecycleService;
import io.sluice.log.AppendQueue;
import io.sluice.log.Batch;
import io.sluice.log.EventLog;
import io.sluice.log.LogLines;
import io.sluice.log.LogProvider;
import io.sluice.log.LogSetup;
import io.sluice.log.NotTakenException;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log in the memory of a cluster, with a copy at a second member: it outlives any one member.
 *
 * <pre>
 *        node 1                          node 2, which owns the lease           node 3
 *
 *        POST                                POST, bus                          POST
 *          |                                    |                                |
 *     AppendQueue                          AppendQueue                      AppendQueue      one call at a time
 *          |                                    |                                |
 *     AppendRouter                         AppendRouter                     AppendRouter     to the leader
 *          |                                    |                                |
 *          +---------- AppendRpc -----------+   |   +--------- AppendRpc --------+
 *                                           v   v   v
 *     write                          Sequencer's AppendQueue
 *                                               |
 *                                           Sequencer        gives the numbers
 *                                               |
 *                                           TermWriter       adds records until they are there
 *                                               v
 *     the ring, in Hazelcast, with a backup:   | .. | 41 | 42 | 43 |
 *          |                                    |                                |
 *     RingFollower                         RingFollower                     RingFollower     reads, with long polls
 *          |                                    |                                |
 *     RecordFilter                         RecordFilter                     RecordFilter     which records count
 *     read |                                    |                                |
 *     LogReplica                           LogReplica - - > LogLeader       LogReplica       "read back"
 *          |                                    |                                |
 *     InitialLoad                          InitialLoad                      InitialLoad      all at once, then each
 *          |                                    |                                |
 *       journal                              journal                          journal
 * </pre>
 *
 * <p>An append is acknowledged when a backup has it, and the leader's replica has read the position behind it, which says so. When
 * another node gets the lease, that node begins a higher term, and reads all that there is, before it writes; late records of the
 * term before do not count. So an acknowledged event survives the death of any one node, and the death of the next one as soon as
 * Hazelcast has made new backups.
 *
 * <p>{@link LogMember} holds these parts together, from joining a cluster to leaving it. This class joins again when Hazelcast has
 * merged two clusters, and when a replica has failed.
 *
 * <p>The newest epoch is decided by the leader ({@link NextEpoch}), said by the positions in the ring, and known to each replica by
 * its {@link RecordFilter}.
 *
 * <p>Read on in {@link RecordFilter}, then in {@link Sequencer}, then in {@link LogLeader}.
 */
public final class HazelcastLog implements EventLog, LeftBehind.Listener {

    private static final Duration LAG = Duration.ofSeconds(15);
    private static final int STOP_SECONDS = 2;
    private static final int RETRY_SECONDS = 1;

    private static final Logger LOG = LoggerFactory.getLogger(HazelcastLog.class);

    private final LogSetup setup;
    private final Consumer<HazelcastInstance> check;
    private final ContextInternal context;
    private final String stream;
    private final LogLines lines;
    private final AppendQueue queue;

    // On the stream's context only:
    private @Nullable LogMember member;
    /** Counts the members, so that a step of an earlier one is recognized. */
    private int round;

    /** This node goes on as a side of a split. */
    private boolean alone;

    private Future<Void> joining = Future.succeededFuture();
    /** Completes when the member before has left. */
    private Future<Void> left = Future.succeededFuture();

    private @Nullable UUID lifecycle;
    private boolean closed;
    private volatile boolean following;

    private HazelcastLog(LogSetup setup, Consumer<HazelcastInstance> check) {
        this.setup = setup;
        this.check = check;
        this.context = setup.context();
        this.stream = setup.stream();
        this.lines = new LogLines(LOG, stream);
        this.queue = new AppendQueue(context, this::write);
    }

    /**
     * The provider of logs in a cluster. All nodes that have a log of one name need the same history. A key is remembered as long
     * as the setup says if the ring keeps its batch so long, or this node was there.
     *
     * @param cluster the cluster of the setup's Vert.x instance: without one there is no such log
     */
    public static LogProvider provider(HazelcastCluster cluster) {
        return setup -> create(setup, hazelcast -> {});
    }

    /** @param check throws if this node must not join. On a worker thread */
    static HazelcastLog create(LogSetup setup, Consumer<HazelcastInstance> check) {
        return new HazelcastLog(setup, check);
    }

    @Override
    public Future<Void> open() {
        lifecycle = lifecycleService().addLifecycleListener(event -> lifecycleChanged(event.getState()));
        LeftBehind.of(context.owner()).addListener(this);
        return join();
    }

    private Future<Void> join() {
        int mine = round;
        joining = context.executeBlocking(() -> {
                    HazelcastInstance hazelcast = HazelcastCluster.instance(context.owner());
                    check.accept(hazelcast);
                    return new LogMember(setup, hazelcast, alone, failure -> reload(failure, mine));
                })
                .compose(created -> {
                    if (mine != round) {
                        return created.abandon().transform(v -> context.failedFuture("it was left meanwhile"));
                    }
                    member = created;
                    return created.open().onSuccess(v -> following = mine == round);
                });
        return joining;
    }

    /**
     * Hazelcast merges this node's side of a split into a larger cluster, and takes that one's data: this node leaves the log, and
     * joins it again. On a thread of Hazelcast, which waits until this node has stopped writing.
     */
    private void lifecycleChanged(LifecycleState state) {
        if (state == LifecycleState.MERGING) {
            CountDownLatch stopped = new CountDownLatch(1);
            context.runOnContext(v -> {
                if (member != null) {
                    lines.warn(
                            "this side of a split is merged into the larger one; what was published here alone is lost");
                }
                leave(LogMember::abandon);
                stopped.countDown();
            });
            await(stopped);
        } else if (state == LifecycleState.MERGED || state == LifecycleState.MERGE_FAILED) {
            context.runOnContext(v -> rejoin(false));
        }
    }

    /** Nothing that comes here counts any more. When Hazelcast has merged this node into the cluster, it joins the log again. */
    @Override
    public void fellBehind() {
        context.runOnContext(v -> leave(LogMember::abandon));
    }

    @Override
    public void goesOnAlone() {
        context.runOnContext(v -> rejoin(true));
    }

    private void rejoin(boolean onItsOwn) {
        alone = onItsOwn;
        left.eventually(this::rejoin);
    }

    /** The replica has failed, so that the journal may be wrong: this node joins again, and loads the journal anew. */
    private void reload(Throwable failure, int mine) {
        // While it is being joined, joining fails instead.
        if (following && mine == round) {
            LOG.error("stream {}: reading the log failed; the journal is loaded anew", stream, failure);
            leave(LogMember::abandon);
            left.eventually(this::rejoin);
        }
    }

    private void leave(Function<LogMember, Future<Void>> way) {
        round++;
        following = false;
        LogMember was = member;
        member = null;
        Future<Void> before = left;
        left = (was == null ? joining.otherwiseEmpty().eventually(() -> before) : way.apply(was)).otherwiseEmpty();
    }

    private static void await(CountDownLatch stopped) {
        try {
            stopped.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Future<Void> rejoin() {
        int mine = round;
        if (closed) {
            return context.succeededFuture();
        }
        return join().onSuccess(v -> lines.routine("this node follows the log again"))
                .recover(failure -> {
                    if (mine != round) {
                        // The later round joins.
                        return context.succeededFuture();
                    }
                    lines.warn("the log cannot be joined, and is tried again: {}", failure.getMessage());
                    LOG.debug("stream {}", stream, failure);
                    leave(LogMember::abandon);
                    return left.eventually(() -> context.timer(RETRY_SECONDS, TimeUnit.SECONDS))
                            .eventually(this::rejoin);
                });
    }

    /** False while this node is between two clusters, has failed to join the log, or does not get an answer to an append. */
    @Override
    public boolean isFollowing() {
        return following && queue.isAnswering();
    }

    @Override
    public Future<Receipt> append(Batch batch) {
        return queue.append(batch);
    }

    private Future<List<Receipt>> write(List<Batch> batches) {
        LogMember open = member;
        return open == null
                ? Future.failedFuture(new NotTakenException("the log is not open; try again"))
                : open.append(batches);
    }

    /** Hazelcast takes so long to miss a member, and to have its data at another one. */
    @Override
    public Duration lag() {
        return LAG;
    }

    @Override
    public Future<Void> close() {
        closed = true;
        queue.close();
        LifecycleService service = lifecycleService();
        if (lifecycle != null && service.isRunning()) {
            service.removeLifecycleListener(lifecycle);
        }
        LeftBehind.of(context.owner()).removeListener(this);
        leave(LogMember::close);
        return left;
    }

    private LifecycleService lifecycleService() {
        return HazelcastCluster.instance(context.owner()).getLifecycleService();
    }
}
