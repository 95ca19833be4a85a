package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryUpdatedListener;
import io.sluice.testing.cluster.InJvmCluster;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class HazelcastLeasesTest {

    private InJvmCluster cluster;
    private Vertx one;
    private Vertx two;

    @BeforeEach
    void start() throws Exception {
        cluster = new InJvmCluster();
        one = cluster.join();
        two = cluster.join();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void oneNodeOwnsALeaseUntilItReleasesIt() throws Exception {
        Turns first = new Turns();
        Turns second = new Turns();
        LeaseClaim claim = HazelcastLeases.of(one).claim("x", first).await();
        assertEquals("1", first.next());
        LeaseClaim waiting = HazelcastLeases.of(two).claim("x", second).await();
        assertNull(second.none());
        assertEquals(HazelcastLeases.of(one).members().self().toString(), waiting.owner());
        long begun = System.nanoTime();
        claim.release().await();
        assertEquals("2", second.next());
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        assertTrue(millis < 900, "it was told, and did not look by chance: " + millis + " ms");
    }

    @Test
    void aLeaseWhoseOwnerIsGoneGoesToAnother() throws Exception {
        Turns first = new Turns();
        Turns second = new Turns();
        HazelcastLeases.of(one).claim("x", first).await();
        assertEquals("1", first.next());
        HazelcastLeases.of(two).claim("x", second).await();
        cluster.awaitSafe();
        InJvmCluster.hazelcast(one).getLifecycleService().terminate();
        assertEquals("2", second.next());
    }

    /** Vert.x closes named workers before it undeploys, so that it once did so only when the member had left. */
    @Test
    void aVerticleReleasesItsLeaseWhenItsVertxIsClosed() throws Exception {
        Turns second = new Turns();
        List<String> owners = new CopyOnWriteArrayList<>();
        one.deployVerticle(new Owner()).await();
        HazelcastLeases.of(two).claim("x", second).await();
        InJvmCluster.hazelcast(two)
                .<String, String>getMap("sluice.leases")
                .addEntryListener((EntryUpdatedListener<String, String>) event -> owners.add(event.getValue()), true);
        one.close().await();
        assertEquals("2", second.next());
        assertTrue(owners.contains("- 1 0"), owners.toString());
    }

    private static final class Owner extends VerticleBase {

        private @Nullable LeaseClaim claim;

        @Override
        public Future<?> start() {
            return vertx.executeBlocking(() -> HazelcastLeases.of(vertx))
                    .compose(leases -> leases.claim("x", new Turns()))
                    .onSuccess(claimed -> claim = claimed);
        }

        @Override
        public Future<?> stop() {
            return claim == null ? Future.succeededFuture() : claim.release();
        }
    }

    @Test
    void anOwnerThatHasSeenAHigherTermTakesOneAboveIt() throws Exception {
        Turns first = new Turns();
        LeaseClaim claim = HazelcastLeases.of(one).claim("x", first).await();
        assertEquals("1", first.next());
        claim.raiseAbove(7);
        assertEquals("8", first.next());
    }

    @Test
    void oneVertxInstanceClaimsALeaseOnce() throws Exception {
        HazelcastLeases.of(one).claim("x", new Turns()).await();
        assertThrows(
                IllegalStateException.class,
                () -> HazelcastLeases.of(one).claim("x", new Turns()).await());
    }

    @Test
    void afterASplitTheLargerSidesLeasesStay() {
        HazelcastLeases.of(one);
        for (Vertx member : List.of(one, two)) {
            assertEquals(
                    ClusterMaps.largerSideStays(),
                    InJvmCluster.hazelcast(member)
                            .getConfig()
                            .findMapConfig("sluice.leases")
                            .getMergePolicyConfig());
        }
    }

    /** All leases were renewed one after the other, so that one call that hung brought each of them near its end. */
    @Test
    void aLeaseThatCannotBeRenewedKeepsNoOtherFromIt() throws Exception {
        HazelcastLeases leases = HazelcastLeases.of(one);
        leases.claim("x", new Turns()).await();
        leases.claim("y", new Turns()).await();
        IMap<String, String> map = InJvmCluster.hazelcast(two).getMap("sluice.leases");
        BlockingQueue<String> renewed = new LinkedBlockingQueue<>();
        map.addEntryListener((EntryUpdatedListener<String, String>) event -> renewed.add(event.getKey()), false);
        map.lock("x");
        try {
            for (int renewals = 0; renewals < 3; ) {
                String name = renewed.poll(5, TimeUnit.SECONDS);
                assertNotNull(name, "no lease is renewed any more");
                renewals += name.equals("y") ? 1 : 0;
            }
        } finally {
            map.unlock("x");
        }
    }

    /** A timer and two listeners stayed for as long as Vert.x ran. */
    @Test
    void aNodeWithoutAClaimDoesNotListen() {
        IMap<String, String> atOne = InJvmCluster.hazelcast(one).getMap("sluice.leases");
        LeaseClaim claim = HazelcastLeases.of(one).claim("x", new Turns()).await();
        HazelcastLeases.of(two).claim("y", new Turns()).await().release().await();
        claim.release().await();
        long before = atOne.getLocalMapStats().getEventOperationCount();
        assertTrue(before > 0, "it did listen");
        HazelcastLeases.of(two).claim("y", new Turns()).await().release().await();
        one.timer(200, TimeUnit.MILLISECONDS).await();
        assertEquals(before, atOne.getLocalMapStats().getEventOperationCount());
        HazelcastLeases.of(one).claim("x", new Turns()).await();
        HazelcastLeases.of(two).claim("y", new Turns()).await();
        one.timer(200, TimeUnit.MILLISECONDS).await();
        assertTrue(before < atOne.getLocalMapStats().getEventOperationCount(), "it listens again");
    }

    private static final class Turns implements LeaseClaim.Holder {

        private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        @Override
        public void begins(long term) {
            seen.add(String.valueOf(term));
        }

        @Override
        public void ends() {
            seen.add("lost");
        }

        @Nullable
        String next() throws InterruptedException {
            return seen.poll(20, TimeUnit.SECONDS);
        }

        @Nullable
        String none() throws InterruptedException {
            return seen.poll(1500, TimeUnit.MILLISECONDS);
        }
    }
}
