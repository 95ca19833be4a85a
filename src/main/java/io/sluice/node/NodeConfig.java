package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.log.ByteSize;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.RecentKeys;
import io.sluice.redis.RedisUri;
import io.sluice.stream.EventStream;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a node is told: one JSON object, checked as a whole when it is read. An absent key takes its default.
 *
 * @param http where and what it serves
 * @param streams by name, which is also the URL path; default one, {@code events}
 * @param producers what it deploys once it can take events; default none
 * @param publish whether it takes events over HTTP; default not
 * @param redis where streams are whose log is in Redis; default on this machine
 * @param bridge how programs off the JVM reach the bus; default not at all
 */
record NodeConfig(
        Http http,
        Map<String, StreamConfig> streams,
        List<Producer> producers,
        Publish publish,
        Redis redis,
        @Nullable BridgeConfig bridge) {

    /** Paths that are, or will be, the node's own. */
    private static final Set<String> RESERVED = Set.of("health", "metrics", "tickets");

    NodeConfig {
        streams = Collections.unmodifiableMap(new LinkedHashMap<>(streams));
        producers = List.copyOf(producers);
        require(!streams.isEmpty(), "streams", "{}", "one stream or more");
        streams.keySet().forEach(NodeConfig::requireName);
    }

    @JsonCreator
    static NodeConfig of(
            @JsonProperty("http") @Nullable Http http,
            @JsonProperty("streams") @Nullable Map<String, StreamConfig> streams,
            @JsonProperty("producers") @Nullable List<Producer> producers,
            @JsonProperty("publish") @Nullable Publish publish,
            @JsonProperty("redis") @Nullable Redis redis,
            @JsonProperty("bridge") @Nullable BridgeConfig bridge) {
        return new NodeConfig(
                Objects.requireNonNullElseGet(
                        http, () -> Http.of(null, null, null, null, null, null, null, null, null, null, null)),
                Objects.requireNonNullElse(streams, Map.of("events", StreamConfig.DEFAULT)),
                Objects.requireNonNullElse(producers, List.of()),
                Objects.requireNonNullElseGet(publish, () -> Publish.of(null, null, null, null, null)),
                Objects.requireNonNullElse(redis, new Redis(RedisUri.DEFAULT)),
                bridge);
    }

    /** The configuration of a stream that is open. */
    StreamConfig stream(EventStream stream) {
        return Objects.requireNonNull(streams.get(stream.name()), stream.name());
    }

    private static void requireName(String name) {
        try {
            EventStream.requireName(name);
        } catch (InvalidOptionException e) {
            throw new InvalidOptionException("streams", e.value(), "names of " + e.expected());
        }
        require(
                !RESERVED.contains(name),
                "streams." + name,
                '"' + name + '"',
                "another name: this path is the node's own");
    }

    /**
     * @param host the address to listen on; default all
     * @param port 0 to 65535, 0 for any that is free; default 8080
     * @param webroot a directory that is served at {@code /}; where there is none of that name, {@code webroot} is the demo
     *     in the jar
     * @param transport how sockets are used; default the best that there is
     * @param maxSubscriptions how many subscriptions the node holds, 0 for no limit; default 100,000
     * @param maxPerAddress how many of them for one client address, 0 for no limit; default none
     * @param drain the time over which a node that stops ends its subscriptions, up to 100 s; default 0
     * @param deadAfter how long a socket may take nothing that waits for it, 1 s and up; default 60 s
     * @param cors which pages of other origins may read
     * @param tls the certificate; default none, and so no TLS
     */
    record Http(
            String host,
            Integer port,
            Integer ports,
            String webroot,
            TransportKind transport,
            Integer maxSubscriptions,
            Integer maxPerAddress,
            Duration drain,
            Duration deadAfter,
            Cors cors,
            @Nullable Tls tls) {

        static final String DEFAULT_WEBROOT = "webroot";

        private static final Duration MAX_DRAIN =
                Duration.ofSeconds(100); // the launcher waits 2 minutes for Vert.x to close
        private static final Duration MAX_DEAD_AFTER = Duration.ofDays(1);

        Http {
            require(!host.isBlank(), "host", '"' + host + '"', "an address or a host name");
            require(port >= 0 && port <= 65535, "port", port, "a whole number from 0 to 65535");
            require(ports >= 1 && port + ports <= 65536, "ports", ports, "a whole number from 1 to " + (65536 - port));
            require(!webroot.isBlank(), "webroot", '"' + webroot + '"', "a directory");
            require(maxSubscriptions >= 0, "maxSubscriptions", maxSubscriptions, "0 (no limit) or more");
            require(maxPerAddress >= 0, "maxPerAddress", maxPerAddress, "0 (no limit) or more");
            require(drain.compareTo(MAX_DRAIN) <= 0, "drain", drain, "0 to 100 seconds");
            require(
                    deadAfter.toMillis() >= 1000 && deadAfter.compareTo(MAX_DEAD_AFTER) <= 0,
                    "deadAfter",
                    deadAfter,
                    "1 second to 1 day");
        }

        @JsonCreator
        static Http of(
                @JsonProperty("host") @Nullable String host,
                @JsonProperty("port") @Nullable Integer port,
                @JsonProperty("ports") @Nullable Integer ports,
                @JsonProperty("webroot") @Nullable String webroot,
                @JsonProperty("transport") @Nullable TransportKind transport,
                @JsonProperty("maxSubscriptions") @Nullable Integer maxSubscriptions,
                @JsonProperty("maxPerAddress") @Nullable Integer maxPerAddress,
                @JsonProperty("drain") @Nullable Duration drain,
                @JsonProperty("deadAfter") @Nullable Duration deadAfter,
                @JsonProperty("cors") @Nullable Cors cors,
                @JsonProperty("tls") @Nullable Tls tls) {
            return new Http(
                    Objects.requireNonNullElse(host, "0.0.0.0"),
                    Objects.requireNonNullElse(port, 8080),
                    Objects.requireNonNullElse(ports, 1),
                    Objects.requireNonNullElse(webroot, DEFAULT_WEBROOT),
                    Objects.requireNonNullElse(transport, TransportKind.AUTO),
                    Objects.requireNonNullElse(maxSubscriptions, 100_000),
                    Objects.requireNonNullElse(maxPerAddress, 0),
                    Objects.requireNonNullElse(drain, Duration.ZERO),
                    Objects.requireNonNullElse(deadAfter, Duration.ofSeconds(60)),
                    Objects.requireNonNullElseGet(cors, () -> Cors.of(null, null)),
                    tls);
        }
    }

    /** How sockets are used. */
    enum TransportKind {
        /** Epoll or kqueue where there is one, else NIO. */
        AUTO,
        EPOLL,
        KQUEUE,
        IO_URING,
        NIO
    }

    /**
     * @param origins the origins that may, as {@code https://example.com}, or {@code *} alone for any; default none
     * @param credentials whether cookies and the like may go along; not with {@code *}; default not
     */
    record Cors(List<String> origins, Boolean credentials) {

        static final String ANY = "*";

        Cors {
            origins = List.copyOf(origins);
            for (int i = 0; i < origins.size(); i++) {
                String origin = origins.get(i);
                require(
                        origin.matches("https?://[^/\\s*]+") || (origin.equals(ANY) && origins.size() == 1),
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
     * @param certificate the file of the certificate chain, PEM
     * @param key the file of its private key, PEM, PKCS#8
     */
    record Tls(String certificate, String key) {

        Tls {
            requireFile("certificate", certificate);
            requireFile("key", key);
        }

        @JsonCreator
        static Tls of(
                @JsonProperty("certificate") @Nullable String certificate, @JsonProperty("key") @Nullable String key) {
            return new Tls(Objects.requireNonNullElse(certificate, ""), Objects.requireNonNullElse(key, ""));
        }

        private static void requireFile(String option, String file) {
            require(
                    !file.isBlank() && Files.isRegularFile(Path.of(file)),
                    option,
                    '"' + file + '"',
                    "a file that can be read");
        }
    }

    /**
     * @param verticle what Vert.x deploys: a class name, or what a verticle factory takes
     * @param singleton whether a cluster runs it once; a node always does; default false
     * @param config what the verticle gets as its configuration; default empty
     */
    record Producer(String verticle, Boolean singleton, JsonObject config) {

        Producer {
            require(!verticle.isBlank(), "verticle", '"' + verticle + '"', "the name of a verticle");
        }

        @JsonCreator
        static Producer of(
                @JsonProperty("verticle") @Nullable String verticle,
                @JsonProperty("singleton") @Nullable Boolean singleton,
                @JsonProperty("config") @Nullable JsonObject config) {
            return new Producer(
                    Objects.requireNonNullElse(verticle, ""),
                    Objects.requireNonNullElse(singleton, false),
                    Objects.requireNonNullElseGet(config, JsonObject::new));
        }
    }

    /**
     * @param enabled whether POST to a stream publishes; default false
     * @param anonymous whether anybody may; there is no other way yet, so that it has to be said; default false
     * @param maxEvent the largest event, up to 16 MB; default 256 kB
     * @param maxBody the largest request, up to 16 MB; default 8 MB
     * @param idempotency how long an idempotency key is remembered, up to 1 day, 0 for not at all; default 5 minutes
     */
    record Publish(Boolean enabled, Boolean anonymous, ByteSize maxEvent, ByteSize maxBody, Duration idempotency) {

        private static final ByteSize MAX = ByteSize.ofMegabytes(16); // what the ingest queue takes at once
        private static final Duration MAX_IDEMPOTENCY = Duration.ofDays(1);

        Publish {
            require(!enabled || anonymous, "anonymous", anonymous, "true where enabled is true: anybody could publish");
            requireSize("maxEvent", maxEvent);
            requireSize("maxBody", maxBody);
            require(idempotency.compareTo(MAX_IDEMPOTENCY) <= 0, "idempotency", idempotency, "0 to 1 day");
        }

        @JsonCreator
        static Publish of(
                @JsonProperty("enabled") @Nullable Boolean enabled,
                @JsonProperty("anonymous") @Nullable Boolean anonymous,
                @JsonProperty("maxEvent") @Nullable ByteSize maxEvent,
                @JsonProperty("maxBody") @Nullable ByteSize maxBody,
                @JsonProperty("idempotency") @Nullable Duration idempotency) {
            return new Publish(
                    Objects.requireNonNullElse(enabled, false),
                    Objects.requireNonNullElse(anonymous, false),
                    Objects.requireNonNullElse(maxEvent, new ByteSize(256 << 10)),
                    Objects.requireNonNullElse(maxBody, ByteSize.ofMegabytes(8)),
                    Objects.requireNonNullElse(idempotency, RecentKeys.DEFAULT_AGE));
        }

        private static void requireSize(String option, ByteSize size) {
            require(size.bytes() >= 1 && size.bytes() <= MAX.bytes(), option, size, "1B to 16MB");
        }
    }

    /** @param uri with user, password and database where there are */
    record Redis(RedisUri uri) {

        @JsonCreator
        static Redis of(@JsonProperty("uri") @Nullable String uri) {
            return new Redis(uri == null ? RedisUri.DEFAULT : new RedisUri(uri));
        }
    }
}
