package io.sluice.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import io.sluice.cluster.Agreement;
import io.sluice.cluster.Leases;
import io.sluice.cluster.Members;
import io.sluice.log.InvalidOptionException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
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
                && Stream.<Class<?>>iterate(manager.getClass(), Objects::nonNull, Class::getSuperclass)
                        .anyMatch(type ->
                                type.getName().equals("io.vertx.spi.cluster.hazelcast.HazelcastClusterManager"));
    }

    /** The Hazelcast instance that a clustered Vert.x instance joined with. */
    static HazelcastInstance instance(Vertx vertx) {
        return ((HazelcastClusterManager) ((VertxInternal) vertx).clusterManager()).getHazelcastInstance();
    }

    /**
     * Checks that this is the cluster that a configuration means: an application that made its Vert.x itself has chosen it.
     *
     * @param name the cluster's, or null for any
     * @param secret whether members are to know each other by a secret
     * @param tls whether the event bus is to ask for certificates
     * @throws InvalidOptionException that names the first difference
     */
    public void require(@Nullable String name, boolean secret, boolean tls) {
        String actual = instance(vertx).getConfig().getClusterName();
        InvalidOptionException.require(
                name == null || name.equals(actual),
                "name",
                '"' + name + '"',
                '"' + actual + "\", which is the name of the cluster that the application has joined");
        InvalidOptionException.require(
                !secret || isOurs(NodeClusterManager::isGuarded),
                "secret",
                "***",
                "none where the application has joined the cluster: it gives it to ClusterConfig.manager");
        InvalidOptionException.require(
                !tls || isOurs(NodeClusterManager::isBusSecured),
                "tls",
                "certificates",
                "none where the application has made the event bus: it gives them to ClusterConfig.secure");
    }

    private boolean isOurs(Predicate<NodeClusterManager> condition) {
        return ((VertxInternal) vertx).clusterManager() instanceof NodeClusterManager ours && condition.test(ours);
    }

    /**
     * Says which streams this node has, unless the others have other ones.
     *
     * @param names of declared streams and templates
     * @param strict whether that fails then; otherwise it warns
     * @return fails with {@link InvalidOptionException}, which names the streams
     */
    public Future<Agreement> agreeOn(Collection<String> names, boolean strict) {
        return StreamAgreement.reach(vertx, instance(vertx), names, strict);
    }

    /** Warns if strangers may reach a port of the cluster. */
    public void warnOfOpenPorts() {
        OpenPorts.of(instance(vertx), ((VertxInternal) vertx).clusterManager()).warn();
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
