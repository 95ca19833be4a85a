package io.sluice.hazelcast;

import io.sluice.log.InvalidOptionException;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The members of a cluster as {@code SLUICE_MEMBERS} names them, and the one of them that is this machine. */
record SeedMembers(String text, List<Entry> entries) {

    /** An IPv6 address as it is written: two colons at least, and perhaps a zone. */
    private static final String IPV6 = "[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9._-]+)?";

    /** A host, or an IPv6 address in brackets, each with a port or without; or an IPv6 address alone. */
    private static final Pattern ENTRY = Pattern.compile(
            "(?:(?<host>[A-Za-z0-9._-]+)|\\[(?<inner>" + IPV6 + ")\\])(?::(?<port>[0-9]{1,5}))?|(?<bare>" + IPV6 + ")");

    private static final String EXPECTED =
            "host,host or host:port,host:port, an IPv6 address in brackets if it has a port";

    /** Only to ask for the route: nothing is sent. */
    private static final int ANY_PORT = 5701;

    /** A member: a host, and the port if the list names one. */
    record Entry(String host, OptionalInt port, Optional<InetAddress> address) {}

    /** The address at which the other members reach this node, and the ports that the list gives it. */
    record Home(InetAddress address, Optional<Ports> ports) {}

    record Ports(int first, int count) {}

    SeedMembers {
        entries = List.copyOf(entries);
    }

    static SeedMembers parse(String text) {
        List<Entry> entries = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher entry = ENTRY.matcher(part.strip());
            if (!entry.matches()) {
                throw invalid(text, EXPECTED);
            }
            entries.add(entry(text, entry));
        }
        return new SeedMembers(text, entries);
    }

    private static Entry entry(String text, Matcher entry) {
        String host = Stream.of("host", "inner", "bare")
                .map(entry::group)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
        int port = entry.group("port") == null ? 1 : Integer.parseInt(entry.group("port"));
        Optional<InetAddress> address = resolve(host);
        if (port < 1 || port > 65535 || (host.contains(":") && address.isEmpty())) {
            throw invalid(text, EXPECTED);
        }
        return new Entry(host, entry.group("port") == null ? OptionalInt.empty() : OptionalInt.of(port), address);
    }

    List<String> names() {
        return entries.stream()
                .map(entry -> (entry.host().contains(":") ? '[' + entry.host() + ']' : entry.host())
                        + (entry.port().isPresent() ? ":" + entry.port().getAsInt() : ""))
                .toList();
    }

    /**
     * The address at which this node listens: the first in the list that this machine has, or else the one from which it reaches the
     * first member. A loopback address counts only if the list has no other: many machines have their own name at 127.0.1.1, at
     * which no other machine finds them.
     */
    Home home() {
        List<InetAddress> known =
                entries.stream().flatMap(entry -> entry.address().stream()).toList();
        if (known.isEmpty()) {
            throw invalid(text, "at least one host with an address");
        }
        List<InetAddress> seenByOthers =
                known.stream().filter(address -> !address.isLoopbackAddress()).toList();
        InetAddress address = seenByOthers.isEmpty()
                ? known.get(0)
                : seenByOthers.stream()
                        .filter(SeedMembers::isOwn)
                        .findFirst()
                        .orElseGet(() -> routeTo(seenByOthers.get(0)));
        return new Home(address, ports(address));
    }

    private Optional<Ports> ports(InetAddress address) {
        IntSummaryStatistics own = entries.stream()
                .filter(entry -> entry.address().filter(address::equals).isPresent())
                .flatMapToInt(entry -> entry.port().stream())
                .summaryStatistics();
        return own.getCount() == 0
                ? Optional.empty()
                : Optional.of(new Ports(own.getMin(), own.getMax() - own.getMin() + 1));
    }

    /** Of a name that has both, Hazelcast takes the IPv4 address. */
    private static Optional<InetAddress> resolve(String host) {
        try {
            return Stream.of(InetAddress.getAllByName(host))
                    .min(Comparator.comparing(address -> !(address instanceof Inet4Address)));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static boolean isOwn(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }

    private InetAddress routeTo(InetAddress member) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(member, ANY_PORT));
            return socket.getLocalAddress();
        } catch (IOException e) {
            throw invalid(text, "a host to which this machine has a route: " + e.getMessage());
        }
    }

    private static InvalidOptionException invalid(String text, String expected) {
        return new InvalidOptionException(ClusterConfig.MEMBERS, '"' + text + '"', expected);
    }
}
