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
 * A log in Redis: it outlives all nodes, and these need not know of each other.
 *
 * <pre>
 *        node 1                                           node 2
 *
 *    bus, POST --> Ingest                                 Ingest <-- bus, POST
 *                    |                                      |
 *               RedisWriter                            RedisWriter
 *                    |  append.lua: keys, n, time, XADD, trim |
 *                    v                                      v
 *    Redis   sluice:{events}:log      41-0 | 42-0 | 43-0              a Redis stream: event n is n-0
 *            sluice:{events}:state    epochs, n, run                  what ids mean
 *            sluice:{events}:key:K    a receipt, for a time           what must not be repeated
 *                    |  XREAD BLOCK                         |
 *               RedisFollower                          RedisFollower
 *                    |                                      |
 *                 journal                                journal
 * </pre>
 *
 * <p><b>Order.</b> Redis runs one script at a time, and a batch is one: it takes the next numbers, and all of it is there or
 * nothing. So there is no sequencer, and each node writes by itself.
 *
 * <p><b>What an id means.</b> A Redis that was restarted, or came back from an older snapshot, or whose replica took over, may
 * have lost the newest events, and would give their numbers to others. Each of these has another run id; the first script that
 * finds one begins an epoch that goes on from the last event that is there. So an id of the past that is still kept is resumed
 * exactly, and one that is lost means nothing any more. Where the log is gone without that, the state knows how far it was, and
 * a node knows what it had: then the log begins an epoch without a past ({@code log.lua}, {@link RedisFollower}).
 *
 * <p><b>Away.</b> Without Redis nothing is taken: {@link NotTakenException} at once. What a batch lost with its connection came
 * to is asked again, once ({@link RedisWriter}). Journals go on to be read, and catch up when it is back.
 *
 * <p>Read on in {@code append.lua}, then in {@link RedisFollower}.
 */
public final class RedisLog implements EventLog {

    // A node's connection may be lost while another one's is not.
    private static final Duration LAG = Duration.ofSeconds(15);

    private static final long FINISH_MILLIS = 2000;

    private static final Logger LOG = LoggerFactory.getLogger(RedisLog.class);

    private final LogSetup setup;
    private final Optional<Leases> cluster;
    private final AppendQueue queue;
    private final ReconnectingRedis commands;
    private final RedisWriter writer;
    private final RetentionAgreement history;
    private final RedisFollower follower;

    // On the context only:
    private @Nullable ClusterSingleton leader;
    private Future<List<Receipt>> inFlight = Future.succeededFuture(List.of());

    private RedisLog(LogSetup setup, RedisClient redis, Optional<Leases> cluster) {
        RedisKeys keys = new RedisKeys(setup.stream());
        this.setup = setup;
        this.cluster = cluster;
        this.queue = new AppendQueue(setup.context(), this::write);
        this.commands = new ReconnectingRedis(
                setup.context(), redis.uri(), redis.presence(), link -> RestartMarker.check(link, keys));
        this.writer = new RedisWriter(
                commands, keys, setup.history().events(), setup.history().age(), setup.idempotency());
        this.history = new RetentionAgreement(commands, keys, setup.history());
        this.follower = new RedisFollower(
                setup.context(), redis.uri(), redis.presence(), keys, setup.history(), setup.follower());
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
                .compose(v -> history.open())
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
                .compose(receipts -> follower.reach(receipts).map(receipts));
        return inFlight;
    }

    @Override
    public Duration lag() {
        return LAG;
    }

    /** Whether Redis can be read and written. */
    @Override
    public boolean isFollowing() {
        return follower.isFollowing() && commands.isUp();
    }

    @Override
    public Future<Void> close() {
        queue.close();
        return inFlight.timeout(FINISH_MILLIS, TimeUnit.MILLISECONDS)
                .transform(done -> leader == null ? setup.leadership().stepDown() : leader.close())
                .eventually(follower::close)
                .eventually(() -> {
                    history.close();
                    return commands.close();
                });
    }
}
