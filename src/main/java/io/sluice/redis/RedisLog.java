package io.sluice.redis;

import io.sluice.cluster.Leases;
import io.sluice.log.Batch;
import io.sluice.log.EventLog;
import io.sluice.log.History;
import io.sluice.log.NotTakenException;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

    private static final Duration LAG =
            Duration.ofSeconds(15); // a node's connection may be lost while another one's is not

    private final VertxInternal vertx;
    private final RedisClient redis;
    private final String stream;
    private final History history;
    private final Duration idempotency;
    private final Optional<Leases> cluster;
    private volatile @Nullable RedisMember member; // set on the stream's context

    /**
     * A log of this name in a Redis, which all who name it so share.
     *
     * @param history which has to be that of every node that has this log
     * @param idempotency how long a submission with a key is not taken again
     * @param cluster the leases of the cluster that connects the buses of the nodes, if there is one
     */
    public RedisLog(
            Vertx vertx,
            RedisClient redis,
            String stream,
            History history,
            Duration idempotency,
            Optional<Leases> cluster) {
        this.vertx = (VertxInternal) vertx;
        this.redis = redis;
        this.stream = stream;
        this.history = history;
        this.idempotency = idempotency;
        this.cluster = cluster;
    }

    @Override
    public Future<Void> open(Follower follower, Ingestion ingestion) {
        ContextInternal context = vertx.getOrCreateContext();
        RedisMember opened =
                new RedisMember(context, redis, stream, history, idempotency, cluster, follower, ingestion);
        member = opened;
        return opened.open();
    }

    @Override
    public Future<List<Receipt>> append(List<Batch> batch) {
        RedisMember open = member;
        return open == null
                ? Future.failedFuture(new NotTakenException("the log is not open; try again"))
                : open.append(batch);
    }

    @Override
    public Duration lag() {
        return LAG;
    }

    @Override
    public boolean isFollowing() {
        RedisMember open = member;
        return open != null && open.isFollowing();
    }

    @Override
    public Future<Void> close() {
        RedisMember open = member;
        member = null;
        return open == null ? Future.succeededFuture() : open.close();
    }
}
