package io.sluice.node;

import io.netty.util.NetUtil;
import io.vertx.ext.web.handler.HttpException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The host names that a node answers to. A page of a stranger can have its own name resolve to the node's address (DNS rebinding):
 * to the browser both are one origin then, and all that the node takes from its own pages is the stranger's. Only the name gives it
 * away. With {@code auth} the node takes nothing from a page without a token, and a browser sends a cookie to the name alone that
 * has set it.
 *
 * <p>The node's own names are those that no stranger can have: addresses, names without a dot, names that the public DNS never
 * has, and what the machine or the configuration calls it.
 */
final class HostRules {

    static final String ANY = "*";

    /** A top-level domain is never a number. */
    private static final Pattern ADDRESS = Pattern.compile("\\[.*]|[0-9.]+");

    /** RFC 6761, RFC 6762, RFC 8375, and what ICANN has set aside in 2024. */
    private static final Pattern PRIVATE = Pattern.compile("[^.]*|.*\\.(localhost|local|home\\.arpa|internal)");

    private final boolean answersAny;
    private final Set<String> names;

    private HostRules(boolean answersAny, Set<String> names) {
        this.answersAny = answersAny;
        this.names = Set.copyOf(names);
    }

    static HostRules of(NodeConfig config) {
        HttpConfig http = config.http();
        PublishConfig publish = config.publish();
        return of(http, !isLoopback(http.host()) && !(publish.enabled() && publish.anonymous()));
    }

    /** The names for what a page has the node do, where anybody may read under any name. */
    static HostRules ofSignals(NodeConfig config) {
        return of(config.http(), false);
    }

    private static HostRules of(HttpConfig http, boolean isPublic) {
        return of(http.host(), http.hosts(), isPublic);
    }

    /**
     * The names of a server.
     *
     * @param host where it listens
     * @param hosts that are configured; if there are any, they decide whether it answers to others
     * @param isPublic whether it answers to any name if none is configured
     */
    static HostRules of(String host, List<String> hosts, boolean isPublic) {
        Set<String> names = new HashSet<>(machineNames());
        Stream.concat(hosts.stream(), Stream.of(host)).map(HostRules::canonical).forEach(names::add);
        return new HostRules(hosts.isEmpty() ? isPublic : hosts.contains(ANY), names);
    }

    /** @throws HttpException 421 if the node does not answer to this host */
    void require(@Nullable Authority authority) {
        if (authority != null && !answersAny && !answersTo(canonical(authority.host()))) {
            throw new HttpException(
                    421, "this node does not answer to " + authority.host() + ": http.hosts can name it");
        }
    }

    private boolean answersTo(String host) {
        return ADDRESS.matcher(host).matches() || PRIVATE.matcher(host).matches() || names.contains(host);
    }

    private static String canonical(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** Whether a name or an address is of this machine alone. */
    static boolean isLoopback(String host) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
        return address == null ? canonical(host).equals("localhost") : address.isLoopbackAddress();
    }

    /** Without a question to the DNS, which may take its time. */
    private static List<String> machineNames() {
        Stream<String> named = Stream.of("HOSTNAME", "COMPUTERNAME")
                .map(System::getenv)
                .filter(name -> name != null && !name.isBlank());
        return Stream.concat(named, kernelName()).map(HostRules::canonical).toList();
    }

    private static Stream<String> kernelName() {
        try {
            return Stream.of(
                    Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
        } catch (IOException e) {
            // Only Linux has it.
            return Stream.empty();
        }
    }
}
