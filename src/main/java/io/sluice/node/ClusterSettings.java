package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.auth.Secret;
import io.sluice.hazelcast.ClusterConfig;
import io.sluice.hazelcast.ClusterKey;
import io.sluice.hazelcast.ClusterOptions;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.spi.cluster.ClusterManager;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the node finds and trusts its cluster. It has no effect in a node that is not clustered.
 *
 * @param name of the cluster; nodes of another name are none of it; null: that of Hazelcast's file, {@code sluice} in the built-in one
 * @param secret that its nodes share, 32 bytes at least, or null: whoever reaches the cluster's ports is a member
 * @param tls the certificates of the event bus, or null: with a secret a certificate is made of it, without one there is no TLS
 * @param streams whether all nodes must have the same streams; default {@link Streams#SAME}
 */
record ClusterSettings(
        @Nullable String name,
        @Nullable Secret secret,
        @Nullable Tls tls,
        Streams streams) {

    static final ClusterSettings DEFAULT = of(null, null, null, null);

    ClusterSettings {
        require(
                name == null || name.matches("[A-Za-z0-9._-]{1,64}"),
                "name",
                '"' + name + '"',
                "1 to 64 letters, digits and characters of \"._-\"");
        if (secret != null) {
            ClusterKey.of(secret.reveal());
        }
    }

    @JsonCreator
    static ClusterSettings of(
            @JsonProperty("name") @Nullable String name,
            @JsonProperty("secret") @Nullable Secret secret,
            @JsonProperty("tls") @Nullable Tls tls,
            @JsonProperty("streams") @Nullable Streams streams) {
        return new ClusterSettings(name, secret, tls, Objects.requireNonNullElse(streams, Streams.SAME));
    }

    /** Whether the streams of a node may be others than those of its cluster. */
    enum Streams {
        /** A node whose streams differ does not start. */
        SAME,
        /** It starts, and warns: for the time in which nodes are restarted, one after the other, with other streams. */
        ANY
    }

    /**
     * The certificates of the event bus.
     *
     * @param own the node's
     * @param ca the certificates that sign those of the nodes, in PEM, as a file or in a variable
     */
    record Tls(HttpConfig.Tls own, String ca) {

        Tls {
            HttpConfig.Tls.requirePem("ca", ca, false);
        }

        @JsonCreator
        static Tls of(
                @JsonProperty("certificate") @Nullable String certificate,
                @JsonProperty("key") @Nullable String key,
                @JsonProperty("ca") @Nullable String ca) {
            return new Tls(HttpConfig.Tls.of(certificate, key), Objects.requireNonNullElse(ca, ""));
        }
    }

    /**
     * The cluster manager for a Vert.x that is to be made.
     *
     * @param bus the options of its event bus, which are changed
     * @param file the value of {@link ClusterConfig#FILE}, or null
     * @param members the value of {@link ClusterConfig#MEMBERS}, or null
     */
    ClusterManager manager(EventBusOptions bus, @Nullable String file, @Nullable String members) {
        if (tls != null) {
            secure(bus, tls);
        }
        return ClusterConfig.manager(
                new ClusterOptions(file, members, name, secret == null ? null : ClusterKey.of(secret.reveal())), bus);
    }

    private static void secure(EventBusOptions bus, Tls tls) {
        // To read files by. The one that is to be made needs the options.
        Vertx reader = Vertx.vertx();
        try {
            PemKeyCertOptions own = TlsFiles.read(reader, "cluster.tls", tls.own());
            ClusterConfig.secure(bus, own, TlsFiles.readTrusted(reader, "cluster.tls.ca", tls.ca(), own));
        } finally {
            reader.close().await();
        }
    }
}
