package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.cluster.Agreement;
import io.sluice.log.InvalidOptionException;
import io.sluice.testing.cluster.InJvmCluster;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which streams the nodes of a cluster have. */
@Timeout(60)
class ClusterAgreementTest {

    private static final int TRIES = 20;

    // Set before each test.
    @SuppressWarnings("NullAway")
    private InJvmCluster cluster;

    @BeforeEach
    void open() throws Exception {
        cluster = new InJvmCluster();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aNodeWithOtherStreamsIsToldWhich() {
        Vertx first = cluster.join();
        Vertx second = cluster.join();
        Agreement agreed = agree(first, "events", "chat/*").await();
        agree(second, "chat/*", "events").await().withdraw().await();

        assertRefused("only this node has \"prices\"", agree(second, "events", "chat/*", "prices"));
        assertRefused("only the cluster has \"chat/*\"", agree(second, "events"));
        assertRefused(
                "only this node has \"prices\", only the cluster has \"chat/*\", \"events\"", agree(second, "prices"));
        // Nobody takes what a refused node said for the cluster's.
        agree(second, "events", "chat/*").await().withdraw().await();

        HazelcastCluster.of(second)
                .orElseThrow()
                .agreeOn(List.of("prices"), false)
                .await()
                .withdraw()
                .await();
        agreed.withdraw().await();
        agree(second, "prices").await();
    }

    @Test
    void ofTwoThatStartAtOnceOneIsRefused() {
        Vertx first = cluster.join();
        Vertx second = cluster.join();
        for (int i = 0; i < TRIES; i++) {
            List<Future<Agreement>> both = List.of(agree(first, "a"), agree(second, "b"));
            Future.join(both).otherwiseEmpty().await();
            List<Future<Agreement>> agreed =
                    both.stream().filter(Future::succeeded).toList();
            assertEquals(1, agreed.size());
            agreed.get(0).result().withdraw().await();
        }
    }

    @Test
    void whatANodeSaidThatHasLeftHoldsNobodyBack() {
        Vertx stays = cluster.join();
        Vertx leaves = cluster.join();
        agree(leaves, "events").await();
        assertRefused("only this node has \"prices\", only the cluster has \"events\"", agree(stays, "prices"));
        leaves.close().await();
        agree(stays, "prices").await();
        assertEquals(
                1, InJvmCluster.hazelcast(stays).getMap("sluice.agreement").size(), "of the other one nothing is left");
    }

    private static Future<Agreement> agree(Vertx vertx, String... names) {
        return HazelcastCluster.of(vertx).orElseThrow().agreeOn(Stream.of(names).toList(), true);
    }

    private static void assertRefused(String difference, Future<Agreement> agreement) {
        InvalidOptionException refused = assertThrows(InvalidOptionException.class, agreement::await);
        assertEquals(
                "streams: " + difference + ": expected the same streams, or another cluster.name",
                refused.getMessage());
        assertTrue(agreement.failed());
    }
}
