package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.sluice.cluster.Agreement;
import io.sluice.log.InvalidOptionException;
import io.sluice.testing.cluster.InJvmCluster;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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

    @Test
    void aNodeThatLosesTheLockWhileItComparesLooksOnceMore() {
        HazelcastInstance first = InJvmCluster.hazelcast(cluster.join());
        HazelcastInstance second = InJvmCluster.hazelcast(cluster.join());
        new ClusterAgreement("matter", List.of("a"), (mine, theirs) -> {}).require(first);
        AtomicInteger looks = new AtomicInteger();
        new ClusterAgreement("matter", List.of("b"), (mine, theirs) -> {
                    if (looks.incrementAndGet() == 1) {
                        said(second).forceUnlock("lock");
                    }
                })
                .require(second);
        assertEquals(2, looks.get());
        assertEquals(2, said(second).size());
    }

    @Test
    void aNodeThatLosesTheLockIsToldWhatDiffersAllTheSame() {
        HazelcastInstance first = InJvmCluster.hazelcast(cluster.join());
        HazelcastInstance second = InJvmCluster.hazelcast(cluster.join());
        new ClusterAgreement("matter", List.of("a"), (mine, theirs) -> {}).require(first);
        AtomicInteger looks = new AtomicInteger();
        // The first look agrees and has said it when the second one refuses.
        ClusterAgreement refused = new ClusterAgreement("matter", List.of("b"), (mine, theirs) -> {
            said(second).forceUnlock("lock");
            InvalidOptionException.require(looks.incrementAndGet() == 1, "matter", mine, theirs.toString());
        });
        assertEquals(
                "matter: [b]: expected [a]",
                assertThrows(InvalidOptionException.class, () -> refused.require(second))
                        .getMessage());
        assertEquals(1, said(second).size(), "nobody is compared with who was refused");
    }

    @Test
    void whoHasWithdrawnSaysNothingMore() {
        HazelcastInstance hazelcast = InJvmCluster.hazelcast(cluster.join());
        ClusterAgreement agreement = new ClusterAgreement("matter", List.of("a"), (mine, theirs) -> {});
        agreement.require(hazelcast);
        agreement.withdraw(hazelcast).toCompletableFuture().join();
        // As after a merge that came just before.
        agreement.require(hazelcast);
        assertEquals(0, said(hazelcast).size());
    }

    @Test
    void aWithdrawalFromAClusterThatHasStoppedThrowsNothing() {
        Vertx vertx = cluster.join();
        Agreement agreement = agree(vertx, "events").await();
        InJvmCluster.hazelcast(vertx).getLifecycleService().terminate();
        assertTrue(agreement.withdraw().isComplete());
    }

    private static IMap<String, String> said(HazelcastInstance hazelcast) {
        return hazelcast.getMap("sluice.agreement");
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
