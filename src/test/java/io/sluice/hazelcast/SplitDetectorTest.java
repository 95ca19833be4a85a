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

    private InJvmCluster cluster;
    private Vertx oldest;
    private SplitDetector first;
    private Vertx second;
    private SplitDetector ofSecond;

    @BeforeEach
    void start() throws Exception {
        cluster = new InJvmCluster();
        oldest = cluster.join();
        first = quorum(oldest);
        second = cluster.join();
        ofSecond = quorum(second);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private static SplitDetector quorum(Vertx vertx) {
        return new SplitDetector(InJvmCluster.hazelcast(vertx), "events");
    }

    @Test
    void twoOfThreeGoOn() throws Exception {
        Vertx third = cluster.join();
        quorum(third);
        cluster.awaitSafe();
        kill(third);
        Await.await("2 members", () -> members(second) == 2);
        assertFalse(first.mustFork("a"));
        assertFalse(ofSecond.mustFork("a"));
    }

    @Test
    void oneOfTwoForksOnce() throws Exception {
        cluster.awaitSafe();
        kill(second);
        Await.await("it must fork", () -> first.mustFork("a"));
        assertFalse(first.mustFork("b"), "it has");
        assertTrue(first.mustFork("a"));
    }

    @Test
    void aMemberThatOnlyPublishesMayComeAndGo() throws Exception {
        Vertx plain = cluster.join();
        cluster.awaitSafe();
        kill(plain);
        Await.await("2 members", () -> members(second) == 2);
        assertFalse(first.mustFork("a"));
    }

    @Test
    void aMemberThatSaysGoodbyeIsNotLost() throws Exception {
        sayGoodbye(ofSecond);
        kill(second);
        Await.await("1 members", () -> members(oldest) == 1);
        assertFalse(first.mustFork("a"));
    }

    /** It was sent, and not waited for: where it did not arrive, a planned stop was a loss for the others, and they forked. */
    @Test
    void aGoodbyeThatHazelcastRefusesIsSaidAgain() throws Exception {
        HazelcastInstance failing = failingOnce(InJvmCluster.hazelcast(second));
        sayGoodbye(new SplitDetector(failing, "events"));
        kill(second);
        Await.await("1 members", () -> members(oldest) == 1);
        assertFalse(first.mustFork("a"));
    }

    private void sayGoodbye(SplitDetector detector) throws Exception {
        CountDownLatch told = new CountDownLatch(2);
        EntryUpdatedListener<String, String> ear = event -> told.countDown();
        InJvmCluster.hazelcast(oldest).getMap(SplitDetector.NODES).addEntryListener(ear, false);
        detector.leave((ContextInternal) second.getOrCreateContext()).await();
        String key =
                "events/" + InJvmCluster.hazelcast(second).getLocalEndpoint().getUuid();
        assertEquals(
                "gone",
                InJvmCluster.hazelcast(oldest).getMap(SplitDetector.NODES).get(key));
        // When the second one comes, all listeners there have had the first.
        InJvmCluster.hazelcast(oldest).getMap(SplitDetector.NODES).set(key, "gone");
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
    void aMemberThatDiedBeforeAllTheOthersAnsweredDoesNotCountAgain() throws Exception {
        Vertx third = cluster.join();
        SplitDetector ofThird = quorum(third);
        cluster.awaitSafe();
        kill(second);
        Await.await("2 members", () -> members(third) == 2);
        ofThird.settle((ContextInternal) third.getOrCreateContext(), "a").await();
        Vertx fourth = cluster.join();
        quorum(fourth);
        cluster.awaitSafe();
        kill(oldest);
        Await.await("2 members", () -> members(third) == 2);
        assertFalse(ofThird.mustFork("a"), "it is left with two of three");
    }

    private static void kill(Vertx vertx) {
        InJvmCluster.hazelcast(vertx).getLifecycleService().terminate();
    }

    private static int members(Vertx vertx) {
        return InJvmCluster.hazelcast(vertx).getCluster().getMembers().size();
    }
}
