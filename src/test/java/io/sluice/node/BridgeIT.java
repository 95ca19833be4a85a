package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Skipped;
import io.sluice.testing.client.BridgeSocket;
import io.sluice.testing.client.ProcessClient;
import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.PrintingProcess;
import io.sluice.testing.process.Programs;
import io.vertx.core.json.JsonObject;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The TCP bridge of the real jar, with a client of Vert.x' own for Node.js, and Python's standard library. */
@Timeout(180)
// JUnit's beforeAll.
@SuppressWarnings("NullAway.Init")
class BridgeIT {

    private static final Path PROGRAMS = Path.of("target", "clients");
    private static final int SIGTERM = 128 + 15;

    private static NodeProcess node;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        ProcessClient.install();
        node = NodeProcess.start("run", "io.sluice.node.NodeVerticle", "-conf", configuration(0), "-instances", "2");
        port = bridgePort(node);
    }

    private static String configuration(int port) {
        return """
                {
                  "http": { "host": "127.0.0.1", "port": 0 },
                  "streams": { "events": { "addresses": ["ticks"], "lifetime": "0s" } },
                  "bridge": { "tcp": { "port": %d, "inbound": ["ticks", "sluice.events", "ears"], "outbound": ["ears"] } }
                }
                """.formatted(port);
    }

    private static int bridgePort(NodeProcess node) throws InterruptedException {
        return Integer.parseInt(
                node.awaitLine("; TCP bridge on 127\\.0\\.0\\.1:(\\d+)$").group(1));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    // ---- clients

    @ParameterizedTest
    @CsvSource({"node, node, npm, bridge.js", "python, python3, python3, python/bridge.py"})
    void aClientPublishesAsksListensAndIsRefused(String name, String program, String installer, String file)
            throws Exception {
        assumeHere(program);
        assumeHere(installer);
        if (installer.equals("npm")) {
            ProcessClient.installPackages();
        }
        try (Subscriber subscriber = Subscriber.open(node.url() + "/events?replay=none");
                PrintingProcess client = PrintingProcess.start(
                        List.of(program, PROGRAMS.resolve(file).toString(), String.valueOf(port)))) {
            Objects.requireNonNull(subscriber.next(), "the position");
            SseBlock published = event(subscriber);
            SseBlock asked = event(subscriber);
            assertEquals("{\"from\":\"" + name + "\"}", published.data());
            assertEquals("{\"asked\":\"" + name + "\"}", asked.data());
            assertEquals(
                    List.of(
                            "{\"id\":\"" + asked.id() + "\"}",
                            "{\"code\":400}",
                            "{\"heard\":\"to myself\"}",
                            "{\"error\":\"access_denied\"}"),
                    client.await(4));
        }
    }

    /** The next block that is no heartbeat: a client's program may take its time to start. */
    private static SseBlock event(Subscriber subscriber) throws IOException {
        SseBlock block = Objects.requireNonNull(subscriber.next(), "an event");
        while (block.data() == null) {
            block = Objects.requireNonNull(subscriber.next(), "an event");
        }
        return block;
    }

    private static void assumeHere(String program) {
        if (Programs.find(program).isEmpty()) {
            throw Skipped.because("the bridge's client", "no " + program + " on the PATH");
        }
    }

    // ---- the node

    @Test
    void aPortThatIsTakenStopsTheStart() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                NodeProcess second = NodeProcess.start("-conf", configuration(taken.getLocalPort()))) {
            assertTrue(second.awaitExit(Duration.ofSeconds(60)) > 0);
            assertEquals(
                    List.of("sluice: -conf: the TCP bridge cannot listen on 127.0.0.1:" + taken.getLocalPort()
                            + ": Address already in use"),
                    second.err());
        }
    }

    @Test
    void aNodeThatStopsClosesItsBridge() throws Exception {
        try (NodeProcess second = NodeProcess.start("-conf", configuration(0));
                BridgeSocket client = new BridgeSocket(bridgePort(second))) {
            client.say("{\"type\":\"ping\"}");
            assertEquals(JsonObject.of("type", "pong"), client.hear());
            second.terminate();
            assertThrows(EOFException.class, client::hear);
            assertEquals(SIGTERM, second.awaitExit(Duration.ofSeconds(10)));
        }
    }

    @Test
    void aSmallNodeOutlivesAFrameThatIsLargerThanItsMemory() throws Exception {
        List<String> memory = List.of("-Xmx64m", "-XX:MaxDirectMemorySize=64m");
        try (NodeProcess small = NodeProcess.start(Path.of(""), memory, "-conf", configuration(0));
                BridgeSocket client = new BridgeSocket(bridgePort(small))) {
            // This frame claims 256 MB.
            client.write(new byte[] {0x10, 0, 0, 0});
            byte[] megabyte = new byte[1 << 20];
            for (int i = 0; i < 256; i++) {
                client.write(megabyte);
            }
            client.say("{\"type\":\"ping\"}");
            assertEquals(
                    "a frame of 268435456 bytes: expected at most 256kB",
                    client.hear().getString("message"));
            assertEquals(JsonObject.of("type", "pong"), client.hear());
        }
    }
}
