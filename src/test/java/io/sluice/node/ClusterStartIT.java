package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.cluster.HazelcastFile;
import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.PlainApplication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nodes of a cluster as a user starts them: how they find each other, what they say of it, and how they end. */
@Timeout(180)
class ClusterStartIT {

    private static final Duration START = Duration.ofSeconds(60);
    // The time that a member has to hand over its data.
    private static final Duration END = Duration.ofSeconds(20);
    private static final int SIGTERM = 128 + 15;
    private static final Path HERE = Path.of("");
    private static final Pattern WARNING = Pattern.compile("WARN");

    private static final String NODE = """
            { "http": { "host": "127.0.0.1", "port": 0 }, "streams": { "events": { "addresses": ["plain"] } } }
            """;

    @TempDir
    // JUnit sets it.
    @SuppressWarnings("NullAway")
    private Path directory;

    // ---- members find each other

    @Test
    @Tag("alone")
    void threeInThreeTerminalsFindEachOtherAndEndTogether() throws Exception {
        assumeFree(8080, 3);
        assumeFree(5701, 10);
        try (NodeProcess first = NodeProcess.startIn(directory, "-cluster");
                NodeProcess second = NodeProcess.startIn(directory, "-cluster");
                NodeProcess third = NodeProcess.startIn(directory, "-cluster")) {
            List<NodeProcess> nodes = List.of(first, second, third);
            assertEquals(Set.of(8080, 8081, 8082), ports(nodes));
            for (NodeProcess node : nodes) {
                node.awaitLine("with 2 others, streams|Member joined: .*, 3 members now");
            }
            assertEquals(Set.of("127.0.0.1:5701", "127.0.0.1:5702", "127.0.0.1:5703"), names(nodes));

            nodes.forEach(NodeProcess::terminate);
            for (NodeProcess node : nodes) {
                assertEquals(SIGTERM, node.awaitExit(END));
                assertEquals(List.of(), node.err());
                // Errors may be: Vert.x 5.0.10 logs one when a publish finds two nodes not yet connected (vert.x#6211).
                assertEquals(
                        List.of(),
                        node.out().stream().filter(WARNING.asPredicate()).toList());
            }
        }
    }

    @Test
    void aNodeThatDiesAndOneThatComesAreOneLineEach() throws Exception {
        int port = FreePorts.inARow(3);
        Map<String, String> environment = Map.of("SLUICE_MEMBERS", named(port) + "," + named(port + 1));
        try (NodeProcess stays = start(environment).awaitStart();
                NodeProcess dies = start(environment).awaitStart()) {
            stays.awaitLine("Member joined: " + named(port + 1) + ", 2 members now");
            dies.awaitLine("clustered as " + named(port + 1) + " in \"sluice\" with 1 other, streams");

            dies.kill();
            stays.awaitLine("Member left: " + named(port + 1) + ", 1 member now");
            try (NodeProcess comes = start(environment).awaitStart()) {
                comes.awaitLine("clustered as " + named(port + 1) + " in \"sluice\" with 1 other, streams");
                comes.terminate();
                assertEquals(SIGTERM, comes.awaitExit(END));
                comes.assertQuiet();
            }
            stays.awaitLine("Member left: " + named(port + 1) + ", 1 member now", 2);
            stays.terminate();
            assertEquals(SIGTERM, stays.awaitExit(END));
            assertEquals(
                    List.of("joined 2", "left 1", "joined 2", "left 1"),
                    stays.out().stream()
                            .map(Pattern.compile(".*Member (\\w+): .*, (\\d) members? now")::matcher)
                            .filter(matcher -> matcher.matches())
                            .map(matcher -> matcher.group(1) + " " + matcher.group(2))
                            .toList());
            stays.assertQuiet();
        }
    }

    @Test
    void aPlainApplicationJoinsAndIsHeard() throws Exception {
        List<String> option =
                List.of("-Dvertx.hazelcast.config=" + HazelcastFile.write(directory, FreePorts.inARow(10)));
        try (NodeProcess node = NodeProcess.start(HERE, option, "-cluster", "-conf", shippedForCluster())) {
            node.awaitStart();
            Process application = plainApplication(option.get(0), "ticks");
            try {
                node.awaitLine("Member joined: .*, 2 members now");
                // Only now: a subscription to the shipped stream ends after 10 s.
                try (Subscriber subscriber = Subscriber.open(node.url() + "/events?topic=ticks&replay=none")) {
                    assertTrue(data(subscriber).anyMatch("{\"from\":\"a plain application\"}"::equals));
                }
            } finally {
                application.toHandle().destroy();
                assertTrue(application.waitFor(END.toSeconds(), TimeUnit.SECONDS));
            }
            node.awaitLine("Member left: .*, 1 member now");
            node.assertQuiet();
        }
    }

