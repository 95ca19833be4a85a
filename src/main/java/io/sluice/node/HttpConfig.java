package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.log.ByteSize;
import io.sluice.log.InvalidOptionException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server of a node.
 *
 * @param host the address to listen on; default all addresses
 * @param port 0 to 65535, 0 for any free port; default 8080
 * @param ports the number of ports to try, from {@code port} upwards; default 1
 * @param hosts the host names that the node answers to, beside its own ({@link HostRules}), or {@code *} alone for any; default
 *     empty: any where it listens beyond loopback and nobody may publish, else its own alone
 * @param webroot the directory that is served at {@code /}; it may lack if it is not named: then there is the demo, or a few words
 * @param followSymlinks whether symbolic links may lead out of {@code webroot}; default false. Within it they are always followed
 * @param transport the transport of the sockets; default the best one of this machine
 * @param h2cUpgrade whether a request over HTTP/1.1 may upgrade its connection to HTTP/2; default false. HTTP/2 that begins with
 *     its preface is always taken
 * @param limits how much the clients may hold
 * @param timeouts how long the clients may be silent
 * @param drain the time over which a stopping node ends its subscriptions, up to 100 s; default 0
 * @param cors the other origins whose pages may read
 * @param demo whether the demo in the jar is served at {@code /}, where there is no directory {@code webroot}; default no
 * @param tls the certificate; default none, which is no TLS
 */
