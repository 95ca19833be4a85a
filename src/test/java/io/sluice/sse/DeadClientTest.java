package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.NewEvent;
import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A socket that is never read again, and never closed. */
@ExtendWith(VertxExtension.class)
// Some clients are closed early, or only held.
@SuppressWarnings("try")
class DeadClientTest {

    private static final Duration DEAD_AFTER = Duration.ofSeconds(2);
    private static final Settings ENDLESS =
            Settings.DEFAULT.withLifetime(Duration.ZERO).withHeartbeat(Duration.ofMillis(300));

    @Test
    void isGivenUpInTimeAndItsMemoryFreed(Vertx vertx) throws Exception {
        SubscriptionLimits admission = SubscriptionLimits.of(0, 0);
        try (SseServer server = SseServer.start(vertx, ENDLESS, 1, admission, DEAD_AFTER);
                RawClient dead = stuck(server)) {
            long start = System.nanoTime();
            Await.await("the dead client is given up", () -> admission.held() == 0);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertTrue(took.compareTo(Duration.ofSeconds(1)) > 0, "not for being slow: " + took);
            assertTrue(took.compareTo(DEAD_AFTER.plusMillis(500)) < 0, "within its time: " + took);
            assertGone(server);
        }
    }

    @Test
    void aClientThatDoesNotTakeItsEndIsGivenUpToo(Vertx vertx) throws Exception {
        Settings brief = ENDLESS.withLifetime(Duration.ofMillis(500));
        try (SseServer server = SseServer.start(vertx, brief, 1, SubscriptionLimits.of(0, 0), DEAD_AFTER);
                RawClient dead = stuck(server)) {
            assertGone(server);
        }
    }

    @Test
    void aClientThatReadsALittleIsSlowAndNotDead(Vertx vertx) throws Exception {
        SubscriptionLimits admission = SubscriptionLimits.of(0, 0);
        try (SseServer server = SseServer.start(vertx, ENDLESS, 1, admission, DEAD_AFTER);
                RawClient slow = stuck(server)) {
            long end = System.nanoTime() + 2 * DEAD_AFTER.toNanos();
            while (System.nanoTime() < end) {
                slow.blocks(1);
                vertx.timer(10).await();
            }
            assertEquals(1, admission.held());
        }
    }

    private static RawClient stuck(SseServer server) throws Exception {
        RawClient client = new RawClient(server.port(), 16 * 1024);
        client.send("GET /events HTTP/1.1");
        client.head();
        client.blocks(1);
        NewEvent publication = new NewEvent("t", null, "x".repeat(10_000));
        for (int i = 0; i < 10; i++) {
            server.publish(Collections.nCopies(100, publication));
        }
        Await.await("the socket is full", () -> server.largestBacklog() > 0);
        return client;
    }

    private static void assertGone(SseServer server) throws Exception {
        Await.await("all connections are closed", () -> server.hasNoConnection());
        assertEquals(0, server.largestBacklog());
    }
}
