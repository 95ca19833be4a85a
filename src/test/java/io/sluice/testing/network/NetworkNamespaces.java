package io.sluice.testing.network;

import static org.junit.jupiter.api.Assertions.fail;

import io.sluice.testing.process.NodeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;

/**
 * Other hosts, on this machine: network namespaces, each with a cable to this host and one to a switch that only they share.
 *
 * <pre>
 *     this host           .1 ------- .2  host 0  10.229.0.1 ---+
 *       10.231.x.0/24     .5 ------- .6  host 1  10.229.0.2 ---+  switch: a namespace too, with a bridge
 *                         .9 ------ .10  host 2  10.229.0.3 ---+          for each host that may be alone
 * </pre>
 *
 * <p>Hosts that are cut from each other are at different bridges. What one sends to another vanishes then, and nobody tells
 * it: each has the hardware addresses of the others by heart, so that not even ARP fails.
 */
public final class NetworkNamespaces implements Network {

    // The name of a link has at most 15 characters.
    private static final String NAME = "sl" + ProcessHandle.current().pid() % 10_000 + "x";
    private static final String SWITCH = NAME + "sw";
    // A host's name of its link to this one.
    private static final String OUTER = "outer";
    // A host's name of its link to the others.
    private static final String INNER = "inner";

    /** One of them. */
    public record Host(int number, String namespace, String outside, String inside, String near, String members)
            implements Network.Host {

        @Override
        public NodeProcess start(List<String> options, String... arguments) throws IOException {
            return NodeProcess.start(prefix(), options, Map.of("SLUICE_MEMBERS", members), arguments);
        }

        /** The words before a command that have it run there. */
        public List<String> prefix() {
            return List.of("ip", "netns", "exec", namespace);
        }

        /** Pulls the cable to this host, at its end. */
        public void pullOuter() {
            require("ip", "-n", namespace, "link", "set", OUTER, "down");
        }
    }

    private final List<Host> hosts;

    private NetworkNamespaces(List<Host> hosts) {
        this.hosts = hosts;
    }

    /** Whether this machine allows it: that takes root, and ip. */
    public static boolean areAllowed() {
        String probe = NAME + "try";
        boolean allowed = Files.exists(Path.of("/proc/self/ns/net"))
                && trouble("ip", "netns", "add", probe).isEmpty();
        if (allowed) {
            require("ip", "netns", "del", probe);
        }
        return allowed;
    }

    public static NetworkNamespaces of(int count) {
        int subnet = ThreadLocalRandom.current().nextInt(1, 255);
        String members =
                IntStream.range(0, count).mapToObj(NetworkNamespaces::inside).collect(Collectors.joining(","));
        List<Host> hosts = IntStream.range(0, count)
                .mapToObj(i -> new Host(
                        i,
                        NAME + i,
                        "10.231." + subnet + '.' + (4 * i + 2),
                        inside(i),
                        "10.231." + subnet + '.' + (4 * i + 1),
                        members))
                .toList();
        NetworkNamespaces network = new NetworkNamespaces(hosts);
        try {
            network.build();
        } catch (AssertionError e) {
            network.close();
            throw e;
        }
        return network;
    }

    private static String inside(int number) {
        return "10.229.0." + (number + 1);
    }

    /** As {@code ip} wants it. */
    private static String hardware(int number) {
        return "02:00:00:00:00:0" + (number + 1);
    }

    private void build() {
        require("ip", "netns", "add", SWITCH);
        for (Host host : hosts) {
            require("ip", "netns", "add", host.namespace());
            require("ip", "-n", host.namespace(), "link", "set", "lo", "up");
            require("ip", "-n", SWITCH, "link", "add", bridge(host.number()), "type", "bridge");
            require("ip", "-n", SWITCH, "link", "set", bridge(host.number()), "up");
            plugOuter(host);
            plugInner(host);
        }
        heal();
    }

    private static void plugOuter(Host host) {
        String there = host.namespace();
        require("ip", "link", "add", there, "type", "veth", "peer", "name", OUTER, "netns", there);
        require("ip", "addr", "add", host.near() + "/30", "dev", there);
        require("ip", "link", "set", there, "up");
        require("ip", "-n", there, "addr", "add", host.outside() + "/30", "dev", OUTER);
        require("ip", "-n", there, "link", "set", OUTER, "up");
    }

    private void plugInner(Host host) {
        String there = host.namespace();
        require("ip", "-n", SWITCH, "link", "add", there, "type", "veth", "peer", "name", INNER, "netns", there);
        require("ip", "-n", SWITCH, "link", "set", there, "up");
        require("ip", "-n", there, "link", "set", INNER, "address", hardware(host.number()));
        require("ip", "-n", there, "addr", "add", host.inside() + "/24", "dev", INNER);
        require("ip", "-n", there, "link", "set", INNER, "up");
        for (Host other : hosts) {
            if (!other.equals(host)) {
                String mac = hardware(other.number());
                require("ip", "-n", there, "neigh", "add", other.inside(), "lladdr", mac, "dev", INNER);
            }
        }
    }

    private static String bridge(int number) {
        return "bridge" + number;
    }

    @Override
    public List<Host> hosts() {
        return hosts;
    }

    // ---- cables

    @Override
    public void cut(List<List<Network.Host>> groups) {
        for (List<Network.Host> group : groups) {
            String bridge = bridge(group.get(0).number());
            for (Network.Host host : group) {
                String link = hosts.get(host.number()).namespace();
                require("ip", "-n", SWITCH, "link", "set", link, "master", bridge);
            }
        }
    }

    @Override
    public void heal() {
        cut(List.of(List.copyOf(hosts)));
    }

    /** The links first: with a namespace they would go some time later, and their names with them. */
    @Override
    public void close() {
        List<String> left = new ArrayList<>();
        for (Host host : hosts) {
            left.addAll(trouble("ip", "link", "del", host.namespace()));
            left.addAll(trouble("ip", "netns", "del", host.namespace()));
        }
        left.addAll(trouble("ip", "netns", "del", SWITCH));
        if (!left.isEmpty()) {
            fail(String.join("; ", left));
        }
    }

    // ---- commands

    private static void require(String... command) {
        trouble(command).forEach(Assertions::fail);
    }

    /** Why a command did not succeed; empty where it did. */
    private static List<String> trouble(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.onExit().join().exitValue() == 0
                    ? List.of()
                    : List.of(String.join(" ", command) + ": " + said.strip());
        } catch (IOException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }
}
