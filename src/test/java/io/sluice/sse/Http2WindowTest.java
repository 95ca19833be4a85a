package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.ByteSize;
import io.sluice.log.History;
import io.sluice.log.NewEvent;
import io.sluice.testing.client.PromiseCheck;
import io.sluice.testing.client.RawHttp2Client;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams of HTTP/2 whose windows are shut, or open byte by byte. */
@ExtendWith(VertxExtension.class)
@Timeout(30)
class Http2WindowTest {

    private static final Settings ENDLESS = Settings.DEFAULT
            .withLifetime(Duration.ZERO)
            .withHeartbeat(Duration.ZERO)
            .withHistory(History.of(50_000, null, ByteSize.ofMegabytes(64)));

    private static final int WIDE = 1 << 30;

    /** What waits for a window that is shut: {@code ":\n\n"}. */
    private static final int COMMENT = 3;

    private final SubscriptionLimits limits = SubscriptionLimits.of(0, 0, 0);

    /** Each stream would have taken 64 kB. */
    @Test
    void aStreamWithoutWindowQueuesNothing(Vertx vertx) throws Exception {
        int streams = 300;
        try (SseServer server = start(vertx);
                RawHttp2Client client = new RawHttp2Client(server.port(), 0)) {
            publish(server, 100, 1000);
            for (int i = 0; i < streams; i++) {
                client.get("/events?replay=all");
            }
            client.settle();
            assertEquals(streams, limits.held());
            publish(server, 20, 10);
            client.settle();
            assertTrue(limits.behind() <= (long) COMMENT * streams, "waiting in memory: " + limits.behind());
            client.open(0, WIDE);
            for (int stream : client.streams()) {
                assertTrue(client.answer(stream).hasHead());
                assertEquals("", client.answer(stream).body());
                client.open(stream, WIDE);
            }
            for (int stream : client.streams()) {
                assertGetsAll(client, stream, 120, 100_000);
            }
        }
    }

    @Test
    void aStreamWhoseWindowIsShutLaterQueuesNoMoreThanASlice(Vertx vertx) throws Exception {
        int window = 10_000;
        try (SseServer server = start(vertx);
                RawHttp2Client client = new RawHttp2Client(server.port(), window)) {
            int stream = client.get("/events");
            client.settle();
            for (int i = 0; i < 20; i++) {
                publish(server, 500, 1000);
            }
            client.settle();
            assertEquals(window, client.answer(stream).body().length());
            assertTrue(limits.behind() < 2 * 64 * 1024, "waiting in memory: " + limits.behind());
            client.open(0, WIDE);
            client.open(stream, WIDE);
            assertGetsAll(client, stream, 10_000, 10_000_000);
        }
    }

    /** The connection's window is what they share: 65,535 bytes at first. */
    @Test
    void streamsThatWaitForTheirConnectionQueueNothing(Vertx vertx) throws Exception {
        int streams = 100;
        try (SseServer server = start(vertx);
                RawHttp2Client client = new RawHttp2Client(server.port(), WIDE)) {
            publish(server, 200, 1000);
            for (int i = 0; i < streams; i++) {
                client.get("/events?replay=all");
            }
            client.settle();
            assertTrue(
                    limits.behind() < 2 * 64 * 1024 + (long) COMMENT * streams,
                    "waiting in memory: " + limits.behind());
            client.open(0, WIDE);
            for (int stream : client.streams()) {
                assertGetsAll(client, stream, 200, 200_000);
            }
        }
    }

    @Test
    void aWindowThatOpensByteByByteLetsEachEventThroughOnce(Vertx vertx) throws Exception {
        try (SseServer server = start(vertx);
                RawHttp2Client client = new RawHttp2Client(server.port(), 0)) {
            publish(server, 50, 20);
            int stream = client.get("/events?replay=all");
            client.open(0, WIDE);
            PromiseCheck received = PromiseCheck.failingAfter(0);
            int taken = 0;
            int opened = 0;
            while (received.n() < 50) {
                client.open(stream, 1);
                opened++;
                // Each byte of the window is used.
                while (client.answer(stream).length() < opened) {
                    client.next();
                }
                String body = client.answer(stream).body();
                int whole = body.lastIndexOf("\n\n") + 2;
                if (whole > Math.max(taken, 1)) {
                    received.takeAll(body.substring(taken, whole));
                    taken = whole;
                }
            }
            assertEquals(50, received.events());
        }
    }

    @Test
    void aStreamThatIsCutOffInTheMiddleOfABlockHoldsNothing(Vertx vertx) throws Exception {
        Settings brief = ENDLESS.withLifetime(Duration.ofMillis(200));
        try (SseServer server = SseServer.start(vertx, brief, 1, limits, Duration.ofSeconds(1));
                RawHttp2Client client = new RawHttp2Client(server.port(), 100)) {
            publish(server, 10, 1000);
            int stream = client.get("/events?replay=all");
            while (client.answer(stream).reset() < 0) {
                client.next();
            }
            assertEquals(100, client.answer(stream).body().length());
            assertEquals(0, limits.held());
            server.handler.close(Duration.ZERO).await();
            assertEquals(0, limits.behind());
        }
    }

    @Test
    void aRefusedStreamWithoutWindowEndsWithItsHead(Vertx vertx) throws Exception {
        SubscriptionLimits one = SubscriptionLimits.of(1, 0);
        try (SseServer server = SseServer.start(vertx, ENDLESS, 1, one, Duration.ofMinutes(1));
                RawHttp2Client client = new RawHttp2Client(server.port(), 0)) {
            int first = client.get("/events");
            for (int i = 0; i < 300; i++) {
                client.get("/events");
            }
            client.settle();
            assertEquals(1, one.held());
            for (int stream : client.streams()) {
                assertTrue(client.answer(stream).hasHead());
                assertEquals(stream != first, client.answer(stream).hasEnded());
            }
        }
    }

    private SseServer start(Vertx vertx) {
        return SseServer.start(vertx, ENDLESS, 1, limits, Duration.ofMinutes(1));
    }

    private static void publish(SseServer server, int events, int size) {
        server.publish(Collections.nCopies(events, new NewEvent("t", null, "x".repeat(size))));
    }

    /** So many events, which have at least so many bytes. */
    private static void assertGetsAll(RawHttp2Client client, int stream, int events, int bytes) throws IOException {
        PromiseCheck received = PromiseCheck.failingAfter(0);
        RawHttp2Client.Answer answer = client.answer(stream);
        String last = "-" + events + "\ndata";
        while (answer.length() < bytes
                || !answer.body().contains(last)
                || !answer.body().endsWith("\n\n")) {
            client.next();
        }
        received.takeAll(answer.body());
        assertEquals(events, received.events());
        assertEquals(0, received.gaps());
    }
}
