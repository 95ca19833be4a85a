package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.Channel;
import io.sluice.testing.Await;
import io.sluice.testing.TestCertificate;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each byte that a client gets, on every kind of server, whichever way it takes there: {@link DirectWritePath} goes around
 * Vert.x' HTTP encoder, and all that it does for the order of things.
 */
@ParameterizedClass
@EnumSource
@Timeout(30)
@SuppressWarnings("NullAway.Init")
class WritePathTest {

    private static final int EVENTS = 2000;
    private static final int SMALL_BUFFER = 16 * 1024;
    private static final String GET = "GET /events?replay=all HTTP/1.1";
    private static final Settings BRIEF = ServerKind.ENDLESS.withLifetime(Duration.ofMillis(100));

    private static TestCertificate certificate;

    private final ServerKind kind;
    private final SubscriptionLimits admission = SubscriptionLimits.of(0, 0);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<RawClient> clients = new ArrayList<>();
    private final Queue<RoutingContext> requests = new ConcurrentLinkedQueue<>();
    private volatile boolean enough;
    private Vertx vertx;
    private SseServer server;
    private Flood flood;

    WritePathTest(ServerKind kind) {
        this.kind = kind;
    }

    @BeforeAll
    static void certify(@TempDir Path directory) throws Exception {
        certificate = TestCertificate.in(directory);
    }

    @BeforeEach
    void start() {
        vertx = kind.vertx();
        start(ServerKind.ENDLESS, admission);
    }

    private void start(Settings options, SubscriptionLimits limits) {
        server = kind.start(vertx, options, limits, certificate);
        server.before = routing -> {
            requests.add(routing);
            routing.next();
        };
        flood = new Flood(server);
    }

    private void restart(Settings options, SubscriptionLimits limits) {
        server.close();
        start(options, limits);
    }

