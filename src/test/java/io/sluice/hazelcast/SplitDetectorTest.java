package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryUpdatedListener;
import io.sluice.testing.Await;
import io.sluice.testing.cluster.InJvmCluster;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Members that are left with half of the cluster or less, in one JVM. */
@Timeout(60)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class SplitDetectorTest {

    private static final String NODES = "sluice.nodes";

    private InJvmCluster cluster;
    private Vertx oldest;
    private SplitDetector first;
    private Vertx second;
    private SplitDetector ofSecond;

    @BeforeEach
    void start() throws Exception {
        cluster = new InJvmCluster();
        oldest = cluster.join();
        first = detector(oldest);
        second = cluster.join();
        ofSecond = detector(second);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private static SplitDetector detector(Vertx vertx) {
        return new SplitDetector(InJvmCluster.hazelcast(vertx), "events", () -> false, false);
    }

    @Test
    void twoOfThreeContinue() throws Exception {
        Vertx third = cluster.join();
        detector(third);
        cluster.awaitSafe();
        kill(third);
        Await.await("2 members", () -> members(second) == 2);
        assertFalse(mustFork(first, "a"));
        assertFalse(mustFork(ofSecond, "a"));
    }

    @Test
    void oneOfTwoForksOnce() throws Exception {
        cluster.awaitSafe();
        kill(second);
        Await.await("it must fork", () -> mustFork(first, "a"));
        assertFalse(mustFork(first, "b"), "it has");
        assertTrue(mustFork(first, "a"));
    }

    @Test
    void aMemberWithoutTheStreamMayComeAndGo() throws Exception {
        Vertx plain = cluster.join();
        cluster.awaitSafe();
        kill(plain);
        Await.await("2 members", () -> members(second) == 2);
        assertFalse(mustFork(first, "a"));
    }

    @Test
    void aNodeThatSaysGoodbyeIsNotLost() throws Exception {
        sayGoodbye(ofSecond);
        kill(second);
        Await.await("1 members", () -> members(oldest) == 1);
        assertFalse(mustFork(first, "a"));
    }

    /** It was sent, and not waited for: where it did not arrive, a planned stop was a loss for the others, and they forked. */
    @Test
    void aGoodbyeThatHazelcastRefusesIsSaidAgain() throws Exception {
        HazelcastInstance failing = failingOnce(InJvmCluster.hazelcast(second));
        sayGoodbye(new SplitDetector(failing, "events", () -> false, false));
        kill(second);
        Await.await("1 members", () -> members(oldest) == 1);
        assertFalse(mustFork(first, "a"));
    }

    private void sayGoodbye(SplitDetector detector) throws Exception {
        CountDownLatch told = new CountDownLatch(2);
        EntryUpdatedListener<String, String> ear = event -> told.countDown();
        InJvmCluster.hazelcast(oldest).getMap(NODES).addEntryListener(ear, false);
        detector.sayGoodbye((ContextInternal) second.getOrCreateContext()).await();
        String key =
                "events/" + InJvmCluster.hazelcast(second).getLocalEndpoint().getUuid();
        assertEquals("gone", InJvmCluster.hazelcast(oldest).getMap(NODES).get(key));
        // When the second one comes, all listeners there have had the first.
        InJvmCluster.hazelcast(oldest).getMap(NODES).set(key, "gone");
        told.await();
        cluster.awaitSafe();
    }

    /** An instance whose maps fail in the first asynchronous call that sets something. */
    private static HazelcastInstance failingOnce(HazelcastInstance real) {
        AtomicBoolean failed = new AtomicBoolean();
        return proxy(HazelcastInstance.class, (proxy, method, args) -> {
            Object found = method.invoke(real, args);
            return !method.getName().equals("getMap")
                    ? found
                    : proxy(
                            IMap.class,
                            (map, call, with) -> call.getName().equals("setAsync") && !failed.getAndSet(true)
                                    ? CompletableFuture.failedFuture(new HazelcastException("try again"))
                                    : call.invoke(found, with));
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler calls) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }

    @Test
    void aNodeThatDiedBeforeAllOthersAnsweredDoesNotCountAgain() throws Exception {
        Vertx third = cluster.join();
        SplitDetector ofThird = detector(third);
        cluster.awaitSafe();
        kill(second);
        Await.await("2 members", () -> members(third) == 2);
        ofThird.settle((ContextInternal) third.getOrCreateContext(), "a").await();
        Vertx fourth = cluster.join();
        detector(fourth);
        cluster.awaitSafe();
        kill(oldest);
        Await.await("2 members", () -> members(third) == 2);
        assertFalse(mustFork(ofThird, "a"), "it is left with two of three");
    }

    private static boolean mustFork(SplitDetector detector, String epoch) {
        detector.noteLosses(epoch);
        return detector.mustFork(epoch);
    }

    private static void kill(Vertx vertx) {
        InJvmCluster.hazelcast(vertx).getLifecycleService().terminate();
    }

    private static int members(Vertx vertx) {
        return InJvmCluster.hazelcast(vertx).getCluster().getMembers().size();
    }
}
