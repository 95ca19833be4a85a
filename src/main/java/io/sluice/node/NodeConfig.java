package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.auth.Secret;
import io.sluice.log.ByteSize;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.RecentKeys;
import io.sluice.redis.RedisUri;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamTemplate;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a node: one JSON object, which is checked as a whole. An absent key takes its default.
 *
 * @param http the HTTP server
 * @param streams the declared streams by name, which is also the URL path; default one, {@code events}
 * @param templates the templates by name: {@code chat} for {@code chat/*}; default none
 * @param producers the verticles that the node deploys when its streams are open; default none
 * @param publish publishing over HTTP; default off
 * @param redis the Redis of streams whose log is {@code redis}; default on this machine
 * @param bridge the TCP event-bus bridge; default none
 * @param auth who is taken for whom; default none, which asks nobody
 * @param cluster how the node finds its cluster, if it has one
 * @param admin the listener for those who run the node; default none
 * @param logging what the node's log looks like
 */
record NodeConfig(
        HttpConfig http,
        Map<String, StreamConfig> streams,
        Map<String, TemplateConfig> templates,
        List<Producer> producers,
        Publish publish,
        Redis redis,
        @Nullable BridgeConfig bridge,
        @Nullable AuthConfig auth,
        ClusterSettings cluster,
        @Nullable AdminConfig admin,
        LoggingConfig logging) {

    /** The config of a producer may hold any JSON. */
    private static final ConfigReader READER = new ConfigReader(path -> path.matches("producers\\[\\d+]\\.config"));

    NodeConfig {
        streams = Collections.unmodifiableMap(new LinkedHashMap<>(streams));
        templates = Collections.unmodifiableMap(new LinkedHashMap<>(templates));
        producers = List.copyOf(producers);
        StreamNames.requireNames(streams.keySet(), templates.keySet());
        if (auth == null) {
            requireOpen(streams, templates, publish);
        } else {
            requireClosed(templates, publish);
        }
    }

    /** Without {@code auth} there are no rights: whatever is on, is on for anybody, and the configuration says so. */
    private static void requireOpen(
            Map<String, StreamConfig> streams, Map<String, TemplateConfig> templates, Publish publish) {
        require(
                !publish.enabled() || publish.anonymous(),
                "publish.anonymous",
                publish.anonymous(),
                "\"auth\" beside publish.enabled, or true if anybody may publish");
        streams.forEach((name, stream) -> requireOpen(name, stream.read()));
        templates.forEach((name, template) -> requireOpen(name + StreamNames.ANY, template.read()));
    }

    private static void requireOpen(String name, Read read) {
        require(
                read == Read.ANYONE,
                "streams." + name + ".read",
                "\"token\"",
                "\"anyone\" where there is no \"auth\": nobody could read");
    }

    /** With {@code auth} nobody changes anything without a right. */
    private static void requireClosed(Map<String, TemplateConfig> templates, Publish publish) {
        require(
                !publish.anonymous(),
                "publish.anonymous",
                true,
                "false where there is \"auth\": a token gives the right to publish");
        templates.forEach((name, template) -> require(
                template.signals() == TemplateConfig.Senders.PUBLISH,
                "streams." + name + StreamNames.ANY + ".signals",
                "\"anonymous\"",
                "\"publish\" where there is \"auth\": a token gives the right to send signals"));
    }

    /** Reads and checks a configuration; fails with {@link ConfigException}. */
    static NodeConfig read(JsonObject json) {
        return READER.read(json, NodeConfig.class);
    }

    @JsonCreator
    static NodeConfig of(
            @JsonProperty("http") @Nullable HttpConfig http,
            @JsonProperty("streams") @Nullable Map<String, StreamKeys> streams,
            @JsonProperty("producers") @Nullable List<Producer> producers,
            @JsonProperty("publish") @Nullable Publish publish,
            @JsonProperty("redis") @Nullable Redis redis,
            @JsonProperty("bridge") @Nullable BridgeConfig bridge,
            @JsonProperty("auth") @Nullable AuthConfig auth,
            @JsonProperty("cluster") @Nullable ClusterSettings cluster,
            @JsonProperty("admin") @Nullable AdminConfig admin,
            @JsonProperty("logging") @Nullable LoggingConfig logging) {
        Map<String, StreamConfig> declared = new LinkedHashMap<>();
        Map<String, TemplateConfig> templates = new LinkedHashMap<>();
        Read readers = auth == null ? Read.ANYONE : Read.TOKEN;
        if (streams == null) {
            declared.put("events", StreamConfig.DEFAULT.withRead(readers));
        } else {
            streams.forEach((key, keys) -> read(key, keys, readers, declared, templates));
        }
        return new NodeConfig(
                Objects.requireNonNullElseGet(http, () -> ConfigMapper.defaults(HttpConfig.class)),
                declared,
                templates,
                Objects.requireNonNullElse(producers, List.of()),
                Objects.requireNonNullElseGet(publish, () -> ConfigMapper.defaults(Publish.class)),
                Objects.requireNonNullElse(redis, new Redis(RedisUri.DEFAULT)),
                bridge,
                auth,
                Objects.requireNonNullElse(cluster, ClusterSettings.DEFAULT),
                admin,
                Objects.requireNonNullElse(logging, LoggingConfig.DEFAULT));
    }

    private static void read(
            String key,
            StreamKeys keys,
            Read readers,
            Map<String, StreamConfig> declared,
            Map<String, TemplateConfig> templates) {
        StreamNames.requireKey(key);
        try {
            if (StreamNames.isTemplate(key)) {
                templates.put(StreamNames.name(key), keys.template(readers));
            } else {
                declared.put(key, keys.stream(readers));
            }
        } catch (InvalidOptionException e) {
            throw new InvalidOptionException("streams." + key + "." + e.option(), e.value(), e.expected());
        }
    }

    /** The kinds of log that the configuration asks for. */
    Set<LogKind> logs() {
        return Stream.concat(
                        streams.values().stream().map(StreamConfig::log),
                        templates.values().stream().map(TemplateConfig::log))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The configuration of an open stream. */
    StreamConfig stream(EventStream stream) {
        return Objects.requireNonNull(streams.get(stream.name()), stream.name());
    }

    /** The configuration of an open template. */
    TemplateConfig template(StreamTemplate template) {
        return Objects.requireNonNull(templates.get(template.name()), template.name());
    }

    /** Who may read a stream that is declared here, or is of a template; empty for another. */
    Optional<Read> read(String name) {
        int slash = name.indexOf('/');
        return slash < 0
                ? Optional.ofNullable(streams.get(name)).map(StreamConfig::read)
                : Optional.ofNullable(templates.get(name.substring(0, slash))).map(TemplateConfig::read);
    }

    /**
     * @param verticle a class name, or another name that a verticle factory knows
     * @param singleton whether one node of a cluster runs it for all; default false
     * @param config the configuration of the verticle; default empty
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
     * @param anonymous whether anybody may publish; without {@code auth} it must be true if {@code enabled} is; default
     *     false
     * @param maxEvent the size of the largest event, up to 16 MB; default 256 kB
     * @param maxBody the size of the largest request, up to 16 MB; default 8 MB
     * @param maxPending the size of all bodies together that are in memory, {@code maxBody} or more; default 64 MB
     * @param idempotency the time for which an idempotency key is remembered, up to 1 day, 0 for none; default 5 minutes
     */
    record Publish(
            Boolean enabled,
            Boolean anonymous,
            ByteSize maxEvent,
            ByteSize maxBody,
            ByteSize maxPending,
            Duration idempotency) {

        /** The limit of one batch in a log's append queue. */
        private static final ByteSize MAX = ByteSize.ofMegabytes(16);

        private static final Duration MAX_IDEMPOTENCY = Duration.ofDays(1);

        Publish {
            requireSize("maxEvent", maxEvent);
            requireSize("maxBody", maxBody);
            require(
                    maxPending.bytes() >= maxBody.bytes(),
                    "maxPending",
                    '"' + maxPending.toString() + '"',
                    "publish.maxBody, which is " + maxBody + ", or more");
            require(idempotency.compareTo(MAX_IDEMPOTENCY) <= 0, "idempotency", idempotency, "0 to 1 day");
        }

        @JsonCreator
        static Publish of(
                @JsonProperty("enabled") @Nullable Boolean enabled,
                @JsonProperty("anonymous") @Nullable Boolean anonymous,
                @JsonProperty("maxEvent") @Nullable ByteSize maxEvent,
                @JsonProperty("maxBody") @Nullable ByteSize maxBody,
                @JsonProperty("maxPending") @Nullable ByteSize maxPending,
                @JsonProperty("idempotency") @Nullable Duration idempotency) {
            return new Publish(
                    Objects.requireNonNullElse(enabled, false),
                    Objects.requireNonNullElse(anonymous, false),
                    Objects.requireNonNullElse(maxEvent, new ByteSize(256 << 10)),
                    Objects.requireNonNullElse(maxBody, ByteSize.ofMegabytes(8)),
                    Objects.requireNonNullElse(maxPending, ByteSize.ofMegabytes(64)),
                    Objects.requireNonNullElse(idempotency, RecentKeys.DEFAULT_AGE));
        }

        private static void requireSize(String option, ByteSize size) {
            require(size.bytes() >= 1 && size.bytes() <= MAX.bytes(), option, size, "1B to 16MB");
        }
    }

    /** @param uri may name a user, a password and a database */
    record Redis(RedisUri uri) {

        @JsonCreator
        static Redis of(@JsonProperty("uri") @Nullable Secret uri) {
            return new Redis(uri == null ? RedisUri.DEFAULT : new RedisUri(uri.reveal()));
        }
    }
}
