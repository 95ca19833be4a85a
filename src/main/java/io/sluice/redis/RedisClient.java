package io.sluice.redis;

import io.sluice.cluster.Leases;
import io.sluice.log.InvalidOptionException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's Redis: it holds the logs of streams, and the leases of nodes that are no cluster.
 *
 * <p>It needs {@code io.vertx:vertx-redis-client} in the class path. Any thread.
 */
public final class RedisClient implements Leases {

    private static final Logger LOG = LoggerFactory.getLogger(RedisClient.class);

    private final RedisUri uri;
    private final RedisPresence presence;
    private final ReconnectingRedis redis;
    private final String self = UUID.randomUUID().toString();

    /** The context is no deployment's: the last verticle to be undeployed may release a lease. */
    private RedisClient(Vertx vertx, RedisUri uri) {
        this.uri = uri;
        this.presence = new RedisPresence(uri.hostAndPort());
        this.redis = connection(((VertxInternal) vertx).createEventLoopContext(), ReconnectingRedis::ping);
    }

    /**
     * Connects. A connection that is lost later is opened again.
     *
     * @return fails within about 5 s with {@link InvalidOptionException} if there is no Redis or it refuses, and then leaves no
     *     connection open
     */
    public static Future<RedisClient> connect(Vertx vertx, RedisUri uri) {
        RedisClient client = new RedisClient(vertx, uri);
        return client.redis
                .onContext(() -> client.redis.open().compose(v -> client.checkEviction()))
                .map(client)
                .recover(failure -> client.close()
                        .transform(closed -> Future.failedFuture(new InvalidOptionException(
                                "uri",
                                "\"" + uri + '"',
                                "a Redis that can be used: " + ReconnectingRedis.reason(failure)))));
    }

    /** Warns of a Redis that evicts keys: an evicted key is a stream's log, or the epochs of its ids. */
    private Future<Void> checkEviction() {
        return redis.send(Request.cmd(Command.INFO).arg("memory"), ReconnectingRedis.PATIENCE_MILLIS)
                .transform(info -> {
                    if (info.succeeded()) {
                        warnOfEviction(info.result().toString());
                    } else if (ReconnectingRedis.isErrorReply(info.cause())) {
                        LOG.warn(
                                "Redis at {} refuses INFO to its user ({}): make sure that its maxmemory-policy is noeviction,"
                                        + " or it may throw streams away when it is full",
                                uri.hostAndPort(),
                                ReconnectingRedis.reason(info.cause()));
                    } else {
                        return Future.failedFuture(info.cause());
                    }
                    return Future.succeededFuture();
                });
    }

    private void warnOfEviction(String memory) {
        if (!memory.contains("maxmemory:0\r") && !memory.contains("maxmemory_policy:noeviction")) {
            LOG.warn(
                    "Redis at {} may throw streams away when it is full: set its maxmemory-policy to noeviction",
                    uri.hostAndPort());
        }
    }

    /** One more connection to this Redis, which is not open yet. */
    ReconnectingRedis connection(ContextInternal context, Function<ReconnectingRedis, Future<Void>> handshake) {
        return new ReconnectingRedis(context, uri, presence, handshake);
    }

    @Override
    public Future<Lease> claim(String name, LeaseListener listener) {
        return redis.onContext(() -> new RedisLease(redis, name, self, listener).open());
    }

    /** Disconnects. The logs and the leases are closed before. */
    public Future<Void> close() {
        return redis.onContext(redis::close);
    }
}
