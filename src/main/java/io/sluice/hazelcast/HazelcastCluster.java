package io.sluice.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import io.sluice.cluster.Leases;
import io.sluice.cluster.Members;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The cluster that Hazelcast connects a Vert.x instance to.
 *
 * <p>Asked once, at a node's start. Its answers need Hazelcast in the class path only if there is such a cluster.
 */
public final class HazelcastCluster {

    private final Vertx vertx;

    private HazelcastCluster(Vertx vertx) {
        this.vertx = vertx;
    }

    /** The cluster of a Vert.x instance; empty if the instance is not clustered, or by something else than Hazelcast. */
    public static Optional<HazelcastCluster> of(Vertx vertx) {
        return isJoinedBy(vertx) ? Optional.of(new HazelcastCluster(vertx)) : Optional.empty();
    }

    static boolean isJoinedBy(Vertx vertx) {
        @Nullable ClusterManager manager = ((VertxInternal) vertx).clusterManager();
        // By its name: an application with another cluster manager need not have this one in the class path.
        return manager != null
                && manager.getClass().getName().equals("io.vertx.spi.cluster.hazelcast.HazelcastClusterManager");
    }

    /** The Hazelcast instance that a clustered Vert.x instance joined with. */
    static HazelcastInstance instance(Vertx vertx) {
        return ((HazelcastClusterManager) ((VertxInternal) vertx).clusterManager()).getHazelcastInstance();
    }

    /** Opens the list of members, to be closed by the caller. */
    public Members members() {
        return new HazelcastMembers(instance(vertx));
    }

    /** The leases of the cluster. */
    public Leases leases() {
        return HazelcastLeases.withoutTerms(vertx);
    }
}
