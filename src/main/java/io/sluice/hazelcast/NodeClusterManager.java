package io.sluice.hazelcast;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.EndpointConfig;
import com.hazelcast.config.SocketInterceptorConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.nio.MemberSocketInterceptor;
import io.sluice.log.InvalidOptionException;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Vert.x' cluster manager, which remembers what keeps strangers from the cluster's ports.
 *
 * <p>With a secret it starts Hazelcast itself, because Hazelcast takes a guard of its connections by its configuration in the
 * Enterprise edition only; the open one has the place for it, and nothing there.
 */
final class NodeClusterManager extends HazelcastClusterManager {

    private static final Logger LOG = LoggerFactory.getLogger(NodeClusterManager.class);

    /** By which Vert.x knows its members. */
    private static final String NODE_ID = "__vertx.nodeId";

    /** Each waits some seconds for a backup. */
    private static final int ATTEMPTS = 3;

    /** Who has joined may have taken others for gone, and may need this long to remove what they have said. */
    private static final long REPEAT_MILLIS = 3000;

    private final OwnRegistrations registrations = new OwnRegistrations(new Registry());
    private final AtomicBoolean willRepeat = new AtomicBoolean();
    private final boolean busSecured;
    private final @Nullable HazelcastInstance own;
    private volatile @Nullable VertxInternal vertx;

    private NodeClusterManager(Config config, boolean busSecured) {
        super(config);
        this.busSecured = busSecured;
        this.own = null;
    }

    private NodeClusterManager(HazelcastInstance own, boolean busSecured) {
        super(own);
        this.busSecured = busSecured;
        this.own = own;
    }

    /** Joins when Vert.x does. */
    static NodeClusterManager open(Config config, boolean busSecured) {
        return new NodeClusterManager(config, busSecured);
    }

    /**
     * Joins now.
     *
     * @throws InvalidOptionException if a node of this name has another secret, and there is none with this one
     */
    static NodeClusterManager guarded(Config config, ClusterKey key, boolean busSecured) {
        SecretHandshake handshake = new SecretHandshake(key, config.getClusterName());
        // As Vert.x does: it ends Hazelcast when it has left the cluster.
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.getMemberAttributeConfig()
                .setAttribute(NODE_ID, UUID.randomUUID().toString());
        enableInterceptor(config);
        HazelcastInstance instance =
                HazelcastInstanceFactory.newHazelcastInstance(config, config.getInstanceName(), new Context(handshake));
        if (instance.getCluster().getMembers().size() == 1) {
            handshake.differing().ifPresent(member -> {
                instance.getLifecycleService().terminate();
                throw new InvalidOptionException(
                        "cluster.secret",
                        "another one than at " + member,
                        "the same at all nodes of \"" + config.getClusterName() + "\", or another cluster.name");
            });
        }
        return new NodeClusterManager(instance, busSecured);
    }

    private static void enableInterceptor(Config config) {
        SocketInterceptorConfig enabled = new SocketInterceptorConfig().setEnabled(true);
        AdvancedNetworkConfig network = config.getAdvancedNetworkConfig();
        @Nullable EndpointConfig endpoint = network.getEndpointConfigs().get(EndpointQualifier.MEMBER);
        if (network.isEnabled() && endpoint != null) {
            endpoint.setSocketInterceptorConfig(enabled);
        } else {
            config.getNetworkConfig().setSocketInterceptorConfig(enabled);
        }
    }

    /** Whether who joins has proved that it has the secret. */
    boolean isGuarded() {
        return own != null;
    }

    /** Whether the event bus takes connections with a certificate only. */
    boolean isBusSecured() {
        return busSecured;
    }

    @Override
    public void init(Vertx owner) {
        super.init(owner);
        vertx = (VertxInternal) owner;
    }

    @Override
    public void setNodeInfo(NodeInfo info, Completable<Void> promise) {
        tell(told -> super.setNodeInfo(info, told), ATTEMPTS).onComplete(promise);
    }

