package io.sluice.redis;

import io.sluice.cluster.Leases;
import io.sluice.log.InvalidOptionException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's Redis: for the logs of its streams, and where the nodes are no cluster, for what only one of them does at a time.
 *
 * <p>It needs {@code io.vertx:vertx-redis-client} in the class path. Any thread.
 */
public final class RedisClient implements Leases {

    private static final Logger LOG = LoggerFactory.getLogger(RedisClient.class);

    private final RedisUri uri;
    private final RedisPresence presence;
    private final ReconnectingRedis link;
    private final String self = UUID.randomUUID().toString();

    private RedisClient(Vertx vertx, RedisUri uri) {
        this.uri = uri;
        this.presence = new RedisPresence(uri.hostAndPort());
        // No deployment's context: what lets go of a lease may be the last to be undeployed.
        this.link = new ReconnectingRedis(
                ((VertxInternal) vertx).createEventLoopContext(), uri, presence, ReconnectingRedis::ping);
    }

    /**
     * Connects. What is lost later comes back by itself.
     *
     * @return fails within about 5 s with {@link InvalidOptionException} where there is no Redis, or it refuses
     */
    public static Future<RedisClient> connect(Vertx vertx, RedisUri uri) {
        RedisClient client = new RedisClient(vertx, uri);
        return client.link
                .call(() -> client.link.open().compose(v -> client.checkEviction()))
                .map(client)
                .recover(failure -> client.close()
                        .transform(closed -> Future.failedFuture(new InvalidOptionException(
                                "uri",
                                "\"" + uri + '"',
                                "a Redis that can be used: " + ReconnectingRedis.reason(failure)))));
    }

    /** Warns of a Redis that evicts keys: it takes a stream's log or its epochs with them. */
    private Future<Void> checkEviction() {
        return link.send(Request.cmd(Command.INFO).arg("memory"), ReconnectingRedis.PATIENCE_MILLIS)
                .transform(info -> {
                    if (info.succeeded()) {
                        warnOfEviction(info.result().toString());
                    } else if (ReconnectingRedis.isAnswer(info.cause())) {
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

    RedisUri uri() {
        return uri;
    }

    RedisPresence presence() {
        return presence;
    }

    @Override
    public Future<Lease> claim(String name, LeaseListener turn) {
        return link.call(() -> new RedisLease(link, name, self, turn).open());
    }

    /** After the logs and the leases. */
    public Future<Void> close() {
        return link.call(link::close);
    }
}
