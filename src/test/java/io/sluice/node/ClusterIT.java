package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.ReconnectingSubscriber;
import io.sluice.testing.cluster.ClusterTraffic;
import io.sluice.testing.cluster.NodeCluster;
import io.sluice.testing.process.NodeProcess;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promise, while nodes of a cluster die, stop and come: three at least, under load at all of them, with subscribers that
 * wander from one to another. Each test begins with three that are safe, and ends with everybody having heard everything once.
 */
@Tag("alone")
@Timeout(120)
// The last test leaves no node.
@TestMethodOrder(OrderAnnotation.class)
class ClusterIT {

    private static final int PLAIN_MILLIS = 30;
    private static final int CROWD = 200;
    // Requests whose answers are lost.
    private static final int LOST = 20;
    // The time in which all nodes end together.
    private static final Duration END = Duration.ofSeconds(15);

    // JUnit sets it before all tests.
    @SuppressWarnings("NullAway")
    private static NodeCluster cluster;

    @BeforeAll
    static void startThree(@TempDir Path directory) throws Exception {
        cluster = NodeCluster.start(directory);
    }

    @AfterAll
    static void stopAll() {
        cluster.close();
    }

    @BeforeEach
    void threeAreThere() throws Exception {
        cluster.complete();
    }

    // ---- one dies

    @Test
    void theNodeThatHoldsTheRingDies() throws Exception {
        try (ClusterTraffic traffic = ClusterTraffic.begin(cluster, "ring")) {
            traffic.awaitProgress();
            NodeProcess owner = cluster.ringOwner();
            String who = owner == cluster.sequencer() ? "the ring's node, which writes it too" : "the ring's node";
            long killed = System.nanoTime();
            cluster.kill(owner);
            traffic.awaitProgress();
            say("takeover after SIGKILL of " + who, traffic.ledger().longestPause(killed));
            traffic.assertPromise();
        }
    }

    @Test
    void theNodeThatWritesDies() throws Exception {
        try (ClusterTraffic traffic = ClusterTraffic.begin(cluster, "writer")) {
            traffic.awaitProgress();
            long killed = System.nanoTime();
            cluster.kill(cluster.sequencer());
            traffic.awaitProgress();
            say("takeover after SIGKILL of the sequencer", traffic.ledger().longestPause(killed));
            traffic.assertPromise();
        }
    }

    @Test
    void aNodeWithManyClientsDies() throws Exception {
        try (ClusterTraffic traffic = ClusterTraffic.begin(cluster, "crowd")) {
            NodeProcess node = cluster.anyNode();
            List<ReconnectingSubscriber> crowd = traffic.crowd(node, CROWD);
            traffic.awaitProgress();
            cluster.kill(node);
            traffic.awaitProgress();
            traffic.assertPromise();
            assertTrue(crowd.stream().allMatch(client -> client.at() != node), "all are somewhere else");
        }
    }

    /** At the one that writes, and at one that does not: the event was under way to the log, or its receipt back. */
    @Test
    void anEventSentToANodeThatDiesIsThereOnceWhenItIsSentAgain() throws Exception {
        try (ClusterTraffic traffic = ClusterTraffic.begin(cluster, "answer")) {
            traffic.awaitProgress();
            NodeProcess writes = cluster.sequencer();
            NodeProcess other = cluster.nodes().stream()
                    .filter(node -> node != writes)
                    .findFirst()
                    .orElseThrow();
            traffic.killWhilePublishing(other, LOST, "forwarded");
            cluster.awaitSafe();
            traffic.comeBackTo(cluster.join());
            cluster.awaitSafe();
            traffic.killWhilePublishing(writes, LOST, "written");
            traffic.awaitProgress();
            traffic.assertPromise();
        }
    }

    // ---- they come and go

    @Test
    void allAreRestartedOneAfterAnother() throws Exception {
        try (ClusterTraffic traffic = ClusterTraffic.begin(cluster, "rolling")) {
            for (NodeProcess node : cluster.nodes()) {
                boolean writes = node == cluster.sequencer();
                long stopped = System.nanoTime();
                cluster.stop(node);
                traffic.awaitProgress();
                if (writes) {
                    say(
                            "takeover after SIGTERM of the sequencer",
                            traffic.ledger().longestPause(stopped));
                }
                traffic.comeBackTo(cluster.join());
                cluster.awaitSafe();
            }
            traffic.awaitProgress();
            traffic.assertPromise();
        }
    }

    @Test
    void aNodeThatJoinsResumesEverybodyAtOnce() throws Exception {
        try (ClusterTraffic traffic = ClusterTraffic.begin(cluster, "join")) {
            traffic.awaitProgress();
            NodeProcess joined = cluster.join();
            for (int i = 0; i < LOST; i++) {
                traffic.comeBackTo(joined);
            }
            traffic.awaitProgress();
            traffic.assertPromise();
        }
    }

    // ---- what is published on the bus

    @Test
    void aPlainApplicationAndASingletonAreHeardOnceAtEachNode() throws Exception {
        int count = 100;
        try (ClusterTraffic traffic = ClusterTraffic.begin(cluster, "bus")) {
            Instant began = Instant.now();
            publishPlain(count).await();
            traffic.awaitProgress();
            Instant ended = Instant.now();
            traffic.expect("plain", count);
            traffic.assertPromise();
            List<Instant> ticks = traffic.ledger().ticks().stream()
                    .filter(at -> at.isAfter(began) && at.isBefore(ended))
                    .toList();
            long periods = Duration.between(began, ended).toMillis() / NodeCluster.TICK_MILLIS;
            assertTrue(Math.abs(ticks.size() - periods) <= 2, ticks.size() + " ticks in " + periods + " periods");
            assertEquals(ticks.stream().sorted().toList(), ticks);
        }
    }

    /** Publishes from the plain application, for as long as some ticks take. */
    private static Future<Void> publishPlain(int count) {
        Vertx application = cluster.application();
        Promise<Void> all = Promise.promise();
        AtomicInteger published = new AtomicInteger();
        application.setPeriodic(PLAIN_MILLIS, timer -> {
            application.eventBus().publish("plain", "plain " + published.incrementAndGet());
            if (published.get() == count) {
                application.cancelTimer(timer);
                all.complete();
            }
        });
        return all.future();
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void allStopAtOnce() throws Exception {
        try (ClusterTraffic traffic = ClusterTraffic.begin(cluster, "end")) {
            traffic.awaitProgress();
            long millis = cluster.stopAll();
            traffic.ledger().assertNothingWrong();
            say("SIGTERM to all at once, until the last one has ended", millis);
            assertTrue(millis < END.toMillis(), millis + " ms");
        }
    }

    private static void say(String what, long millis) {
        // The page benchmark.md has these figures.
        System.out.println(what + ": " + millis + " ms");
    }
}
