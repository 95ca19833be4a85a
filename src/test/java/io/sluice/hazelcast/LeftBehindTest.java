package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import io.sluice.hazelcast.LogRecord.Appended;
import io.sluice.log.Epochs;
import io.sluice.testing.Await;
import io.sluice.testing.cluster.InJvmCluster;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A member that stood still, as a clock says that is told to, and others that go on without it. */
@Timeout(60)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class LeftBehindTest {

    private static final Duration THRESHOLD = Duration.ofSeconds(7);
    private static final Duration RECENT = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofMillis(50);

    private InJvmCluster cluster;
    private Vertx slow;
    private Vertx other;
    private final AtomicLong pause = new AtomicLong();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() throws Exception {
        cluster = new InJvmCluster();
        slow = cluster.join();
        other = cluster.join();
        cluster.awaitSafe();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private LeftBehind leftBehind(Predicate<List<Address>> rejoin, Duration patience) {
        PauseDetector pauses = new PauseDetector(
                THRESHOLD, RECENT, () -> System.nanoTime() / 1_000_000 + pause.get(), System::currentTimeMillis);
        ContextInternal context = ((VertxInternal) slow).createEventLoopContext();
        LeftBehind created = new LeftBehind(context, InJvmCluster.hazelcast(slow), pauses, rejoin, patience);
        created.addListener(new LeftBehind.Listener() {

            @Override
            public void fellBehind() {
                told.add("behind");
            }

            @Override
            public void goesOnAlone() {
                told.add("alone");
            }
        });
        return created;
    }

    private void standStill() {
        pause.addAndGet(THRESHOLD.toMillis() + 1);
    }

    private int members() {
        return InJvmCluster.hazelcast(slow).getCluster().getMembers().size();
    }

    private void lose() throws Exception {
        InJvmCluster.hazelcast(other).getLifecycleService().terminate();
        Await.await("1 member", () -> members() == 1);
    }

    @Test
    void aNodeThatLosesTheOthersWithoutHavingStoodStillIsASideOfASplit() throws Exception {
        LeftBehind behind = leftBehind(lost -> true, PATIENCE);
        lose();
        assertFalse(behind.isBehind());
        assertEquals(List.of(), List.copyOf(told));
    }

    @Test
    void aNodeThatStoodStillAndLosesNobodyGoesOn() {
        LeftBehind behind = leftBehind(lost -> true, PATIENCE);
        standStill();
        assertFalse(behind.isBehind());
        assertEquals(List.of(), List.copyOf(told));
    }

    @Test
    void aNodeThatStoodStillAndLosesTheOthersJoinsThemAgain() throws Exception {
        Address address =
                InJvmCluster.hazelcast(other).getCluster().getLocalMember().getAddress();
        Queue<List<Address>> asked = new ConcurrentLinkedQueue<>();
        LeftBehind behind = leftBehind(asked::add, Duration.ofMinutes(1));
        standStill();
        lose();
        assertTrue(behind.isBehind());
        Await.await("it joins", () -> !asked.isEmpty());
        assertEquals(List.of(address), asked.peek());
        assertEquals(List.of("behind"), List.copyOf(told));
    }

    @Test
    void aNodeThatReachesNobodyGoesOnAlone() throws Exception {
        LeftBehind behind = leftBehind(lost -> false, PATIENCE);
        standStill();
        lose();
        Await.await("it goes on", () -> told.contains("alone"));
        assertFalse(behind.isBehind());
        assertEquals(List.of("behind", "alone"), List.copyOf(told));
    }

    /** While it is behind, no epoch begins here, and no event counts. */
    @Test
    void aNodeThatIsLeftBehindDoesNotLead() {
        SplitDetector split = new SplitDetector(InJvmCluster.hazelcast(slow), "events", () -> true, false);
        ContextInternal context = (ContextInternal) slow.getOrCreateContext();
        assertTrue(split.settle(context, "a").failed());
        RecordFilter filter = new RecordFilter(null, new NoOutput());
        assertThrows(IllegalStateException.class, () -> new NextEpoch("events", filter, split).decide());
    }

    private static final class NoOutput implements RecordFilter.Output {

        @Override
        public void rebase(Epochs epochs, long position) {}

        @Override
        public void beginEpoch(Epochs epochs) {}

        @Override
        public void deliver(List<Appended> batch) {}
    }

    /** Of two sides of one size Hazelcast by itself keeps the one with the lower address: here, the one that was dropped. */
    @Test
    void aNodeThatTheOthersHaveDroppedTakesTheirData() throws Exception {
        HazelcastInstance dropped = InJvmCluster.hazelcast(slow);
        HazelcastInstance kept = InJvmCluster.hazelcast(other);
        // As the others see it.
        Member member = kept.getCluster().getMembers().stream()
                .filter(each -> !each.localMember())
                .findFirst()
                .orElseThrow();
        ((HazelcastInstanceProxy) kept).getOriginal().node.getClusterService().suspectMember(member, "test", true);
        Await.await("two sides", () -> members() == 1);
        ClusterMaps.open(kept, "leases").put("who", "the others");
        ClusterMaps.open(dropped, "leases").put("who", "the dropped one");
        Address address = kept.getCluster().getLocalMember().getAddress();
        assertTrue(Rejoin.toAnyOf(dropped, List.of(address)));
        Await.await(
                "one side",
                () -> members() == 2 && kept.getCluster().getMembers().size() == 2);
        assertEquals("the others", ClusterMaps.open(dropped, "leases").get("who"));
    }
}
