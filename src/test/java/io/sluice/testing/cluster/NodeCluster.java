package io.sluice.testing.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.FileSystemXmlConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.sluice.testing.Await;
import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.NodeProcess;
import io.vertx.core.Vertx;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Nodes of a cluster as processes, and a plain Vert.x application in this one that is in the cluster too: it holds no data,
 * knows nothing of Sluice, and sees which member has which data.
 */
public final class NodeCluster implements Nodes, AutoCloseable {

    public static final long TICK_MILLIS = 250;

    private static final String RING = "sluice.events";

    private static final int USUAL_SIZE = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(25);
    private static final int SIGTERM = 128 + 15;
    private static final Pattern DEATH =
            Pattern.compile("its log fails, and requests with it: .*the node that wrote the log");
    private static final String CONFIGURATION = """
            {
              "http": { "host": "127.0.0.1", "port": 0, "drain": "200ms" },
              "streams": { "events": { "addresses": ["ticks", "plain"], "lifetime": "4s", "history": { "events": 100000 } } },
              "producers": [ { "verticle": "io.sluice.node.TickProducer", "singleton": true,
                               "config": { "address": "ticks", "period": "%dms" } } ],
              "publish": { "enabled": true, "anonymous": true }
            }
            """.formatted(TICK_MILLIS);

    private final int size;
    private final List<String> options;
    private final String configuration;
    // The nodes that live.
    private final List<NodeProcess> nodes = new CopyOnWriteArrayList<>();
    private final List<NodeProcess> all = new ArrayList<>();
    private final Vertx application;
    private final HazelcastInstance hazelcast;
    // What a node may say without being in trouble.
    private volatile Pattern expected = DEATH;

    private NodeCluster(
            List<String> options, String configuration, List<NodeProcess> nodes, HazelcastClusterManager manager) {
        this.size = nodes.size();
        this.options = options;
        this.configuration = configuration;
        this.nodes.addAll(nodes);
        this.all.addAll(nodes);
        this.application =
                Vertx.builder().withClusterManager(manager).buildClustered().await();
        this.hazelcast = manager.getHazelcastInstance();
    }

    /** Starts three nodes, each with some more options of the JVM. */
    public static NodeCluster start(Path directory, String... more) throws Exception {
        return startAll(directory, CONFIGURATION, more);
    }

    /** Starts three nodes that have other streams and templates too: members of {@code streams}. */
    public static NodeCluster startWith(Path directory, String streams) throws Exception {
        return startAll(directory, CONFIGURATION.replace("\"streams\": {", "\"streams\": { " + streams + ","));
    }

    private static NodeCluster startAll(Path directory, String text, String... more) throws Exception {
        Path file = HazelcastFile.write(directory, FreePorts.inARow(10));
        List<String> options = new ArrayList<>(List.of("-Xmx256m", "-Dvertx.hazelcast.config=" + file));
        options.addAll(List.of(more));
        String configuration =
                Files.writeString(directory.resolve("node.json"), text).toString();
        List<NodeProcess> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < USUAL_SIZE; i++) {
                nodes.add(NodeProcess.start(Path.of(""), options, "-cluster", "-conf", configuration));
            }
            for (NodeProcess node : nodes) {
                node.awaitStart();
            }
            NodeCluster cluster = new NodeCluster(options, configuration, nodes, member(file));
            cluster.awaitSafe();
            return cluster;
        } catch (Exception | AssertionError e) {
            nodes.forEach(NodeProcess::kill);
            throw e;
        }
    }

    /** How a plain application joins; its part of the data is none, so that each copy is at a node. */
    private static HazelcastClusterManager member(Path file) throws IOException {
        Config config = new FileSystemXmlConfig(file.toString()).setLiteMember(true);
        return new HazelcastClusterManager(config.setProperty("hazelcast.logging.type", "none"));
    }

    // ---- the nodes

    @Override
    public List<NodeProcess> nodes() {
        return List.copyOf(nodes);
    }

    /** The plain application. */
    public Vertx application() {
        return application;
    }

    /** The node that holds the ring; another one has its backup. */
    public NodeProcess ringOwner() throws InterruptedException {
        return node(hazelcast.getPartitionService().getPartition(RING).getOwner());
    }

    /** The node that writes the ring. */
    public NodeProcess sequencer() throws InterruptedException {
        return sequencer("events");
    }

    /** The node that writes the ring of a stream, or of a shard. */
    public NodeProcess sequencer(String stream) throws InterruptedException {
        IMap<String, String> leases = hazelcast.getMap("sluice.leases");
        String lease = String.valueOf(leases.get("stream/" + stream));
        Optional<Member> owner = hazelcast.getCluster().getMembers().stream()
                .filter(member -> lease.startsWith(member.getUuid().toString()))
                .findFirst();
        return node(owner.orElseThrow());
    }

    private NodeProcess node(@Nullable Member member) throws InterruptedException {
        if (member == null) {
            return fail("nobody holds it");
        }
        String name = member.getAddress().getHost() + ":" + member.getAddress().getPort();
        for (NodeProcess node : nodes) {
            if (node.awaitLine("clustered as (\\S+) in").group(1).equals(name)) {
                return node;
            }
        }
        return fail("no node is " + name);
    }

    // ---- nodes come and go

    /** Starts another node, and waits for its start line. */
    public NodeProcess join() throws Exception {
        NodeProcess node = NodeProcess.start(Path.of(""), options, "-cluster", "-conf", configuration);
        all.add(node);
        node.awaitStart();
        nodes.add(node);
        return node;
    }

    /** As many as there were at first, all at peace. */
    public void complete() throws Exception {
        while (nodes.size() < size) {
            join();
        }
        awaitSafe();
    }

    @Override
    public void kill(NodeProcess node) throws InterruptedException {
        node.kill();
        nodes.remove(node);
        assertQuiet(node);
    }

    /** SIGTERM; waits for its end. */
    public void stop(NodeProcess node) throws InterruptedException {
        node.terminate();
        nodes.remove(node);
        assertEquals(SIGTERM, node.awaitExit(END));
        assertQuiet(node);
    }

    /** SIGTERM to all at once; has the time that it took, in milliseconds. */
    public long stopAll() throws InterruptedException {
        long began = System.nanoTime();
        List<NodeProcess> living = nodes();
        living.forEach(NodeProcess::terminate);
        nodes.clear();
        for (NodeProcess node : living) {
            assertEquals(SIGTERM, node.awaitExit(END));
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        for (NodeProcess node : living) {
            assertQuiet(node);
        }
        return millis;
    }

    /** Waits until the next one may die: each node knows the others, and all data have a backup. */
    public void awaitSafe() throws Exception {
        Await.await(
                "the members of the cluster",
                PATIENCE,
                () -> hazelcast.getCluster().getMembers().size() == nodes.size() + 1);
        Await.await("a backup of all data", PATIENCE, () -> hazelcast
                .getPartitionService()
                .isClusterSafe());
    }

    /** Lets nodes say more than one line about the requests that were under way when the leader died. */
    public void expect(String pattern) {
        expected = Pattern.compile(DEATH + "|" + pattern);
    }

    @Override
    public void assertQuiet() {
        nodes.forEach(this::assertQuiet);
    }

    private void assertQuiet(NodeProcess node) {
        node.assertQuietBut(expected);
    }

    @Override
    public void close() {
        application.close().await();
        // All end at once, not one after the other.
        all.forEach(NodeProcess::terminate);
        all.forEach(NodeProcess::close);
    }
}
