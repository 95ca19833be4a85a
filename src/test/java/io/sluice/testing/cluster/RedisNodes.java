package io.sluice.testing.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/** Nodes as processes that know nothing of each other, and have one Redis. */
public final class RedisNodes implements Nodes, AutoCloseable {

    private static final Duration END = Duration.ofSeconds(25);
    private static final int SIGTERM = 128 + 15;
    private static final Pattern AWAY = Pattern.compile(
            "Redis at [0-9.:]+ is away|dropping messages published to ticks: Redis at|its log fails, and requests with it: .*Redis at");
    private static final String CONFIGURATION = """
            {
              "http": { "host": "127.0.0.1", "port": 0, "drain": "200ms" },
              "streams": { "events": { "addresses": ["ticks"], "lifetime": "4s", "log": "redis",
                                       "history": { "events": %d } },
                           "chat/*": { "lifetime": "4s", "log": "redis", "replay": "all" } },
              "producers": [ { "verticle": "io.sluice.node.TickProducer", "singleton": true,
                               "config": { "address": "ticks", "period": "%dms" } } ],
              "publish": { "enabled": true, "anonymous": true },
              "redis": { "uri": "%s" }
            }
            """;

    private final String configuration;
    // The nodes that live.
    private final List<NodeProcess> nodes = new CopyOnWriteArrayList<>();
    private final List<NodeProcess> all = new ArrayList<>();

    private RedisNodes(String configuration) {
        this.configuration = configuration;
    }

    /** Two nodes, once both serve. */
    public static RedisNodes start(Path directory, RedisServer redis) throws Exception {
        String text = configuration(redis.uri(), 100_000);
        RedisNodes fleet = new RedisNodes(
                Files.writeString(directory.resolve("node.json"), text).toString());
        try {
            fleet.join();
            fleet.join();
            return fleet;
        } catch (Exception | AssertionError e) {
            fleet.close();
            throw e;
        }
    }

    public static String configuration(String uri, int events) {
        return CONFIGURATION.formatted(events, NodeCluster.TICK_MILLIS, uri);
    }

    /** Starts another node, and waits for its start line. */
    public NodeProcess join() throws Exception {
        NodeProcess node = NodeProcess.start(Path.of(""), List.of("-Xmx256m"), "-conf", configuration);
        all.add(node);
        node.awaitStart();
        nodes.add(node);
        return node;
    }

    @Override
    public List<NodeProcess> nodes() {
        return List.copyOf(nodes);
    }

    /** The node at which the singleton runs. */
    public NodeProcess ticking() {
        return nodes.stream()
                .filter(node -> node.out().stream().anyMatch(line -> line.contains("runs at this node now")))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void kill(NodeProcess node) throws InterruptedException {
        node.kill();
        nodes.remove(node);
        assertQuiet(node);
    }

    /** SIGTERM to all; waits for their end. */
    public void stopAll() throws InterruptedException {
        List<NodeProcess> living = nodes();
        living.forEach(NodeProcess::terminate);
        nodes.clear();
        for (NodeProcess node : living) {
            assertEquals(SIGTERM, node.awaitExit(END));
            assertQuiet(node);
        }
    }

    @Override
    public void assertQuiet() {
        nodes.forEach(RedisNodes::assertQuiet);
    }

    /** But for a line when Redis goes, and one for those whose messages and requests went with it. */
    private static void assertQuiet(NodeProcess node) {
        node.assertQuietBut(AWAY);
    }

    @Override
    public void close() {
        // All end at once, not one after the other.
        all.forEach(NodeProcess::terminate);
        all.forEach(NodeProcess::close);
    }
}
