package io.sluice.cluster;

import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The members of the cluster that a Vert.x instance is in; the log has a line whenever one comes or goes. */
public interface Members {

    /**
     * The members that there are now and from now on, until {@link #close}; none where the instance is not clustered, or by
     * something else than Hazelcast.
     */
    static Optional<Members> of(Vertx vertx) {
        return areIn(vertx) ? Optional.of(new HazelcastMembers(vertx)) : Optional.empty();
    }

    /** Whether a Vert.x instance is clustered, and by Hazelcast. */
    static boolean areIn(Vertx vertx) {
        @Nullable ClusterManager manager = ((VertxInternal) vertx).clusterManager();
        // By its name: who brings another cluster manager need not have this one in the class path.
        return manager != null
                && manager.getClass().getName().equals("io.vertx.spi.cluster.hazelcast.HazelcastClusterManager");
    }

    /** The name of the one that a Vert.x instance is; none where {@link #of} has none. */
    static Optional<String> nameOf(Vertx vertx) {
        return areIn(vertx) ? Optional.of(HazelcastMembers.name(vertx)) : Optional.empty();
    }

    /** Who this one is, and how many there are besides: {@code 127.0.0.1:5701 with 2 others}. */
    String describe();

    void close();
}
