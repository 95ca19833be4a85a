package io.sluice.testing.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.testing.Await;
import io.sluice.testing.network.Network;
import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.NodeProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Three nodes on three hosts. The hosts can be cut from each other, while this one reaches each of them. */
public final class SplitCluster implements AutoCloseable {

    private static final int SIZE = 3;
    private static final int MANAGEMENT_PORT = FreePorts.inARow(1);
    private static final String MANAGEMENT = "service:jmx:rmi:///jndi/rmi://%s:" + MANAGEMENT_PORT + "/jmxrmi";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Pattern ROLE =
            Pattern.compile("stream events: (this node takes in|this node follows|another node|a new term begins)");

    private static final String CONFIGURATION = """
            {
              "http": { "host": "%s", "port": 0 },
              "streams": { "events": { "lifetime": "2s", "retry": "600ms", "history": { "events": 100000 } } },
              "publish": { "enabled": true, "anonymous": true }
            }
            """;

    /** A node, and the host that it runs on. */
    public record Member(Network.Host host, NodeProcess process) {

        @Override
        public String toString() {
            return "node " + host.number();
        }

        private boolean takesEventsIn() {
            List<Matcher> roles = process.out().stream()
                    .map(ROLE::matcher)
                    .filter(Matcher::find)
                    .toList();
            return !roles.isEmpty() && roles.get(roles.size() - 1).group(1).endsWith("takes in");
        }

        /** Whether Hazelcast has that many members there, and a copy of all. */
        // The test itself started the server that answers.
        @SuppressWarnings("BanJNDI")
        private boolean isSafeWith(int count) {
            try (JMXConnector there =
                    JMXConnectorFactory.connect(new JMXServiceURL(MANAGEMENT.formatted(host.outside())))) {
                return Integer.valueOf(count).equals(read(there, "HazelcastInstance", "memberCount"))
                        && Boolean.TRUE.equals(read(there, "HazelcastInstance.PartitionServiceMBean", "isClusterSafe"));
            } catch (IOException | JMException e) {
                throw new IllegalStateException(this + " does not say who is there", e);
            }
        }

        private static Object read(JMXConnector there, String type, String attribute) throws IOException, JMException {
            MBeanServerConnection beans = there.getMBeanServerConnection();
            ObjectName name = beans.queryNames(new ObjectName("com.hazelcast:type=" + type + ",*"), null)
                    .iterator()
                    .next();
            return beans.getAttribute(name, attribute);
        }
    }

    private final Network network;
    private final List<Member> members;

    private SplitCluster(Network network, List<Member> members) {
        this.network = network;
        this.members = List.copyOf(members);
    }

    public static SplitCluster start(Path directory) throws Exception {
        Network network = Network.of(SIZE, directory);
        List<Member> members = new ArrayList<>();
        try {
            Path logback = Files.writeString(directory.resolve("logback.xml"), logback());
            for (Network.Host host : network.hosts()) {
                members.add(new Member(host, start(host, logback)));
            }
            SplitCluster cluster = new SplitCluster(network, members);
            for (Member member : members) {
                member.process().awaitStart();
            }
            cluster.awaitWhole();
            return cluster;
        } catch (Exception | AssertionError e) {
            members.forEach(member -> member.process().kill());
            network.close();
            throw e;
        }
    }

    private static NodeProcess start(Network.Host host, Path logback) throws IOException {
        List<String> options = new ArrayList<>(List.of("-Xmx256m", "-Dlogback.configurationFile=" + logback));
        options.addAll(List.of(
                "-Dhazelcast.jmx=true",
                "-Djava.rmi.server.hostname=" + host.outside(),
                "-Dcom.sun.management.jmxremote.host=" + host.outside(),
                "-Dcom.sun.management.jmxremote.port=" + MANAGEMENT_PORT,
                "-Dcom.sun.management.jmxremote.rmi.port=" + MANAGEMENT_PORT,
                "-Dcom.sun.management.jmxremote.authenticate=false",
                "-Dcom.sun.management.jmxremote.ssl=false"));
        return host.start(options, "-cluster", "-conf", CONFIGURATION.formatted(host.outside()));
    }

    /** The node's own, with more about the cluster. */
    private static String logback() throws IOException {
        try (InputStream in = SplitCluster.class.getResourceAsStream("/io/sluice/node/logback.xml")) {
            String shipped = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            return shipped.replace("<root ", """
                    <logger name="io.sluice.hazelcast" level="DEBUG"/>
                    <logger name="com.hazelcast.internal.cluster" level="INFO"/>
                    <root\s""");
        }
    }

    public List<Member> members() {
        return members;
    }

    public List<Member> without(Member member) {
        return members.stream().filter(other -> !other.equals(member)).toList();
    }

    /** The node that writes the log. */
    public Member sequencer() {
        List<Member> found = members.stream().filter(Member::takesEventsIn).toList();
        assertEquals(1, found.size(), () -> "one node takes events in: " + found);
        return found.get(0);
    }

    // ---- cables

    public void cut(List<List<Member>> groups) {
        network.cut(groups.stream()
                .map(group -> group.stream().map(Member::host).toList())
                .toList());
    }

    public void heal() {
        network.heal();
    }

    /** Waits until each node has the others, and all data have a backup. */
    public void awaitWhole() throws Exception {
        for (Member member : members) {
            Await.await(member + " has all the others", PATIENCE, () -> member.isSafeWith(SIZE));
        }
    }

    // ---- its end

    /** Writes the output of each node to a file. */
    public void writeLogs(Path directory) throws IOException {
        for (Member member : members) {
            List<String> said = new ArrayList<>(member.process().out());
            said.addAll(member.process().err());
            Files.write(directory.resolve("node-" + member.host().number() + ".log"), said);
        }
    }

    @Override
    public void close() {
        try {
            network.heal();
            // All end at once, not one after the other.
            members.forEach(member -> member.process().terminate());
            members.forEach(member -> member.process().close());
        } finally {
            network.close();
        }
    }
}