record HttpConfig(
        String host,
        Integer port,
        Integer ports,
        List<String> hosts,
        String webroot,
        Boolean followSymlinks,
        TransportKind transport,
        Boolean h2cUpgrade,
        Limits limits,
        Timeouts timeouts,
        Duration drain,
        Cors cors,
        Boolean demo,
        @Nullable Tls tls) {

    static final String DEFAULT_WEBROOT = "webroot";

    /** The launcher waits 2 minutes for Vert.x to close. */
    private static final Duration MAX_DRAIN = Duration.ofSeconds(100);

    HttpConfig {
        hosts = List.copyOf(hosts);
        requireHosts(hosts);
        require(!host.isBlank(), "host", '"' + host + '"', "an address or a host name");
        require(port >= 0 && port <= 65535, "port", port, "a whole number from 0 to 65535");
        require(ports >= 1 && port + ports <= 65536, "ports", ports, "a whole number from 1 to " + (65536 - port));
        require(!webroot.isBlank(), "webroot", '"' + webroot + '"', "a directory");
        require(drain.compareTo(MAX_DRAIN) <= 0, "drain", drain, "0 to 100 seconds");
    }

    @JsonCreator
    static HttpConfig of(
            @JsonProperty("host") @Nullable String host,
            @JsonProperty("port") @Nullable Integer port,
            @JsonProperty("ports") @Nullable Integer ports,
            @JsonProperty("hosts") @Nullable List<String> hosts,
            @JsonProperty("webroot") @Nullable String webroot,
            @JsonProperty("followSymlinks") @Nullable Boolean followSymlinks,
            @JsonProperty("transport") @Nullable TransportKind transport,
            @JsonProperty("h2cUpgrade") @Nullable Boolean h2cUpgrade,
            @JsonProperty("maxSubscriptions") @Nullable Integer maxSubscriptions,
            @JsonProperty("maxPerAddress") @Nullable Integer maxPerAddress,
            @JsonProperty("maxConnections") @Nullable Integer maxConnections,
            @JsonProperty("maxTopics") @Nullable Integer maxTopics,
            @JsonProperty("maxBehind") @Nullable ByteSize maxBehind,
            @JsonProperty("headTimeout") @Nullable Duration headTimeout,
            @JsonProperty("bodyTimeout") @Nullable Duration bodyTimeout,
            @JsonProperty("idleTimeout") @Nullable Duration idleTimeout,
            @JsonProperty("deadAfter") @Nullable Duration deadAfter,
            @JsonProperty("drain") @Nullable Duration drain,
            @JsonProperty("cors") @Nullable Cors cors,
            @JsonProperty("demo") @Nullable Boolean demo,
            @JsonProperty("tls") @Nullable Tls tls) {
        return new HttpConfig(
                Objects.requireNonNullElse(host, "0.0.0.0"),
                Objects.requireNonNullElse(port, 8080),
                Objects.requireNonNullElse(ports, 1),
                Objects.requireNonNullElse(hosts, List.of()),
                Objects.requireNonNullElse(webroot, DEFAULT_WEBROOT),
                Objects.requireNonNullElse(followSymlinks, false),
                Objects.requireNonNullElse(transport, TransportKind.AUTO),
                Objects.requireNonNullElse(h2cUpgrade, false),
                new Limits(
                        Objects.requireNonNullElse(maxSubscriptions, 100_000),
                        Objects.requireNonNullElse(maxPerAddress, 0),
                        Objects.requireNonNullElse(maxConnections, 120_000),
                        Objects.requireNonNullElse(maxTopics, 32),
                        Objects.requireNonNullElse(maxBehind, ByteSize.ofMegabytes(256))),
                new Timeouts(
                        Objects.requireNonNullElse(headTimeout, Duration.ofSeconds(10)),
                        Objects.requireNonNullElse(bodyTimeout, Duration.ofSeconds(30)),
                        Objects.requireNonNullElse(idleTimeout, Duration.ofSeconds(75)),
                        Objects.requireNonNullElse(deadAfter, Duration.ofSeconds(60))),
                Objects.requireNonNullElse(drain, Duration.ZERO),
                Objects.requireNonNullElseGet(cors, () -> Cors.of(null, null)),
                Objects.requireNonNullElse(demo, false),
                tls);
    }

    private static void requireHosts(List<String> hosts) {
        for (int i = 0; i < hosts.size(); i++) {
            String host = hosts.get(i);
            Authority authority = Authority.parse(host);
            require(
                    (authority != null && authority.port() == Authority.NO_PORT && !host.endsWith(":"))
                            || (host.equals(HostRules.ANY) && hosts.size() == 1),
                    "hosts[" + i + "]",
                    '"' + host + '"',
                    "a host name such as \"events.example.com\", without a port, or \"*\" alone");
        }
    }

    /**
     * How much all clients together may hold, and one request.
     *
     * @param maxSubscriptions the limit of subscriptions at the node, 0 for no limit; default 100,000
     * @param maxPerAddress the limit of subscriptions of one client address, 0 for no limit; default none
     * @param maxConnections the limit of open connections of the node, 0 for no limit; default 120,000
     * @param maxTopics the limit of topic filters of a request, 1 to 1000; default 32
     * @param maxBehind the limit of bytes that wait in the node for slow sockets, 0 for no limit; default 256 MB
     */
    record Limits(int maxSubscriptions, int maxPerAddress, int maxConnections, int maxTopics, ByteSize maxBehind) {

        Limits {
            require(maxSubscriptions >= 0, "maxSubscriptions", maxSubscriptions, "0 (no limit) or more");
            require(maxPerAddress >= 0, "maxPerAddress", maxPerAddress, "0 (no limit) or more");
            require(maxConnections >= 0, "maxConnections", maxConnections, "0 (no limit) or more");
            require(maxTopics >= 1 && maxTopics <= 1000, "maxTopics", maxTopics, "a whole number from 1 to 1000");
        }
    }

    /**
     * The silences after which a connection is given up; 0 for never.
     *
     * @param head from the first byte of a connection, or of its next request, to the end of the request's head; default 10 s
     * @param body within a body; default 30 s
     * @param idle without a request or a subscription; default 75 s
     * @param deadAfter of a socket that takes no bytes, at least 1 s; default 60 s
     */
    record Timeouts(Duration head, Duration body, Duration idle, Duration deadAfter) {

        private static final Duration MAX = Duration.ofDays(1);

        Timeouts {
            requireTimeout("headTimeout", head);
            requireTimeout("bodyTimeout", body);
            requireTimeout("idleTimeout", idle);
            require(
                    deadAfter.toMillis() >= 1000 && deadAfter.compareTo(MAX) <= 0,
                    "deadAfter",
                    deadAfter,
                    "1 second to 1 day");
        }

        private static void requireTimeout(String option, Duration timeout) {
            require(timeout.compareTo(MAX) <= 0, option, timeout, "0 (never), or up to 1 day");
        }
    }

    /** The transport of the sockets. */
    enum TransportKind {
        /** Epoll or kqueue if the machine has one of them, otherwise NIO. */
        AUTO,
        EPOLL,
        KQUEUE,
        IO_URING,
        NIO
    }

    /**
     * @param origins origins such as {@code https://example.com} or {@code capacitor://localhost}, {@code null}, or {@code *}
     *     alone for any origin; default none
     * @param credentials whether requests may carry cookies; not with {@code *}; default false
     */
    record Cors(List<String> origins, Boolean credentials) {

        static final String ANY = "*";

        /** A page of a file, or in a sandbox, says {@code null}; one of an application may have any scheme, and no host. */
        private static final Pattern FORM = Pattern.compile(
                "null|(?i:https?)://[^/\\s*?#@]+|(?!(?i:https?):)[A-Za-z][A-Za-z0-9+.-]*://[^/\\s*?#@]*");

        Cors {
            origins = List.copyOf(origins);
            for (int i = 0; i < origins.size(); i++) {
                String origin = origins.get(i);
                require(
                        FORM.matcher(origin).matches() || (origin.equals(ANY) && origins.size() == 1),
                        "origins[" + i + "]",
                        '"' + origin + '"',
                        "an origin such as \"https://example.com\", or \"*\" alone");
            }
            require(!credentials || !origins.contains(ANY), "credentials", credentials, "false where any origin may");
        }

        @JsonCreator
        static Cors of(
                @JsonProperty("origins") @Nullable List<String> origins,
                @JsonProperty("credentials") @Nullable Boolean credentials) {
            return new Cors(
                    Objects.requireNonNullElse(origins, List.of()), Objects.requireNonNullElse(credentials, false));
        }
    }

    /**
     * Each is the path of a file, or {@code env:} and the name of a variable with what would be in the file.
     *
     * @param certificate the certificate chain, in PEM
     * @param key its private key, PKCS#8 in PEM; others may not read the file
     */
    record Tls(String certificate, String key) {

        Tls {
            requirePem("certificate", certificate, false);
            requirePem("key", key, true);
        }

        @JsonCreator
        static Tls of(
                @JsonProperty("certificate") @Nullable String certificate, @JsonProperty("key") @Nullable String key) {
            return new Tls(Objects.requireNonNullElse(certificate, ""), Objects.requireNonNullElse(key, ""));
        }

        static void requirePem(String option, String file, boolean isSecret) {
            try {
                Secrets.pem(file, isSecret);
            } catch (IllegalArgumentException e) {
                throw new InvalidOptionException(option, '"' + file + '"', String.valueOf(e.getMessage()));
            }
        }
    }
}
