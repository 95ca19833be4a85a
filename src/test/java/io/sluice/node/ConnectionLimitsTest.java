package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.Await;
import io.sluice.testing.CapturedOutput;
import io.sluice.testing.client.RawClient;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The connections of a node, of whatever kind: {@code http.maxConnections}. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class ConnectionLimitsTest {

    private static final int INSTANCES = 2;

    /** Two event loops that share a port. */
    private record Node(int port, ConnectionLimits limits) {

        static Node serve(Vertx vertx, int max) {
            NodeConfig config = NodeConfig.read(ConfigReader.parse("""
                    {
                      "streams": { "events": { "lifetime": "0s" } },
                      "http": { "host": "127.0.0.1", "port": 0, "maxConnections": %d }
                    }
                    """.formatted(max)));
            EventStream stream =
                    EventStream.open(vertx, "events", StreamOptions.DEFAULT).await();
            ClientBounds bounds = ClientBounds.of(config);
            List<HttpVerticle> verticles = new CopyOnWriteArrayList<>();
            vertx.deployVerticle(
                            () -> {
                                HttpVerticle verticle = new HttpVerticle(
                                        config,
                                        NodeStreams.of(List.of(stream), List.of()),
                                        -4711,
                                        bounds,
                                        Optional.empty(),
                                        new AccessRules(Optional.empty(), config, bounds.bodies()),
                                        new Serving());
                                verticles.add(verticle);
                                return verticle;
                            },
                            new DeploymentOptions().setInstances(INSTANCES))
                    .await();
            return new Node(verticles.get(0).port(), bounds.connections());
        }

        /** Connects, and sends nothing. */
        Socket connect() throws IOException {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(20_000);
            return socket;
        }

        void awaitOpen(int count) throws Exception {
            Await.await(count + " connections", () -> limits.open() == count);
        }
    }

    @Test
    void oneConnectionMoreIsClosedAtOnceAndTheOthersGoOn(Vertx vertx) throws Exception {
        try (CapturedOutput log = new CapturedOutput()) {
            Node node = Node.serve(vertx, 3);
            try (RawClient patient = RawClient.get(node.port, "/events");
                    Socket silent = node.connect();
                    Socket alsoSilent = node.connect()) {
                patient.head();
                node.awaitOpen(3);
                for (int i = 0; i < 20; i++) {
                    try (Socket refused = node.connect()) {
                        assertEquals(-1, refused.getInputStream().read());
                    }
                }
                assertEquals(3, node.limits.open());
                assertEquals(20, node.limits.refused());
                assertTrue(patient.blocks(1).startsWith("id: "), "the subscriber is untouched");
                assertTrue(silent.isConnected() && alsoSilent.isConnected());
            }
            node.awaitOpen(0);
            assertEquals(1, log.text().lines().count(), log.text());
            log.await("WARN .* 3 connections, the limit: closing more at once");
        }
    }

    @Test
    void thereIsRoomAgainWhenOneLeaves(Vertx vertx) throws Exception {
        Node node = Node.serve(vertx, 1);
        for (int i = 0; i < 10; i++) {
            try (RawClient client = RawClient.get(node.port, "/health/live")) {
                assertTrue(client.head().startsWith("HTTP/1.1 200"));
            }
            node.awaitOpen(0);
        }
        assertEquals(0, node.limits.refused());
    }

    @Test
    void aCrowdOverTheLimitIsRefusedAndCountedAndLeavesNothing(Vertx vertx) throws Exception {
        Node node = Node.serve(vertx, 100);
        List<Socket> crowd = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            crowd.add(node.connect());
        }
        Await.await("400 refusals", () -> node.limits.refused() == 400);
        assertEquals(100, node.limits.open());
        for (Socket socket : crowd) {
            socket.close();
        }
        node.awaitOpen(0);
        assertEquals(400, node.limits.refused());
    }

    @Test
    void zeroIsNoLimit() {
        ConnectionLimits limits = ConnectionLimits.of(0);
        for (int i = 0; i < 1000; i++) {
            assertTrue(limits.enter());
        }
        assertEquals(1000, limits.open());
    }

    @Test
    void thereAreNeverMoreConnectionsThanFiles() {
        assertEquals(120_000, OpenFiles.connections(120_000, 1_000_000));
        assertEquals(19_744, OpenFiles.connections(120_000, 20_000));
        assertEquals(19_744, OpenFiles.connections(0, 20_000));
        assertEquals(100, OpenFiles.connections(120_000, 200), "half of few");
        assertEquals(Integer.MAX_VALUE, OpenFiles.connections(0, Long.MAX_VALUE));
    }
}
