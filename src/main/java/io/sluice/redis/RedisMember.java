package io.sluice.redis;

import io.sluice.cluster.ClusterSingleton;
import io.sluice.cluster.Leases;
import io.sluice.log.Batch;
import io.sluice.log.EventLog;
import io.sluice.log.History;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's part in a stream's log in Redis: it writes, follows, and takes events in from the bus.
 *
 * <p>Nodes whose buses are not connected each have their own messages. Where Hazelcast connects them, one takes in for all.
 *
 * <p>On the stream's context only, but for {@link #isFollowing()}.
 */
final class RedisMember {

    private static final long FINISH_MILLIS = 2000;

    private static final Logger LOG = LoggerFactory.getLogger(RedisMember.class);

    private final ContextInternal context;
    private final String stream;
    private final Optional<Leases> cluster;
    private final EventLog.Ingestion ingestion;
    private final ReconnectingRedis commands;
    private final RedisWriter writer;
    private final RetentionAgreement history;
    private final RedisFollower follower;
    private @Nullable ClusterSingleton turn; // where one node takes in for all
    private Future<List<Receipt>> inFlight = Future.succeededFuture(List.of());

    RedisMember(
            ContextInternal context,
            RedisClient redis,
            String stream,
            History history,
            Duration idempotency,
            Optional<Leases> cluster,
            EventLog.Follower follower,
            EventLog.Ingestion ingestion) {
        RedisKeys keys = new RedisKeys(stream);
        this.context = context;
        this.stream = stream;
        this.ingestion = ingestion;
        this.cluster = cluster;
        this.commands = new ReconnectingRedis(context, redis.uri(), redis.presence(), ReconnectingRedis::ping);
        this.writer = new RedisWriter(commands, keys, history.events(), history.age(), idempotency);
        this.history = new RetentionAgreement(commands, keys, history);
        this.follower = new RedisFollower(context, redis.uri(), redis.presence(), keys, history, follower);
    }

    /** Completes when the follower has what the log kept. */
    Future<Void> open() {
        return commands.open()
                .compose(v -> history.open())
                .compose(v -> follower.open())
                .compose(v -> ingest());
    }

    private Future<Void> ingest() {
        if (cluster.isEmpty()) {
            return ingestion.begin();
        }
        return ClusterSingleton.open(
                        context.owner(),
                        cluster.get(),
                        "stream/" + stream,
                        () -> ingestion
                                .begin()
                                .onSuccess(v -> LOG.info("stream {}: this node takes in its events now", stream)),
                        ingestion::end)
                .onSuccess(opened -> turn = opened)
                .mapEmpty();
    }

    Future<List<Receipt>> append(List<Batch> batch) {
        inFlight = writer.append(batch)
                .compose(receipts -> follower.reach(receipts).map(receipts));
        return inFlight;
    }

    /** Whether Redis is there, to read and to write. Any thread. */
    boolean isFollowing() {
        return follower.isFollowing() && commands.isUp();
    }

    /** The batch in flight is finished first. */
    Future<Void> close() {
        return inFlight.timeout(FINISH_MILLIS, TimeUnit.MILLISECONDS)
                .transform(done -> turn == null ? ingestion.end() : turn.close())
                .eventually(follower::close)
                .eventually(() -> {
                    history.close();
                    return commands.close();
                });
    }
}
