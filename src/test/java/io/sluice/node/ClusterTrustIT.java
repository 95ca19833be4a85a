package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.TestCertificate;
import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes on one machine that are, or are not, of one cluster: by its name, its secret, its certificates and its streams. */
@Timeout(120)
class ClusterTrustIT {

    private static final Duration START = Duration.ofSeconds(60);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String EVENTS = "\"events\": {}";
    private static final String SECRET = "a secret that is known to the nodes of one cluster only";
    private static final Pattern STRANGERS = Pattern.compile("WARN  SecretHandshake - ");

    private static final Map<String, String> TOGETHER = Map.of("SLUICE_MEMBERS", members(), "THE_SECRET", SECRET);
    private static final Map<String, String> APART = Map.of("SLUICE_MEMBERS", members());

    private static final List<NodeProcess> ALL = new ArrayList<>();

    // Set before all tests: two nodes with the secret, two with certificates, and one that comes to the first two
    // without either.
    @SuppressWarnings("NullAway")
    private static NodeProcess first;

    @SuppressWarnings("NullAway")
    private static NodeProcess second;

    @SuppressWarnings("NullAway")
    private static NodeProcess third;

    @SuppressWarnings("NullAway")
    private static NodeProcess fourth;

    @SuppressWarnings("NullAway")
    private static NodeProcess open;

    @BeforeAll
    static void startAll(@TempDir Path directory) throws Exception {
        TestCertificate own = TestCertificate.in(directory);
        String certificates = """
                "name": "certified", "tls": { "certificate": "%1$s", "key": "%2$s", "ca": "%1$s" }
                """.formatted(own.certificate(), own.key());
        first = start(TOGETHER, "\"secret\": \"env:THE_SECRET\"", EVENTS).awaitStart();
        // One after the other: on a busy machine the first one answers too late for what Vert.x writes as the second
        // one joins.
        second = start(TOGETHER, "\"secret\": \"env:THE_SECRET\"", EVENTS).awaitStart();
        open = start(TOGETHER, "\"name\": \"sluice\"", EVENTS);
        third = start(APART, certificates, EVENTS).awaitStart();
        fourth = start(APART, certificates, EVENTS);
    }

    @AfterAll
    static void endAll() {
        ALL.forEach(NodeProcess::terminate);
        ALL.forEach(NodeProcess::close);
    }

    private static String members() {
        int port = FreePorts.inARow(8);
        return IntStream.range(port, port + 8)
                .mapToObj(each -> "127.0.0.1:" + each)
                .collect(Collectors.joining(","));
    }

    @Test
    void nodesWithTheSecretServeOneStream() throws Exception {
        second.awaitLine("in \"sluice\" with 1 other, streams");
        assertOneStream(first, second);
        second.assertQuietBut(STRANGERS);
    }

    @Test
    void nodesWithCertificatesServeOneStream() throws Exception {
        fourth.awaitLine("in \"certified\" with 1 other, streams");
        assertOneStream(third, fourth);
        fourth.assertQuiet();
    }

    @Test
    void aNodeWithoutTheSecretServesAloneAndTheOthersSaySo() throws Exception {
        first.awaitLine(
                "WARN .* a connection from 127.0.0.1 to the cluster's port was closed: it came without cluster.secret");
        open.awaitLine("in \"sluice\" with 0 others, streams");
        publish(open, "alone");
        first.assertQuietBut(STRANGERS);
        open.assertQuiet();
    }

    @Test
    void aNodeWithAnotherSecretOrOtherStreamsDoesNotStart() throws Exception {
        NodeProcess otherSecret =
                start(TOGETHER, "\"secret\": \"a secret that is known to nobody else in the world\"", EVENTS);
        NodeProcess otherStreams = start(TOGETHER, "\"secret\": \"env:THE_SECRET\"", "\"prices\": {}, \"chat/*\": {}");
        assertRefused(
                "sluice: -conf: cluster\\.secret: another one than at 127\\.0\\.0\\.1:\\d+: expected the same at all nodes of"
                        + " \"sluice\", or another cluster\\.name",
                otherSecret);
        assertRefused(
                "sluice: -conf: streams: only this node has \"chat/\\*\", \"prices\", only the cluster has \"events\":"
                        + " expected the same streams, or another cluster\\.name",
                otherStreams);
        first.awaitLine("WARN .* a node at 127.0.0.1 that wants to join \"sluice\" has another cluster.secret");
    }

    @Test
    void aClusterOfAnotherNameIsNoneOfTheirBusiness() throws Exception {
        NodeProcess other = start(
                TOGETHER,
                "\"name\": \"other\", \"secret\": \"a secret that is known to the others only\"",
                "\"prices\": {}");
        other.awaitLine("in \"other\" with 0 others, streams: /prices");
        other.terminate();
        other.awaitExit(START);
    }

    private static void assertOneStream(NodeProcess one, NodeProcess other) throws Exception {
        publish(one, "from one");
        publish(other, "from the other");
        for (NodeProcess node : List.of(one, other)) {
            try (Subscriber subscriber = Subscriber.open(node.url() + "/events?replay=all")) {
                assertEquals("from one", data(subscriber));
                assertEquals("from the other", data(subscriber));
            }
        }
    }

    private static @Nullable String data(Subscriber subscriber) throws IOException {
        @Nullable SseBlock block = subscriber.next();
        return block == null ? null : block.data();
    }

    private static void publish(NodeProcess node, String text) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(node.url() + "/events"))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(text))
                .build();
        assertEquals(201, CLIENT.send(request, BodyHandlers.ofString()).statusCode());
    }

    private static void assertRefused(String line, NodeProcess node) throws InterruptedException {
        assertEquals(1, node.awaitExit(START));
        assertEquals(1, node.err().size(), node.err().toString());
        assertTrue(node.err().get(0).matches(line), node.err().get(0));
    }

    private static NodeProcess start(Map<String, String> environment, String cluster, String streams)
            throws IOException {
        String configuration = """
                { "http": { "host": "127.0.0.1", "port": 0 }, "streams": { %s }, "cluster": { %s },
                  "publish": { "enabled": true, "anonymous": true } }
                """.formatted(streams, cluster);
        NodeProcess node =
                NodeProcess.start(Path.of(""), List.of("-Xmx256m"), environment, "-cluster", "-conf", configuration);
        ALL.add(node);
        return node;
    }
}