    /** Where two nodes join at once, the member that is to have a backup may not answer in time. What is said again is the same. */
    private static Future<Void> tell(Consumer<Promise<Void>> telling, int attempts) {
        return Future.future(telling::accept)
                .recover(failure -> attempts > 1 && failure instanceof IndeterminateOperationStateException
                        ? tell(telling, attempts - 1)
                        : Future.failedFuture(failure));
    }

    @Override
    public void addRegistration(String address, RegistrationInfo info, Completable<Void> promise) {
        registrations.add(address, info).onComplete(promise);
    }

    @Override
    public void removeRegistration(String address, RegistrationInfo info, Completable<Void> promise) {
        registrations.remove(address, info).onComplete(promise);
    }

    /** Calls what is overridden here. */
    private final class Registry implements OwnRegistrations.Registry {

        @Override
        public Future<Void> add(String address, RegistrationInfo info) {
            return tell(told -> NodeClusterManager.super.addRegistration(address, info, told), ATTEMPTS);
        }

        @Override
        public Future<Void> remove(String address, RegistrationInfo info) {
            return tell(told -> NodeClusterManager.super.removeRegistration(address, info, told), ATTEMPTS);
        }
    }

    @Override
    public synchronized void memberAdded(MembershipEvent event) {
        super.memberAdded(event);
        VertxInternal owner = vertx;
        if (owner != null && isActive() && willRepeat.compareAndSet(false, true)) {
            owner.setTimer(REPEAT_MILLIS, id -> {
                willRepeat.set(false);
                registrations.repeat();
            });
        }
    }

    /** A node that stood still hears that the others have gone when it is with them again. What they have said is to stay. */
    @Override
    public synchronized void memberRemoved(MembershipEvent event) {
        if (isMember(event.getMember().getAttribute(NODE_ID))) {
            LOG.debug("{} has left, and is here again", event.getMember());
        } else {
            super.memberRemoved(event);
        }
    }

    private boolean isMember(@Nullable String node) {
        return node != null
                && getHazelcastInstance().getCluster().getMembers().stream()
                        .anyMatch(member -> node.equals(member.getAttribute(NODE_ID)));
    }

    /**
     * Looks after who is gone when the clusters have become one, on a thread of its own. Hazelcast calls this before they have, and
     * waits: meanwhile nothing answers that Vert.x asks for.
     */
    @Override
    // The thread that does it holds the lock.
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public void stateChanged(LifecycleEvent event) {
        VertxInternal owner = vertx;
        if (owner == null || event.getState() != LifecycleState.MERGED) {
            super.stateChanged(event);
            return;
        }
        owner.executeBlocking(
                        () -> {
                            super.stateChanged(event);
                            return null;
                        },
                        false)
                .onFailure(failure -> LOG.debug("after a merge", failure))
                .eventually(registrations::repeat);
    }

    /** As Vert.x does for an instance of its own. */
    @Override
    public @Nullable String clusterHost() {
        return own == null || own.getConfig().getNetworkConfig().getPublicAddress() != null
                ? super.clusterHost()
                : own.getCluster().getLocalMember().getAddress().getHost();
    }

    @Override
    public void leave(Completable<Void> promise) {
        VertxInternal owner = vertx;
        HazelcastInstance instance = own;
        if (owner == null || instance == null) {
            super.leave(promise);
            return;
        }
        Promise<Void> left = Promise.promise();
        super.leave(left);
        left.future()
                .eventually(() -> owner.executeBlocking(() -> {
                    instance.getLifecycleService().shutdown();
                    return null;
                }))
                .onComplete(promise);
    }

    private static final class Context extends DefaultNodeContext {

        private final MemberSocketInterceptor guard;

        Context(MemberSocketInterceptor guard) {
            this.guard = guard;
        }

        @Override
        public NodeExtension createNodeExtension(Node node) {
            return new DefaultNodeExtension(node) {

                @Override
                public MemberSocketInterceptor getSocketInterceptor(EndpointQualifier endpoint) {
                    return guard;
                }
            };
        }
    }
}
