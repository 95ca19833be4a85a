package io.sluice.hazelcast;

import io.sluice.log.ByteSize;
import io.sluice.log.History;
import io.sluice.log.LogProvider;
import io.sluice.log.RecentKeys;
import io.sluice.log.ShardedLog;
import io.sluice.log.TemplateLogProvider;
import java.time.Duration;

/**
 * The streams of a template in the memory of a cluster: they share a few {@link HazelcastLog}s.
 *
 * <p>Each node has all streams. The rings have only the newest commands, for nodes that follow, or were away for a moment. A node
 * that joins gets the streams from another one.
 */
public final class HazelcastTemplateLog {

    /** How many logs the streams of a template share, if nothing else is said. */
    public static final int DEFAULT_SHARDS = 8;

    /** What a ring keeps, whatever the history of the streams. As long as a key is remembered by default. */
    private static final History RING = new History(10_000, RecentKeys.DEFAULT_AGE, ByteSize.ofMegabytes(64));

    private HazelcastTemplateLog() {}

    /**
     * The provider of logs in a cluster. All nodes that have a template need the same rules and the same number of shards.
     *
     * @param cluster the cluster of the setup's Vert.x instance: without one there is no such log
     * @param shards 1 or more
     */
    public static TemplateLogProvider provider(HazelcastCluster cluster, int shards) {
        return setup -> {
            TemplateAgreement agreement = new TemplateAgreement(setup.template(), setup.rules(), shards);
            LogProvider logs = shard -> HazelcastLog.create(shard, agreement::require);
            return ShardedLog.provider(shards, logs, RING, HazelcastPeers::new).create(setup);
        };
    }
}
