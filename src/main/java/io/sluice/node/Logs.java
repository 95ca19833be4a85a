package io.sluice.node;

import io.sluice.cluster.Leases;
import io.sluice.hazelcast.HazelcastCluster;
import io.sluice.hazelcast.HazelcastLog;
import io.sluice.hazelcast.HazelcastTemplateLog;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.LogProvider;
import io.sluice.log.MemoryLog;
import io.sluice.log.ShardedLog;
import io.sluice.log.TemplateLogProvider;
import io.sluice.redis.RedisClient;
import io.sluice.redis.RedisLog;
import io.sluice.redis.RedisTemplateLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;

/**
 * The logs of a node: in memory, in its cluster, and in the Redis that it is connected to. Each kind of log has one line in each {@code
 * provider}.
 */
final class Logs {

    private final Optional<HazelcastCluster> cluster;
    private final Optional<RedisClient> redis;

    private Logs(Optional<HazelcastCluster> cluster, Optional<RedisClient> redis) {
        this.cluster = cluster;
        this.redis = redis;
    }

    /** The logs of a node without a cluster and without Redis. */
    static Logs inMemory() {
        return new Logs(Optional.empty(), Optional.empty());
    }

    /** Connects to the stores of the configured logs only: a node without Redis needs no Redis client in its class path. */
    static Future<Logs> connect(Vertx vertx, NodeConfig config) {
        Optional<HazelcastCluster> cluster = HazelcastCluster.of(vertx);
        return config.logs().contains(LogKind.REDIS)
                ? RedisClient.connect(vertx, config.redis().uri())
                        .map(client -> new Logs(cluster, Optional.of(client)))
                        .recover(failure -> Future.failedFuture(ConfigException.under("redis", failure)))
                : Future.succeededFuture(new Logs(cluster, Optional.empty()));
    }

    /**
     * The provider of a kind of log.
     *
     * @throws InvalidOptionException if this node does not have it
     */
    LogProvider provider(LogKind kind) {
        return switch (resolve(kind)) {
            case AUTO, MEMORY -> MemoryLog.provider();
            case HAZELCAST -> HazelcastLog.provider(requireCluster());
            case REDIS -> RedisLog.provider(redis.orElseThrow(), cluster.map(HazelcastCluster::leases));
        };
    }

    /**
     * The provider of the log of a template.
     *
     * @throws InvalidOptionException if this node does not have it
     */
    TemplateLogProvider provider(TemplateConfig template) {
        return switch (resolve(template.log())) {
            case AUTO, MEMORY -> ShardedLog.inMemory();
            case HAZELCAST -> HazelcastTemplateLog.provider(requireCluster(), template.shards());
            case REDIS -> RedisTemplateLog.provider(redis.orElseThrow());
        };
    }

    private HazelcastCluster requireCluster() {
        return cluster.orElseThrow(
                () -> new InvalidOptionException("log", "\"hazelcast\"", "a clustered node, by -cluster"));
    }

    /** The kind of log that {@code auto} stands for at this node. */
    LogKind resolve(LogKind kind) {
        if (kind != LogKind.AUTO) {
            return kind;
        }
        return cluster.isPresent() ? LogKind.HAZELCAST : LogKind.MEMORY;
    }

    /** The cluster that this node is in. */
    Optional<HazelcastCluster> cluster() {
        return cluster;
    }

    /** The leases that decide which of several nodes runs a singleton; empty if this node is alone. */
    Optional<Leases> leases() {
        return cluster.isPresent() ? cluster.map(HazelcastCluster::leases) : redis.map(client -> client);
    }

    /** Disconnects, after the streams are closed. */
    Future<Void> close() {
        return redis.map(RedisClient::close).orElseGet(Future::succeededFuture);
    }
}
