package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.ByteSize;
import io.sluice.log.History;
import io.sluice.log.NewEvent;
import io.sluice.testing.client.PromiseCheck;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A socket that stops reading while megabytes pass. */
@ExtendWith(VertxExtension.class)
class SlowClientTest {

    // Bytes of an event's data.
    private static final int EVENT = 1000;
    private static final int BATCH = 500;
    private static final int SMALL_BUFFER = 16 * 1024;
    private static final Settings ENDLESS =
            Settings.DEFAULT.withLifetime(Duration.ZERO).withHeartbeat(Duration.ZERO);

    @Test
    void catchesUpFromItsCursorAndLosesNothing(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS.withHistory(history(30_000, 64)));
                RawClient slow = slow(server)) {
            long all = publish(server, 20_000);
            assertBounded(server);
            PromiseCheck received = readTo(slow, all);
            assertEquals(all, received.events());
            assertEquals(0, received.gaps());
        }
    }

    @Test
    void isToldWhatItLostWhenItFallsOutOfTheJournal(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS.withHistory(history(30_000, 1)));
                RawClient slow = slow(server)) {
            // The kernel takes some first, and may take all that is kept if publishing outruns delivery.
            do {
                publish(server, BATCH);
            } while (server.largestBacklog() == 0);
            long all = publish(server, 20_000);
            assertBounded(server);
            PromiseCheck received = readTo(slow, all);
            assertEquals(all, received.events() + received.lost(), "got and told to be lost is everything");
            assertTrue(received.gaps() >= 1 && received.lost() > 10_000, "lost " + received.lost());
        }
    }

    @Test
    void delaysNoOtherClient(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS.withHistory(history(30_000, 64)));
                RawClient slow = slow(server);
                RawClient fast = new RawClient(server.port())) {
            fast.send("GET /events HTTP/1.1");
            fast.head();
            fast.blocks(1);
            PromiseCheck received = PromiseCheck.failingAfter(0);
            for (int batch = 0; batch < 20; batch++) {
                publish(server, BATCH);
                readMore(fast, received, (batch + 1L) * BATCH);
            }
            assertEquals(0, received.gaps());
            assertEquals(20L * BATCH, received.events());
            assertEquals(20L * BATCH, readTo(slow, 20L * BATCH).events());
        }
    }

    @Test
    void isLiveAgainOnceItHasCaughtUp(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS.withHistory(history(30_000, 64)));
                RawClient slow = slow(server)) {
            long all = publish(server, 10_000);
            PromiseCheck received = readTo(slow, all);
            server.publish("t", "live");
            readMore(slow, received, all + 1);
            assertEquals(all + 1, received.events());
        }
    }

    @Test
    void endsWithThePositionThatItReachedSoThatAResumeLosesNothing(Vertx vertx) throws Exception {
        Settings brief = ENDLESS.withLifetime(Duration.ofSeconds(1)).withHistory(history(30_000, 64));
        try (SseServer server = SseServer.start(vertx, brief);
                RawClient slow = slow(server);
                RawClient later = new RawClient(server.port())) {
            later.send("GET /events HTTP/1.1");
            later.head();
            long all = publish(server, 20_000);
            // When it ends, the slow one has been ended.
            later.rest();
            PromiseCheck received = PromiseCheck.failingAfter(0);
            received.takeResponse(slow.rest());
            assertTrue(received.n() < all, "it was slow: " + received.n());
            while (received.n() < all) {
                try (RawClient resumed = RawClient.get(
                        server.port(), "/events", "Last-Event-ID: " + server.epoch() + "-" + received.n())) {
                    resumed.head();
                    received.takeResponse(resumed.rest());
                }
            }
            assertEquals(all, received.events());
            assertEquals(0, received.gaps());
        }
    }

    private static RawClient slow(SseServer server) throws Exception {
        RawClient client = new RawClient(server.port(), SMALL_BUFFER);
        client.send("GET /events HTTP/1.1");
        client.head();
        client.blocks(1);
        // The client reads no more.
        return client;
    }

    private static History history(int events, int megabytes) {
        return History.of(events, null, ByteSize.ofMegabytes(megabytes));
    }

    private static long publish(SseServer server, int events) {
        NewEvent publication = new NewEvent("t", null, "x".repeat(EVENT));
        long last = 0;
        for (int i = 0; i < events; i += BATCH) {
            last = server.publish(Collections.nCopies(BATCH, publication)).n();
        }
        return last;
    }

    /** One turn's bytes above the channel's high-water mark of 64 kB, and one more event. */
    private static void assertBounded(SseServer server) {
        long backlog = server.largestBacklog();
        assertTrue(backlog > 0, "it is slow");
        assertTrue(backlog < 2 * 64 * 1024 + 2 * EVENT, "waiting in memory: " + backlog);
    }

    private static PromiseCheck readTo(RawClient client, long position) throws Exception {
        PromiseCheck received = PromiseCheck.failingAfter(0);
        readMore(client, received, position);
        return received;
    }

    private static void readMore(RawClient client, PromiseCheck received, long position) throws Exception {
        while (received.n() < position) {
            received.takeAll(client.blocks(1));
        }
    }
}
