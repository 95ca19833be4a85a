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

    /** What a ring keeps, whatever the history of the streams. */
    private static final int RING_EVENTS = 10_000;

    private static final ByteSize RING_SIZE = ByteSize.ofMegabytes(64);
    private static final Duration RING_AGE = RecentKeys.DEFAULT_AGE;

    private HazelcastTemplateLog() {}

    /**
     * The provider of logs in a cluster. All nodes that have a template need the same rules and the same number of shards.
     *
     * @param cluster the cluster of the setup's Vert.x instance: without one there is no such log
     * @param shards 1 or more
     */
    public static TemplateLogProvider provider(HazelcastCluster cluster, int shards) {
        return setup -> {
            ClusterAgreement agreement = TemplateAgreement.of(setup.template(), setup.rules(), shards);
            LogProvider logs = shard -> HazelcastLog.create(shard, agreement::require);
            return ShardedLog.provider(shards, logs, ring(setup.rules().idempotency()), HazelcastPeers::new)
                    .create(setup);
        };
    }

    /** The next leader, which may have come a moment ago, finds the keys of batches in the ring. */
    private static History ring(Duration idempotency) {
        return new History(RING_EVENTS, idempotency.compareTo(RING_AGE) > 0 ? idempotency : RING_AGE, RING_SIZE);
    }
}
