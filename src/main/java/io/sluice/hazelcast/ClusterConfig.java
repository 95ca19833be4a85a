package io.sluice.hazelcast;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.ClasspathXmlConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.FileSystemXmlConfig;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.config.TcpIpConfig;
import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.core.LifecycleListener;
import com.hazelcast.instance.EndpointQualifier;
import io.sluice.log.InvalidOptionException;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.core.spi.cluster.ClusterManager;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.util.Objects;
import java.util.Set;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.jspecify.annotations.Nullable;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Configures how a node joins a cluster: by the file that {@code -Dvertx.hazelcast.config} names, or by the built-in file, {@code
 * conf/hazelcast.xml}, with the members that {@code SLUICE_MEMBERS} names.
 */
public final class ClusterConfig {

    /** Vert.x' own system property: a file, or {@code classpath:} and a resource. */
    public static final String FILE = "vertx.hazelcast.config";

    /** The environment variable: {@code host,host} or {@code host:port,host:port}. */
    public static final String MEMBERS = "SLUICE_MEMBERS";

    private static final String BUILT_IN = "hazelcast.xml";
    private static final String CLASSPATH = "classpath:";
    private static final int LINE = 160;

    private ClusterConfig() {}

    /**
     * The cluster manager for a new Vert.x instance. With a key it joins the cluster at once, and so blocks.
     *
     * @param bus the options of the instance's event bus; with a key, they get the certificate that the members share, unless they have
     *     one
     * @throws InvalidOptionException if an option cannot be used
     */
    public static ClusterManager manager(ClusterOptions options, EventBusOptions bus) {
        return manager(config(options), options.key(), bus);
    }

    static ClusterManager manager(Config config, @Nullable ClusterKey key, EventBusOptions bus) {
        if (key == null) {
            return NodeClusterManager.open(config, isSecured(bus));
        }
        if (!bus.isSsl()) {
            BusCertificate own = BusCertificate.of(key);
            secure(bus, own.key(), own.trusted());
        }
        return NodeClusterManager.guarded(config, key, isSecured(bus));
    }

    /**
     * Has an event bus take and make connections with TLS 1.3 only, with a certificate at either end. It asks for no host name in it:
     * members know each other by their addresses.
     */
    public static void secure(EventBusOptions bus, KeyCertOptions own, TrustOptions trusted) {
        bus.setSsl(true)
                .setKeyCertOptions(own)
                .setTrustOptions(trusted)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"));
        bus.setClientAuth(ClientAuth.REQUIRED).setTrustAll(false);
    }

    private static boolean isSecured(EventBusOptions bus) {
        return bus.isSsl() && bus.getClientAuth() == ClientAuth.REQUIRED && !bus.isTrustAll();
    }

    static Config config(ClusterOptions options) {
        String file = options.file();
        Config config = file == null ? builtIn(options.members()) : read(file);
        if (options.name() != null) {
            config.setClusterName(options.name());
        }
        SerializationConfig serialization = config.getSerializationConfig();
        if (serialization.getJavaSerializationFilterConfig() == null) {
            serialization.setJavaSerializationFilterConfig(
                    builtIn().getSerializationConfig().getJavaSerializationFilterConfig());
        }
        return config;
    }

    private static Config builtIn(@Nullable String members) {
        Config config = members == null ? builtIn() : with(SeedMembers.parse(members), builtIn());
        return config.addListenerConfig(new ListenerConfig(new FewerPorts(config)));
    }

    private static Config builtIn() {
        try (InputStream in = ClusterConfig.class.getResourceAsStream(BUILT_IN)) {
            return new XmlConfigBuilder(Objects.requireNonNull(in, BUILT_IN)).build();
        } catch (IOException e) {
            throw new IllegalStateException("the jar lacks " + BUILT_IN, e);
        }
    }

    private static Config with(SeedMembers members, Config config) {
        SeedMembers.Home home = members.home();
        // Not <interfaces>: if those are given, TcpIpJoiner passes over each host name that is no such interface.
        config.setProperty("hazelcast.local.localAddress", home.address().getHostAddress());
        if (home.address() instanceof Inet6Address) {
            config.setProperty("hazelcast.prefer.ipv4.stack", "false");
        }
        ServerSocketEndpointConfig endpoint = endpoint(config);
        home.ports().ifPresent(ports -> endpoint.setPort(ports.first()).setPortCount(ports.count()));
        members(config).setMembers(members.names());
        return config;
    }

    /** The port at which a member listens, in the built-in configuration. */
    static ServerSocketEndpointConfig endpoint(Config config) {
        AdvancedNetworkConfig network = config.getAdvancedNetworkConfig();
        return (ServerSocketEndpointConfig)
                Objects.requireNonNull(network.getEndpointConfigs().get(EndpointQualifier.MEMBER), BUILT_IN);
    }

    static TcpIpConfig members(Config config) {
        return config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig();
    }

    /**
     * Once the node is in a cluster, a part that has split off is looked for at the first port of each machine only, and at the
     * addresses of former members: Hazelcast waits 5 s for each port at which no member listens.
     */
    private record FewerPorts(Config config) implements LifecycleListener {

        @Override
        public void stateChanged(LifecycleEvent event) {
            if (event.getState() == LifecycleState.STARTED) {
                int port = endpoint(config).getPort();
                TcpIpConfig members = members(config);
                members.setMembers(members.getMembers().stream()
                        .map(member -> member.matches("(?:\\[.*\\]|[^:]*):[0-9]+") ? member : member + ':' + port)
                        .toList());
            }
        }
    }

    private static Config read(String file) {
        try {
            if (file.startsWith(CLASSPATH)) {
                return new ClasspathXmlConfig(file.substring(CLASSPATH.length()));
            }
            requireXml(file);
            return new FileSystemXmlConfig(file);
        } catch (FileNotFoundException e) {
            throw invalid(file, "a file");
        } catch (IOException | SAXException | HazelcastException | IllegalArgumentException e) {
            throw invalid(file, "a configuration of Hazelcast: " + oneLine(String.valueOf(e.getMessage())));
        }
    }

    /** Refuses a file that is no XML, which Hazelcast's parser would report on the standard error stream too. */
    private static void requireXml(String file) throws IOException, SAXException {
        try (InputStream in = new FileInputStream(file)) {
            SAXParserFactory.newInstance().newSAXParser().parse(in, new DefaultHandler());
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static InvalidOptionException invalid(String file, String expected) {
        return new InvalidOptionException("-D" + FILE, '"' + file + '"', expected);
    }

    /** The beginning of a message: a schema's message lists all that might be there instead. */
    private static String oneLine(String message) {
        String line = message.strip().replaceAll("\\s+", " ");
        return line.length() <= LINE ? line : line.substring(0, LINE) + "...";
    }
}
