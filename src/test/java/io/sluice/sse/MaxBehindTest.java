package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.NewEvent;
import io.sluice.testing.Await;
import io.sluice.testing.CapturedOutput;
import io.sluice.testing.TestCertificate;
import io.sluice.testing.client.PromiseCheck;
import io.sluice.testing.client.RawClient;
import io.sluice.testing.client.RawHttp2Client;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that do not read, more than memory has room for. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class MaxBehindTest {

    private static final long MAX = 512 * 1024;
    private static final int EVENTS = 1000;
    private static final int SIZE = 1000;
    private static final int SMALL_BUFFER = 4 * 1024;

    /** RFC 9113 7. */
    private static final int CANCEL = 8;

    private static final String SLOW = "event: close\ndata: {\"reason\":\"slow\"}\n\n";

    private static TestCertificate certificate;

    private final SubscriptionLimits limits = SubscriptionLimits.of(0, 0, MAX);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<AutoCloseable> clients = new ArrayList<>();
    private Vertx vertx;
    private SseServer server;

    @BeforeAll
    static void certify(@TempDir Path directory) throws Exception {
        certificate = TestCertificate.in(directory);
    }

    private void start(ServerKind kind) {
        vertx = kind.vertx();
        server = kind.start(vertx, ServerKind.ENDLESS, limits, certificate);
        publish();
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable client : clients) {
            client.close();
        }
        Await.await("all subscriptions have ended", () -> limits.held() == 0);
        server.close();
        assertEquals(0, limits.behind());
        vertx.close().await();
        threads.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({
        "STRICT, 1000, 1.1",
        "EPOLL, 300, 1.1",
        "LOOSE, 300, 1.1",
        "TLS, 80, 1.1",
        "COMPRESSING, 300, 1.1",
        "STRICT, 300, 1.0"
    })
    void aThousandClientsThatDoNotReadAreEndedAndTheOthersMissNothing(ServerKind kind, int count, String version)
            throws Exception {
        start(kind);
        RawClient honest = open(kind, "GET /events HTTP/1.1", 0);
        honest.head();
        Future<Long> reading = threads.submit(() -> read(honest, EVENTS - 1, 3 * EVENTS));
        long most = 0;
        try (CapturedOutput log = new CapturedOutput()) {
            for (int i = 0; i < count; i++) {
                // Then it is open, or refused.
                open(kind, "GET /events?replay=all HTTP/" + version, SMALL_BUFFER)
                        .head();
                most = Math.max(most, server.wholeBacklog());
            }
            publish();
            Await.await("little waits", () -> limits.behind() <= MAX && server.wholeBacklog() <= MAX);
            assertTrue(most < 2 * MAX, "waited in memory: " + most);
            log.await("WARN .* wait for slow clients, the limit is 524288");
        }
        publish();
        assertEquals(2 * EVENTS + 1, reading.get());
    }

    @Test
    void streamsThatShutTheirWindowsInTheMiddleOfABlockAreEnded() throws Exception {
        start(ServerKind.STRICT);
        server.publish("t", "x".repeat(30_000));
        RawClient honest = open(ServerKind.STRICT, "GET /events HTTP/1.1", 0);
        honest.head();
        RawHttp2Client client = new RawHttp2Client(server.port(), 100);
        clients.add(client);
        client.open(0, 1 << 30);
        for (int i = 0; i < 100; i++) {
            client.get("/events");
            client.settle();
        }
        Await.await("little waits", () -> limits.behind() <= MAX);
        while (client.streams().stream().noneMatch(s -> client.answer(s).reset() == CANCEL)) {
            client.settle();
        }
        assertTrue(limits.held() > 5, "as many stay as there is room for: " + limits.held());
        publish();
        assertEquals(EVENTS + 1, read(honest, EVENTS, 2 * EVENTS + 1));
    }

    @Test
    void theSlowestIsToldSoIfItReadsInTime() throws Exception {
        start(ServerKind.STRICT);
        List<RawClient> slow = new ArrayList<>();
        while (limits.held() == slow.size()) {
            RawClient client = open(ServerKind.STRICT, "GET /events?replay=all HTTP/1.1", SMALL_BUFFER);
            client.head();
            slow.add(client);
        }
        List<Future<String>> bodies = new ArrayList<>();
        for (RawClient client : slow) {
            bodies.add(threads.submit(() -> client.readTo("event: close\n") + client.rest()));
        }
        String first = "";
        for (Future<String> body : bodies) {
            first = first.isEmpty() && Await.holds(Duration.ofSeconds(2), body::isDone) ? body.get() : first;
        }
        assertTrue(first.matches("(?s).*\\n\\nid: \\S+\\nretry: \\d+\\nevent: close\\ndata: .*"), first);
        assertTrue(first.endsWith(SLOW), first.substring(first.length() - 100));
    }

    private RawClient open(ServerKind kind, String request, int buffer) throws IOException {
        RawClient client = new RawClient(server.port(), buffer, kind == ServerKind.TLS ? certificate.trusting() : null);
        clients.add(client);
        client.send(request);
        return client;
    }

    private void publish() {
        server.publish(Collections.nCopies(EVENTS, new NewEvent("t", null, "x".repeat(SIZE))));
    }

    /** Reads from a position up to another. Returns how many events came. */
    private static long read(RawClient client, long from, long position) throws IOException {
        PromiseCheck received = PromiseCheck.failingAfter(from);
        while (received.n() < position) {
            received.takeAll(client.blocks(1));
        }
        assertEquals(0, received.gaps());
        return received.events();
    }
}
