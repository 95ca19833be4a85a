package io.sluice.node;

import io.sluice.auth.Access;
import io.sluice.auth.KeySource;
import io.sluice.hazelcast.ClusterConfig;
import io.sluice.log.InvalidOptionException;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;

/**
 * Checks a configuration as the start of a node does, each part by the class that the start has for it, without what others would notice:
 * no port, no cluster, no Redis, no issuer, no producer. Every check fails with a {@link ConfigException}.
 */
final class ConfigCheck {

    /** Those of the languages are files, or have a prefix. */
    private static final Pattern CLASS =
            Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)*");

    private static final Pattern SCRIPT = Pattern.compile(".*\\.(js|mjs|groovy|java)");

    private final Vertx vertx;
    private final JsonObject json;
    private final NodeConfig config;

    /** @throws ConfigException if the configuration itself is wrong */
    ConfigCheck(Vertx vertx, JsonObject json) {
        this.vertx = vertx;
        this.json = json;
        this.config = Node.read(json);
    }

    NodeConfig config() {
        return config;
    }

    /** The certificate and its key. */
    void requireCertificate() {
        HttpConfig.Tls tls = config.http().tls();
        if (tls != null) {
            TlsFiles.read(vertx, tls);
        }
    }

    /** The logs that there are for a node alone, or what a member of a cluster trusts. */
    void requireLogs(boolean isClustered) {
        if (isClustered) {
            requireCluster();
            return;
        }
        Logs logs = Logs.inMemory();
        config.streams().forEach((name, stream) -> {
            if (stream.log() == LogKind.HAZELCAST) {
                require("streams." + name, () -> logs.provider(stream.log()));
            }
        });
        config.templates().forEach((name, template) -> {
            if (template.log() == LogKind.HAZELCAST) {
                require("streams." + name + StreamNames.ANY, () -> logs.provider(template));
            }
        });
    }

    private void requireCluster() {
        try {
            config.cluster()
                    .manager(
                            new EventBusOptions(),
                            System.getProperty(ClusterConfig.FILE),
                            System.getenv(ClusterConfig.MEMBERS));
        } catch (InvalidOptionException e) {
            throw new ConfigException(e.option(), e.value(), e.expected());
        }
    }

    private static void require(String path, Runnable check) {
        try {
            check.run();
        } catch (InvalidOptionException e) {
            throw new ConfigException(path + "." + e.option(), e.value(), e.expected());
        }
    }

    /** The classes of the producers; what a producer expects of its own configuration is seen when it starts. */
    void requireProducers() {
        List<NodeConfig.Producer> producers = config.producers();
        for (int i = 0; i < producers.size(); i++) {
            String name = producers.get(i).verticle();
            if (CLASS.matcher(name).matches() && !SCRIPT.matcher(name).matches()) {
                requireClass("producers[" + i + "].verticle", name);
            }
        }
    }

    private static void requireClass(String option, String name) {
        try {
            Class.forName(name, false, ConfigCheck.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new ConfigException(option, '"' + name + '"', "a class in the class path");
        }
    }

    /** The keys that check tokens, if they are here. An issuer is not asked for its own. */
    void requireKeys() {
        AuthConfig auth = config.auth();
        if (auth == null) {
            return;
        }
        KeySource keys = auth.options().jwt().keys();
        if (keys instanceof KeySource.KeySetUrl || keys instanceof KeySource.Discovery) {
            return;
        }
        try {
            Access.open(vertx, auth.options(), request -> false)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                    .close();
        } catch (CompletionException e) {
            throw explained(ConfigReader.under("auth", e.getCause() == null ? e : e.getCause(), json));
        }
    }

    private static ConfigException explained(Throwable failure) {
        return failure instanceof ConfigException wrong
                ? wrong
                : new ConfigException(String.valueOf(failure.getMessage()));
    }
}
