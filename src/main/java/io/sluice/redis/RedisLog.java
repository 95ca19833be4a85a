package io.sluice.redis;

import io.sluice.cluster.ClusterSingleton;
import io.sluice.cluster.Leases;
import io.sluice.log.AppendQueue;
import io.sluice.log.Batch;
import io.sluice.log.EventLog;
import io.sluice.log.LogProvider;
import io.sluice.log.LogSetup;
import io.sluice.log.NotTakenException;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log in Redis. It outlives all nodes, and the nodes need not know each other.
 *
 * <pre>
 *        node 1                                           node 2
 *
 *    bus, POST --> AppendQueue                         AppendQueue <-- bus, POST
 *                    |                                      |
 *               RedisWriter                            RedisWriter
 *                    |  append.lua: keys, n, time, XADD, trim |
 *                    v                                      v
 *    Redis   sluice:{events}:log      41-0 | 42-0 | 43-0              a Redis stream: event n is n-0
 *            sluice:{events}:state    epochs, n, run                  the meaning of ids
 *            sluice:{events}:latest   with history.latest: the newest event of each topic
 *            sluice:{events}:topics   the topics by the numbers of those events
 *            sluice:{events}:key:K    the receipt of an idempotency key, for a time
 *                    |  XREAD BLOCK                         |
 *               RedisFollower                          RedisFollower
 *                    |                                      |
 *                 journal                                journal
 * </pre>
 *
 * <p><b>Order.</b> Redis runs one script at a time. A script appends several batches: it gives the next numbers, and appends all of
 * the events or none. So every node writes, without a leader.
 *
 * <p><b>The meaning of an id.</b> A Redis that was restarted, restored from an older snapshot or replaced by its replica may have
 * lost the newest events, and would give their numbers to other events. Each of these runs has a run id of its own. The first
 * script of a run begins an epoch that continues after the last event that is left. So an id whose event is left is resumed
 * exactly, and the id of a lost event is unknown. If somebody deletes the log while Redis runs, the state tells how far the log
 * was, and each node knows what it has read: then the log begins an epoch without a past ({@code log.lua}, {@link FollowedLog}).
 *
 * <p><b>The newest event of each topic</b> is in Redis twice, if the history keeps it beyond its bounds: in the log and, from the
 * same step on, in a hash. So nothing is to be done when the log is trimmed. A node reads the log first and then those of the hash that are
 * older ({@link LatestReader}); it does so again if the log was trimmed past its position.
 *
 * <p><b>Without Redis</b> nothing is appended: {@link NotTakenException} at once. If the connection is lost before the reply, the
 * writer asks once more ({@link RedisWriter}). Subscribers read on in the journals, which catch up when Redis is back.
 *
 * <p>Read {@code append.lua} next, then {@link RedisFollower} and {@link FollowedLog}.
 */
public final class RedisLog implements EventLog {

    // One node may lose its connection while another node keeps its own.
    private static final Duration LAG = Duration.ofSeconds(15);

    private static final long FINISH_MILLIS = 2000;

    private static final Logger LOG = LoggerFactory.getLogger(RedisLog.class);

    private final LogSetup setup;
    private final Optional<Leases> cluster;
    private final AppendQueue queue;
    private final ReconnectingRedis commands;
    private final RedisWriter writer;
    private final RetentionAgreement retention;
    private final RedisFollower follower;

    // On the context only:
    private @Nullable ClusterSingleton leader;
    private Future<List<Receipt>> inFlight = Future.succeededFuture(List.of());

    private RedisLog(LogSetup setup, RedisClient redis, Optional<Leases> cluster) {
        RedisKeys keys = new RedisKeys(setup.stream());
        this.setup = setup;
        this.cluster = cluster;
        this.queue = new AppendQueue(setup.context(), this::write);
        this.commands = redis.connection(setup.context(), connected -> RestartMarker.check(connected, keys));
        this.writer = new RedisWriter(commands, keys, setup);
        this.retention = new RetentionAgreement(commands, keys, setup.history());
        this.follower = new RedisFollower(setup, redis, keys);
    }

    /**
     * The provider of logs in a Redis. All nodes that have a log of one name share it, and need the same history.
     *
     * @param cluster the leases of the cluster that connects the buses of the nodes, if there is one
     */
    public static LogProvider provider(RedisClient redis, Optional<Leases> cluster) {
        return setup -> new RedisLog(setup, redis, cluster);
    }

    @Override
    public Future<Void> open() {
        return commands.open()
                .compose(v -> retention.open())
                .compose(v -> follower.open())
                .compose(v -> lead());
    }

    /** Nodes whose buses are not connected each take their own messages. Of a cluster's nodes one takes them for all. */
    private Future<Void> lead() {
        if (cluster.isEmpty()) {
            return setup.leadership().lead();
        }
        return ClusterSingleton.open(
                        setup.context().owner(),
                        cluster.get(),
                        "stream/" + setup.stream(),
                        () -> setup.leadership()
                                .lead()
                                .onSuccess(
                                        v -> LOG.info("stream {}: this node takes in its events now", setup.stream())),
                        setup.leadership()::stepDown)
                .onSuccess(opened -> leader = opened)
                .mapEmpty();
    }

    @Override
    public Future<Receipt> append(Batch batch) {
        return queue.append(batch);
    }

    private Future<List<Receipt>> write(List<Batch> batches) {
        inFlight = writer.append(batches)
                .compose(receipts -> follower.awaitRead(receipts).map(receipts));
        return inFlight;
    }

    @Override
    public Duration lag() {
        return LAG;
    }

    /** Whether Redis can be read and written. */
    @Override
    public boolean isFollowing() {
        return follower.isFollowing() && commands.isUp() && queue.isAnswering();
    }

    @Override
    public Future<Void> close() {
        queue.close();
        return inFlight.timeout(FINISH_MILLIS, TimeUnit.MILLISECONDS)
                .transform(done -> leader == null ? setup.leadership().stepDown() : leader.close())
                .eventually(follower::close)
                .eventually(() -> {
                    retention.close();
                    return commands.close();
                });
    }
}
