package io.sluice.testing.network;

import static java.util.stream.Collectors.joining;

import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.NodeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Other hosts, for want of such: addresses of this one, with proxies between them. Nodes know each other by name, and a name is
 * another address to each of them: its own is the one where it listens, each other one is a proxy's that leads there.
 *
 * <pre>
 *                   node0          node1          node2
 *     to host 0  [127.229.1.1]   127.229.1.2    127.229.1.3     [where the node itself listens]
 *     to host 1   127.229.2.1   [127.229.2.2]   127.229.2.3
 *     to host 2   127.229.3.1    127.229.3.2   [127.229.3.3]
 * </pre>
 *
 * <p>So a proxy knows from whom to whom it leads, although all of them come from the same address. It needs no more than that all
 * of 127.0.0.0/8 is this machine, as it is for Linux.
 */
public final class ProxiedNetwork implements Network {

    private record Way(int from, int to, CuttableLink cable) {}

    private record Place(int number, int count, int port, Path names) implements Host {

        @Override
        public String outside() {
            return address(number, number);
        }

        @Override
        public NodeProcess start(List<String> options, String... arguments) throws IOException {
            List<String> more = new ArrayList<>(options);
            more.add("-Djdk.net.hosts.file=" + names);
            // The resolver of the JVM reads the file.
            more.add("-Dvertx.disableDnsResolver=true");
            more.add("-Dhazelcast.local.publicAddress=" + member(number));
            List<String> all = new ArrayList<>(List.of(arguments));
            all.addAll(List.of("-cluster-host", name(number), "-cluster-port", String.valueOf(port + 1)));
            Map<String, String> environment = Map.of("SLUICE_MEMBERS", members());
            return NodeProcess.start(List.of(), more, environment, all.toArray(String[]::new));
        }

        /** Itself first: it listens at the first one that this machine has, and that is any. */
        private String members() {
            return IntStream.range(0, count)
                    .mapToObj(i -> member((number + i) % count))
                    .collect(joining(","));
        }

        private String member(int host) {
            return name(host) + ':' + port;
        }
    }

    private final List<Place> hosts = new ArrayList<>();
    private final List<Way> ways = new ArrayList<>();

    private ProxiedNetwork() {}

    public static boolean arePossible() {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(address(0, 0), 0));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    public static ProxiedNetwork of(int count, Path directory) throws IOException {
        ProxiedNetwork network = new ProxiedNetwork();
        try {
            network.build(count, directory);
        } catch (IOException e) {
            network.close();
            throw e;
        }
        return network;
    }

    private void build(int count, Path directory) throws IOException {
        // One port is Hazelcast's, the other the bus'.
        int port = FreePorts.inARow(2);
        for (int from = 0; from < count; from++) {
            List<String> names = new ArrayList<>(List.of("127.0.0.1 localhost"));
            for (int to = 0; to < count; to++) {
                names.add(address(from, to) + ' ' + name(to));
                if (to != from) {
                    ways.add(new Way(from, to, cable(from, to, port)));
                    ways.add(new Way(from, to, cable(from, to, port + 1)));
                }
            }
            hosts.add(new Place(from, count, port, Files.write(directory.resolve("hosts-" + from), names)));
        }
    }

    private static CuttableLink cable(int from, int to, int port) throws IOException {
        return CuttableLink.plug(
                new InetSocketAddress(address(from, to), port), new InetSocketAddress(address(to, to), port));
    }

    /** The address of one host's name at another. */
    private static String address(int from, int to) {
        return "127.229." + (from + 1) + '.' + (to + 1);
    }

    private static String name(int host) {
        return "node" + host;
    }

    @Override
    public List<? extends Host> hosts() {
        return hosts;
    }

    @Override
    public void cut(List<List<Host>> groups) {
        for (List<Host> group : groups) {
            List<Integer> together = group.stream().map(Host::number).toList();
            for (Way way : ways) {
                if (together.contains(way.from()) && !together.contains(way.to())) {
                    way.cable().cut();
                }
            }
        }
    }

    @Override
    public void heal() {
        ways.forEach(way -> way.cable().heal());
    }

    @Override
    public void close() {
        for (Way way : ways) {
            try {
                way.cable().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
