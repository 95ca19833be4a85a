package io.sluice.testing.cluster;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.instance.EndpointQualifier;
import io.sluice.hazelcast.ClusterConfig;
import io.sluice.hazelcast.ClusterOptions;
import io.sluice.testing.Await;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Several clustered Vert.x instances in this JVM, and no others. */
public final class InJvmCluster implements AutoCloseable {

    private static final int MOST = 4;
    private static final int ATTEMPTS = 3;

    private final String name = "test-" + UUID.randomUUID();
    private final List<Integer> ports = new ArrayList<>();
    private final List<Vertx> members = new ArrayList<>();

    public InJvmCluster() throws IOException {
        List<ServerSocket> taken = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            taken.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            ports.add(taken.get(i).getLocalPort());
        }
        for (ServerSocket socket : taken) {
            socket.close();
        }
    }

    /** One member more. */
    public Vertx join() {
        Vertx vertx = null;
        for (int attempt = 1; vertx == null; attempt++) {
            vertx = join(attempt);
        }
        members.add(vertx);
        return vertx;
    }

    /** On a busy machine a backup's answer comes too late for what Vert.x writes as it joins: then it is null. */
    private @Nullable Vertx join(int attempt) {
        HazelcastClusterManager manager = manager();
        try {
            return Vertx.builder().withClusterManager(manager).buildClustered().await();
        } catch (IndeterminateOperationStateException e) {
            if (attempt == ATTEMPTS) {
                throw e;
            }
            HazelcastInstance instance = manager.getHazelcastInstance();
            if (instance != null) {
                instance.getLifecycleService().terminate();
            }
            return null;
        }
    }

    private HazelcastClusterManager manager() {
        HazelcastClusterManager manager = (HazelcastClusterManager)
                ClusterConfig.manager(new ClusterOptions(null, null, null, null), new EventBusOptions());
        Config config = manager.getConfig()
                .setClusterName(name)
                .setProperty("hazelcast.logging.type", "none")
                .setProperty("hazelcast.wait.seconds.before.join", "0");
        AdvancedNetworkConfig network = config.getAdvancedNetworkConfig();
        ServerSocketEndpointConfig endpoint = (ServerSocketEndpointConfig)
                Objects.requireNonNull(network.getEndpointConfigs().get(EndpointQualifier.MEMBER));
        endpoint.setPort(ports.get(members.size())).setPortAutoIncrement(false);
        network.getJoin()
                .getTcpIpConfig()
                .setMembers(ports.stream().map(port -> "127.0.0.1:" + port).toList());
        return manager;
    }

    /** Waits until whatever is kept has a backup. */
    public void awaitSafe() throws Exception {
        Await.await(
                "a backup of all data",
                () -> hazelcast(members.get(0)).getPartitionService().isClusterSafe());
    }

    public static HazelcastInstance hazelcast(Vertx vertx) {
        return ((HazelcastClusterManager) ((VertxInternal) vertx).clusterManager()).getHazelcastInstance();
    }

    @Override
    public void close() {
        members.forEach(vertx -> vertx.close().await());
    }
}
