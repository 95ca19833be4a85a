package io.sluice.hazelcast;

import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.core.LifecycleService;
import com.hazelcast.map.IMap;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import io.sluice.log.AppendQueue;
import io.sluice.log.Batch;
import io.sluice.log.Epochs;
import io.sluice.log.EventLog;
import io.sluice.log.InitialLoad;
import io.sluice.log.LogProvider;
import io.sluice.log.LogSetup;
import io.sluice.log.NotTakenException;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log in the memory of a cluster, with a copy at a second member: it outlives any one of them.
 *
 * <pre>
 *        node 1                       node 2, which has the lease             node 3
 *
 *    POST --> Ingest                 bus, POST --> Ingest                 Ingest <-- POST
 *               |                                    |                      |
 *               +----------- AppendRpc -----------> + <---- AppendRpc ----+
 *                                                    v
 *                                                Sequencer
 *                                                    |  adds records
 *                                                    v
 *    Ring, in Hazelcast, with a backup:     | .. | 41 | 42 | 43 |
 *               |                                    |                      |  long polls
 *          RingFollower                         RingFollower           RingFollower
 *               |                                    |                      |
 *             Order                                Order                  Order      which records count
 *               |                                    |                      |
 *            journal                              journal                journal
 * </pre>
 *
 * <p>An append is acknowledged when a backup has it, and the node that wrote it has read the position behind it, which says
 * so. When the lease goes to another node, that one begins a higher term, reads what there is, and goes on; records of the
 * term before that come late do not count. So an acknowledged event survives the death of any one node, and the next one's as
 * soon as Hazelcast has made new backups.
 *
 * <p>Read on in {@link RecordFilter}, then in {@link Sequencer}.
 */
public final class HazelcastLog implements EventLog {

    private static final String EPOCHS = "sluice.epochs";
    private static final Duration LAG = Duration.ofSeconds(15);
    private static final int STOP_SECONDS = 2;
    private static final int RETRY_SECONDS = 1;

    private static final Logger LOG = LoggerFactory.getLogger(HazelcastLog.class);

    private final LogSetup setup;
    private final ContextInternal context;
    private final String stream;
    private final AppendQueue queue;

    // On the stream's context only, but for what Hazelcast calls:
    private @Nullable LogMember member;
    private int round; // of joining
    private Future<Void> joining = Future.succeededFuture();
    private Future<Void> left = Future.succeededFuture(); // by the member before
    private @Nullable UUID lifecycle;
    private boolean closed;
    private volatile boolean following;

    private HazelcastLog(LogSetup setup) {
        this.setup = setup;
        this.context = setup.context();
        this.stream = setup.stream();
        this.queue = new AppendQueue(context, this::write);
    }

    /**
     * The provider of logs in a cluster. All nodes that have a log of one name need the same history. A key is remembered as long
     * as the setup says if the ring keeps its batch so long, or this node was there.
     */
    public static LogProvider provider(HazelcastCluster cluster) {
        return HazelcastLog::new;
    }

    @Override
    public Future<Void> open() {
        HazelcastInstance hazelcast = HazelcastMembers.instance(context.owner());
        lifecycle = hazelcast.getLifecycleService().addLifecycleListener(event -> changed(event.getState()));
        return join();
    }

    private Future<Void> join() {
        int mine = round;
        joining = context.executeBlocking(() -> create(mine)).compose(created -> {
            if (mine != round) {
                return created.abandon().transform(v -> context.failedFuture("it was left meanwhile"));
            }
            member = created;
            return created.open().onSuccess(v -> following = mine == round);
        });
        return joining;
    }

    private LogMember create(int mine) {
        HazelcastInstance hazelcast = HazelcastMembers.instance(context.owner());
        discardWhenMerged(hazelcast);
        Ring ring = Ring.open(context, hazelcast, stream, setup.history());
        IMap<String, String> epochs = hazelcast.getMap(EPOCHS);
        String known = epochs.get(stream);
        return new LogMember(
                context,
                stream,
                hazelcast,
                HazelcastLeases.of(context.owner()),
                ring,
                new SplitDetector(hazelcast, stream),
                epochs,
                known == null ? null : Epochs.parse(known),
                setup.idempotency(),
                new InitialLoad(setup.follower(), setup.history(), InstantSource.system()),
                setup.leadership(),
                queue,
                failure -> reload(failure, mine));
    }

    /** Of two sides of a split the larger one's entries stay, and none of the other's. */
    private static void discardWhenMerged(HazelcastInstance hazelcast) {
        hazelcast
                .getConfig()
                .addMapConfig(new MapConfig("sluice.*")
                        .setMergePolicyConfig(new MergePolicyConfig(DiscardMergePolicy.class.getName(), 1)));
    }

    /**
     * This node is merged into a larger cluster. Whatever it held is gone, and in its place is what the others hold: it begins
     * anew as a member. On a thread of Hazelcast, which goes on when this node has stopped writing.
     */
    private void changed(LifecycleState state) {
        if (state == LifecycleState.MERGING) {
            CountDownLatch stopped = new CountDownLatch(1);
            context.runOnContext(v -> {
                abandon();
                stopped.countDown();
            });
            await(stopped);
        } else if (state == LifecycleState.MERGED || state == LifecycleState.MERGE_FAILED) {
            context.runOnContext(v -> left.eventually(() -> rejoin()));
        }
    }

    private void abandon() {
        LOG.warn(
                "stream {}: this side of a split is merged into the larger one; what was published here alone is lost",
                stream);
        leave(LogMember::abandon);
    }

    /** Reading has failed, so that the journal may be wrong: this node joins again, and loads the journal anew. */
    private void reload(Throwable failure, int mine) {
        // Otherwise it is being joined, which fails, or was left.
        if (following && mine == round) {
            LOG.error("stream {}: reading the log failed; the journal is loaded anew", stream, failure);
            leave(LogMember::abandon);
            left.eventually(() -> rejoin());
        }
    }

    private void leave(Function<LogMember, Future<Void>> way) {
        round++;
        following = false;
        LogMember was = member;
        member = null;
        left = (was == null ? joining : way.apply(was)).otherwiseEmpty();
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
        return join().onSuccess(v -> LOG.info("stream {}: this node follows the log again", stream))
                .recover(failure -> {
                    if (mine != round) {
                        return context.succeededFuture(); // whoever raised it goes on
                    }
                    LOG.warn(
                            "stream {}: the log cannot be joined, and is tried again: {}",
                            stream,
                            failure.getMessage());
                    LOG.debug("stream {}", stream, failure);
                    leave(LogMember::abandon);
                    return left.eventually(() -> context.owner().timer(RETRY_SECONDS, TimeUnit.SECONDS))
                            .eventually(() -> rejoin());
                });
    }

    /** Not while this node is between two clusters, or has no log in the one that it is in. */
    @Override
    public boolean isFollowing() {
        return following;
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

    /** Until a member counts as dead that does not answer, and what it held is where another one has it. */
    @Override
    public Duration lag() {
        return LAG;
    }

    @Override
    public Future<Void> close() {
        closed = true;
        queue.close();
        LifecycleService service = HazelcastMembers.instance(context.owner()).getLifecycleService();
        if (lifecycle != null && service.isRunning()) {
            service.removeLifecycleListener(lifecycle);
        }
        leave(LogMember::close);
        return left;
    }
}