    @AfterEach
    void stop() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        // A client that leaves early would never see a shaped end.
        Await.await("all subscriptions have ended", () -> admission.held() == 0);
        server.close();
        vertx.close().await();
        threads.shutdownNow();
    }

    @Test
    void theShortWayIsTakenWhereThereIsNoObstacle() throws Exception {
        RawClient client = open(0, GET);
        client.blocks(1);
        RoutingContext routing = requests.remove();
        Channel channel = channel(routing);
        assertEquals(kind.obstacle, DirectWritePath.obstacle(routing.request(), channel));
        assertEquals(kind.obstacle == null, channel.pipeline().get(ChannelListener.class) != null);
    }

    @Test
    void http10GetsTheSameWithoutChunksTheLongWay() throws Exception {
        RawClient client = connect(0);
        client.send("GET /events?replay=all HTTP/1.0", "Connection: keep-alive", "Accept-Encoding: gzip");
        assertTrue(client.head().startsWith("HTTP/1.0 200 OK\n"));
        flood.readTo(client, flood.publish(300));
        assertNull(channel(requests.remove()).pipeline().get(ChannelListener.class));
        server.handler.close(Duration.ZERO);
        assertEquals(300, flood.takeAll(client.rest()));
        assertTrue(client.isClosedByServer());
    }

    @Test
    void eachClientGetsEachEventOnceAndInOrderHoweverItReads() throws Exception {
        Future<Long> publishing = threads.submit(() -> flood.publish(EVENTS));
        List<Future<?>> reading = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            flood.await(i * EVENTS / 8);
            boolean slow = i % 3 == 2;
            RawClient client = open(slow ? SMALL_BUFFER : 0, i % 2 == 0 ? GET : "GET /events?replay=none HTTP/1.1");
            reading.add(threads.submit(all(() -> {
                if (slow) {
                    publishing.get();
                }
                flood.readTo(client, EVENTS);
            })));
        }
        for (Future<?> reader : reading) {
            reader.get();
        }
        server.handler.close(Duration.ZERO);
        for (RawClient client : clients) {
            assertEquals(EVENTS, flood.takeAll(client.rest()), "nothing is left over");
        }
    }

    @Test
    void aFullSocketLosesNothingAndSpoilsNoOtherClientsBytes() throws Exception {
        RawClient slow = open(SMALL_BUFFER, GET);
        List<Future<?>> reading = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            RawClient fast = open(0, GET);
            reading.add(threads.submit(all(() -> flood.readTo(fast, EVENTS))));
        }
        long most = 0;
        for (int i = 0; i < EVENTS / 100; i++) {
            flood.publish(100);
            most = Math.max(most, server.largestBacklog());
        }
        assertTrue(most < kind.mostWaiting, "waiting in memory: " + most);
        for (Future<?> reader : reading) {
            reader.get();
        }
        flood.readTo(slow, EVENTS);
        flood.publish(100);
        assertEquals(
                flood.frames(EVENTS, EVENTS + 100),
                slow.read(flood.frames(EVENTS, EVENTS + 100).length()),
                "it is live again");
    }

    @Test
    void aKeptConnectionServesOneStreamAfterTheOther() throws Exception {
        restart(BRIEF, admission);
        Future<?> publishing = threads.submit(this::publishUntilEnough);
        RawClient client = connect(0);
        long position = 0;
        for (int round = 0; round < 3; round++) {
            client.send("GET /events HTTP/1.1", "Last-Event-ID: " + server.epoch() + "-" + position);
            assertHead(client.head());
            String body = client.rest();
            assertEquals(position, flood.position(body), "it goes on where it ended");
            assertTrue(flood.takeAll(body) > position, "there was something to tell");
            position = flood.takeAll(body);
        }
        client.send("HEAD /events HTTP/1.1");
        assertHead(client.head());
        enough = true;
        publishing.get();
    }

    @Test
    void pipelinedRequestsAreAnsweredOneAfterTheOther() throws Exception {
        restart(BRIEF, admission);
        Future<?> publishing = threads.submit(this::publishUntilEnough);
        RawClient client = connect(0);
        String get = "GET /events?replay=none HTTP/1.1";
        client.pipeline(get, get, "HEAD /events HTTP/1.1", "GET /nothing HTTP/1.1");
        long position = 0;
        for (int stream = 0; stream < 2; stream++) {
            assertHead(client.head());
            String body = client.rest();
            assertTrue(flood.position(body) >= position, "one after the other");
            position = flood.takeAll(body);
            assertTrue(position > flood.position(body), "there was something to tell");
        }
        assertHead(client.head());
        assertTrue(client.head().startsWith("HTTP/1.1 404 Not Found\n"));
        enough = true;
        publishing.get();
    }

    @Test
    void aResponseThatTheApplicationEndsEndsThereAndTheConnectionStays() throws Exception {
        restart(ServerKind.ENDLESS, SubscriptionLimits.of(1, 0));
        flood.publish(20);
        Future<?> publishing = threads.submit(this::publishUntilEnough);
        RawClient client = connect(0);
        for (int round = 0; round < 4; round++) {
            client.send(GET);
            assertHead(client.head());
            String first = client.read(flood.frames(0, 20).length());
            end(requests.remove());
            flood.takeCut(first + client.rest());
        }
        enough = true;
        publishing.get();
    }

    @Test
    void aResponseThatTheApplicationEndsWhileMuchWaitsEndsThereToo() throws Exception {
        restart(ServerKind.ENDLESS, SubscriptionLimits.of(kind.obstacle == null ? 1 : 2, 0));
        flood.publish(1);
        RawClient client = open(SMALL_BUFFER, GET);
        fill();
        end(requests.remove());
        // The head has to wait with the rest.
        client.send(GET);
        flood.publish(100);
        flood.takeCut(client.rest());
        assertHead(client.head());
        flood.readTo(client, flood.publish(100));
    }

    @Test
    void bytesThatTheApplicationWritesAreNotTornApart() throws Exception {
        RawClient client = open(0, GET);
        String comment = ": from the application\n\n";
        RoutingContext routing = requests.remove();
        for (int i = 0; i < 20; i++) {
            context(routing).runOnContext(v -> routing.response().write(comment));
            flood.publish(20);
        }
        String expected = client.blocks(1) + flood.frames(0, 400);
        String body = client.read(flood.frames(0, 400).length() + 20 * comment.length());
        Flood.assertSame(expected, expected.substring(0, expected.indexOf("\n\n") + 2) + body.replace(comment, ""));
    }

    @Test
    void aClientThatLeavesInAFloodDisturbsNoOther() throws Exception {
        RawClient staying = open(0, GET);
        Future<?> reading = threads.submit(all(() -> flood.readTo(staying, EVENTS)));
        for (int i = 0; i < EVENTS / 200; i++) {
            RawClient leaving = open(i % 3 == 0 ? SMALL_BUFFER : 0, GET);
            flood.publish(200);
            if (i % 2 == 0) {
                leaving.reset();
            } else {
                leaving.close();
            }
        }
        reading.get();
        Await.await("the subscription has ended", () -> admission.held() <= 1);
    }

    private RawClient connect(int receiveBuffer) throws IOException {
        RawClient client =
                new RawClient(server.port(), receiveBuffer, kind == ServerKind.TLS ? certificate.trusting() : null);
        clients.add(client);
        return client;
    }

    private RawClient open(int receiveBuffer, String requestLine) throws IOException {
        RawClient client = connect(receiveBuffer);
        client.send(requestLine, "Accept-Encoding: gzip, deflate");
        assertHead(client.head());
        return client;
    }

    private static void assertHead(String head) {
        assertTrue(head.matches("HTTP/1.1 200 OK\n(?s:(?!.*(HTTP/|content-encoding)).*)\n\n"), head);
    }

    /** Publishes until more waits in memory for the client than is good. */
    private void fill() {
        while (server.largestBacklog() < 32 * 1024) {
            flood.publish(10);
        }
    }

    private void publishUntilEnough() {
        while (!enough) {
            flood.publish(10);
            vertx.timer(1).await();
        }
    }

    private static void end(RoutingContext routing) {
        context(routing).runOnContext(v -> routing.response().end());
    }

    private static Context context(RoutingContext routing) {
        return ((HttpServerRequestInternal) routing.request()).context();
    }

    private static Channel channel(RoutingContext routing) {
        return ((ConnectionBase) routing.request().connection()).channel();
    }

    private static Callable<Void> all(Reading reading) {
        return () -> {
            reading.read();
            return null;
        };
    }

    private interface Reading {

        void read() throws Exception;
    }
}
