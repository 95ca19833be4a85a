package io.sluice.node;

import io.sluice.testing.cluster.ClusterTraffic;
import io.sluice.testing.cluster.NodeCluster;
import io.sluice.testing.process.NodeProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One node of a cluster stands still for longer than the others wait for it, under load, and goes on: as a machine does that swaps,
 * or a virtual one that is moved. Nothing that was acknowledged is gone, no client hears an event twice, and none is told of a gap.
 */
@Timeout(180)
class PauseIT {

    /** Twice as long as the others wait. */
    private static final Duration PAUSE = Duration.ofSeconds(20);

    /** What Hazelcast and its followers say of a member that comes back is another matter. */
    private static final String ANYTHING = "";

    /** A process that stands still has blocked its event loops, which is no fault here. */
    private static final String NO_CHECK = "-Dvertx.options.blockedThreadCheckInterval=3600000";

    @Test
    void theLeaderStandsStill(@TempDir Path directory) throws Exception {
        try (NodeCluster cluster = NodeCluster.start(directory, NO_CHECK)) {
            cluster.expect(ANYTHING);
            standStill(cluster, cluster.sequencer(), ClusterTraffic.begin(cluster, "leader"));
        }
    }

    @Test
    void theNodesThatHoldTheRingAndThatDoNotStandStill(@TempDir Path directory) throws Exception {
        try (NodeCluster cluster = NodeCluster.start(directory, NO_CHECK)) {
            cluster.expect(ANYTHING);
            standStill(cluster, cluster.ringOwner(), ClusterTraffic.begin(cluster, "owner"));
            NodeProcess owner = cluster.ringOwner();
            NodeProcess leader = cluster.sequencer();
            NodeProcess follower = cluster.nodes().stream()
                    .filter(node -> node != owner && node != leader)
                    .findFirst()
                    .orElseThrow();
            standStill(cluster, follower, ClusterTraffic.begin(cluster, "follower"));
        }
    }

    private static void standStill(NodeCluster cluster, NodeProcess node, ClusterTraffic traffic) throws Exception {
        try (traffic) {
            traffic.awaitProgress();
            long paused = System.nanoTime();
            node.pause();
            try {
                Thread.sleep(PAUSE.toMillis());
            } finally {
                node.resume();
            }
            cluster.awaitSafe();
            traffic.awaitProgress();
            System.out.println(
                    "no event was acknowledged for " + traffic.ledger().longestPause(paused) + " ms at most, of "
                            + traffic.ledger().acknowledged() + " acknowledged ones");
            traffic.assertPromise();
        }
    }
}