    // ---- what keeps a node from joining

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            a|b              => expected host,host or host:port,host:port, an IPv6 address in brackets if it has a port
            127.0.0.1:70000  => expected host,host or host:port,host:port, an IPv6 address in brackets if it has a port
            no.such.invalid  => expected at least one host with an address
            """)
    void membersThatCannotBeOnesAreOneLine(String members, String expected) throws Exception {
        assertRefused(
                "sluice: SLUICE_MEMBERS: \"" + members + "\": " + expected, start(Map.of("SLUICE_MEMBERS", members)));
    }

    @Test
    void aMissingFileIsOneLine() throws Exception {
        assertRefused("sluice: -Dvertx.hazelcast.config: \"no/such.xml\": expected a file", start("no/such.xml"));
    }

    @Test
    void aBrokenFileIsOneLine() throws Exception {
        Path broken = Files.writeString(directory.resolve("broken.xml"), "<hazelcast><network></hazelcast>");
        assertRefused(
                "sluice: -Dvertx.hazelcast.config: \"" + broken
                        + "\": expected a configuration of Hazelcast: The element "
                        + "type \"network\" must be terminated by the matching end-tag \"</network>\".",
                start(broken.toString()));
    }

    @Test
    void noPortLeftIsOneLine() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();
            assertRefused(
                    "sluice: cannot join a cluster: Cannot bind to a given address: /127.0.0.1. Hazelcast cannot start. "
                            + "Config-port: " + port + ", latest-port: " + port,
                    start(Map.of("SLUICE_MEMBERS", named(port))));
        }
    }

    @Test
    void aHostOfAnotherMachineIsOneLine() throws Exception {
        Map<String, String> environment = Map.of("SLUICE_MEMBERS", named(FreePorts.inARow(1)));
        try (NodeProcess node = NodeProcess.start(
                HERE, List.of(), environment, "-cluster", "-cluster-host", "192.0.2.254", "-conf", NODE)) {
            assertNotEquals(0, node.awaitExit(START));
            assertEquals(1, node.err().size(), node.err().toString());
            assertTrue(node.err().get(0).startsWith("sluice: cannot join a cluster with -cluster-host 192.0.2.254: "));
            assertEquals(List.of(), node.out());
        }
    }

    // ---- helpers

    private static NodeProcess start(Map<String, String> environment) throws IOException {
        return NodeProcess.start(HERE, List.of(), environment, "-cluster", "-conf", NODE);
    }

    private static NodeProcess start(String hazelcast) throws IOException {
        return NodeProcess.start(HERE, List.of("-Dvertx.hazelcast.config=" + hazelcast), "-cluster", "-conf", NODE);
    }

    private static String named(int port) {
        return "127.0.0.1:" + port;
    }

    /** The shipped configuration, at any port, and without producers of its own. */
    private String shippedForCluster() throws IOException {
        String shipped = Files.readString(Path.of("conf", "cluster.json"));
        return Files.writeString(directory.resolve("cluster.json"), shipped.replace("8080", "0"))
                .toString();
    }

    private static Process plainApplication(String option, String address) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new ProcessBuilder(
                        java.toString(),
                        option,
                        "-cp",
                        System.getProperty("java.class.path"),
                        PlainApplication.class.getName(),
                        address)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static Stream<String> data(Subscriber subscriber) {
        return Stream.generate(() -> next(subscriber)).map(block -> String.valueOf(block.data()));
    }

    private static SseBlock next(Subscriber subscriber) {
        try {
            @Nullable SseBlock block = subscriber.next();
            if (block == null) {
                throw new AssertionError("the stream has ended");
            }
            return block;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Set<Integer> ports(List<NodeProcess> nodes) throws InterruptedException {
        List<Integer> ports = new ArrayList<>();
        for (NodeProcess node : nodes) {
            ports.add(node.port());
        }
        return Set.copyOf(ports);
    }

    private static Set<String> names(List<NodeProcess> nodes) throws InterruptedException {
        List<String> names = new ArrayList<>();
        for (NodeProcess node : nodes) {
            names.add(node.awaitLine("clustered as (\\S+) in").group(1));
        }
        return Set.copyOf(names);
    }

    private static void assertRefused(String line, NodeProcess started) throws InterruptedException {
        try (NodeProcess node = started) {
            assertNotEquals(0, node.awaitExit(START));
            assertEquals(List.of(line), node.err());
            assertEquals(List.of(), node.out());
        }
    }

    private static void assumeFree(int first, int count) {
        assumeTrue(
                FreePorts.areFree(first, count),
                "something else listens on a port from " + first + " on, the shipped ones");
    }
}
