package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.auth.Secret;
import io.sluice.log.InvalidOptionException;
import io.sluice.redis.RedisUri;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamTemplate;
import io.vertx.core.json.JsonObject;
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
 * @param publish publishing over HTTP to streams that do not say it themselves; default off
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
        PublishConfig publish,
        Redis redis,
        @Nullable BridgeConfig bridge,
        @Nullable AuthConfig auth,
        ClusterSettings cluster,
        @Nullable AdminConfig admin,
        LoggingConfig logging) {

    static final String DEFAULT_STREAM = "events";

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
            Map<String, StreamConfig> streams, Map<String, TemplateConfig> templates, PublishConfig publish) {
        require(
                !publish.enabled() || publish.anonymous(),
                "publish.anonymous",
                publish.anonymous(),
                "\"auth\" beside publish.enabled, or true if anybody may publish");
        streams.forEach((name, stream) -> requireOpen(name, stream.read(), stream.publish()));
        templates.forEach((name, template) -> requireOpen(name + StreamNames.ANY, template.read(), template.publish()));
    }

    private static void requireOpen(String name, Read read, PublishConfig publish) {
        require(
                !publish.enabled() || publish.anonymous(),
                "streams." + name + ".publish.anonymous",
                publish.anonymous(),
                "true if anybody may publish to this stream, or \"auth\"");
        require(
                read == Read.ANYONE,
                "streams." + name + ".read",
                "\"token\"",
                "\"anyone\" where there is no \"auth\": nobody could read");
    }

    /** With {@code auth} nobody changes anything without a right. */
    private static void requireClosed(Map<String, TemplateConfig> templates, PublishConfig publish) {
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
            @JsonProperty("publish") @Nullable PublishConfig publish,
            @JsonProperty("redis") @Nullable Redis redis,
            @JsonProperty("bridge") @Nullable BridgeConfig bridge,
            @JsonProperty("auth") @Nullable AuthConfig auth,
            @JsonProperty("cluster") @Nullable ClusterSettings cluster,
            @JsonProperty("admin") @Nullable AdminConfig admin,
            @JsonProperty("logging") @Nullable LoggingConfig logging) {
        Map<String, StreamConfig> declared = new LinkedHashMap<>();
        Map<String, TemplateConfig> templates = new LinkedHashMap<>();
        PublishConfig published =
                Objects.requireNonNullElseGet(publish, () -> ConfigMapper.defaults(PublishConfig.class));
        StreamDefaults defaults = new StreamDefaults(auth == null ? Read.ANYONE : Read.TOKEN, published);
        if (streams == null) {
            declared.put(DEFAULT_STREAM, ConfigMapper.defaults(StreamKeys.class).stream(defaults));
        } else {
            streams.forEach((key, keys) -> read(key, keys, defaults, declared, templates));
        }
        return new NodeConfig(
                Objects.requireNonNullElseGet(http, () -> ConfigMapper.defaults(HttpConfig.class)),
                declared,
                templates,
                Objects.requireNonNullElse(producers, List.of()),
                published,
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
            StreamDefaults defaults,
            Map<String, StreamConfig> declared,
            Map<String, TemplateConfig> templates) {
        StreamNames.requireKey(key);
        try {
            if (StreamNames.isTemplate(key)) {
                templates.put(StreamNames.name(key), keys.template(defaults));
            } else {
                declared.put(key, keys.stream(defaults));
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

    /** Whether a stream or a template takes events over HTTP where its own keys say so. */
    boolean hasOwnPublishing() {
        return Stream.concat(
                        streams.values().stream().map(StreamConfig::publish),
                        templates.values().stream().map(TemplateConfig::publish))
                .anyMatch(own -> own.enabled() && !own.equals(publish));
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

    /** @param uri may name a user, a password and a database */
    record Redis(RedisUri uri) {

        @JsonCreator
        static Redis of(@JsonProperty("uri") @Nullable Secret uri) {
            return new Redis(uri == null ? RedisUri.DEFAULT : new RedisUri(uri.reveal()));
        }
    }
}
