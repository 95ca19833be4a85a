package io.sluice.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.cluster.Leases;
import io.sluice.cluster.Leases.Lease;
import io.sluice.testing.network.RedisGate;
import io.sluice.testing.process.RedisServer;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Leases in a real Redis, while connections and Redis itself come and go. */
@Timeout(60)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class RedisLeaseTest {

    private static final String BEGINS = "begins";
    private static final String ENDS = "ends";

    private RedisServer redis;
    private RedisGate gate;
    private Vertx vertx;
    // This one is behind the gate.
    private RedisClient one;
    private RedisClient two;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        redis = RedisServer.start(directory);
        gate = new RedisGate(redis.port());
        vertx = Vertx.vertx();
        one = RedisClient.connect(vertx, new RedisUri(gate.uri())).await();
        two = RedisClient.connect(vertx, new RedisUri(redis.uri())).await();
    }

    @AfterEach
    void stop() {
        one.close().await();
        two.close().await();
        vertx.close().await();
        gate.close();
        redis.close();
    }

    @Test
    void theFirstClaimHasTheLeaseAndTheNextOneWhenItIsReleased() throws Exception {
        Turns first = new Turns();
        Turns second = new Turns();
        Lease lease = one.claim("l", first).await();
        two.claim("l", second).await();
        assertEquals(BEGINS, first.seen.poll());
        assertNull(second.seen.poll(1500, TimeUnit.MILLISECONDS));
        lease.release().await();
        assertEquals(BEGINS, second.next());
        assertNull(first.seen.poll());
    }

    @Test
    void leasesOfOtherNamesAreOthersAffair() throws Exception {
        Turns first = new Turns();
        Turns second = new Turns();
        one.claim("a", first).await();
        two.claim("b", second).await();
        assertEquals(BEGINS, first.next());
        assertEquals(BEGINS, second.next());
    }

    @Test
    void aHolderThatCannotRenewStopsBeforeTheNextBegins() throws Exception {
        Turns first = new Turns();
        Turns second = new Turns();
        one.claim("l", first).await();
        two.claim("l", second).await();
        assertEquals(BEGINS, first.next());
        gate.silence();
        assertEquals(ENDS, first.next());
        long ended = System.nanoTime();
        assertNull(second.seen.poll());
        assertEquals(BEGINS, second.next());
        assertTrue(System.nanoTime() - ended > TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    void theHolderKeepsItsLeaseWhenRedisHasForgottenEverything() throws Exception {
        Turns first = new Turns();
        Turns second = new Turns();
        one.claim("l", first).await();
        two.claim("l", second).await();
        assertEquals(BEGINS, first.next());
        redis.kill();
        redis.startAgain();
        assertNull(first.seen.poll(12, TimeUnit.SECONDS));
        assertNull(second.seen.poll());
    }

    private static final class Turns implements Leases.LeaseListener {

        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        @Override
        public void begins() {
            seen.add(BEGINS);
        }

        @Override
        public void ends() {
            seen.add(ENDS);
        }

        @Nullable
        String next() throws InterruptedException {
            return seen.poll(20, TimeUnit.SECONDS);
        }
    }
}
