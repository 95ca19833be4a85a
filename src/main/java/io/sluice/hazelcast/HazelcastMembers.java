package io.sluice.hazelcast;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import io.sluice.cluster.Members;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The members as Hazelcast knows them; each is named by the address at which it listens for the others. */
final class HazelcastMembers implements Members, MembershipListener {

    private static final Logger LOG = LoggerFactory.getLogger(HazelcastMembers.class);

    private final HazelcastInstance hazelcast;
    private final UUID registration;

    HazelcastMembers(Vertx vertx) {
        this.hazelcast = instance(vertx);
        this.registration = hazelcast.getCluster().addMembershipListener(this);
    }

    /** The instance that a clustered Vert.x joined with. */
    static HazelcastInstance instance(Vertx vertx) {
        return ((HazelcastClusterManager) ((VertxInternal) vertx).clusterManager()).getHazelcastInstance();
    }

    /** The name of the member that a clustered Vert.x is. */
    static String name(Vertx vertx) {
        return name(instance(vertx).getCluster().getLocalMember());
    }

    @Override
    public String self() {
        return name(hazelcast.getCluster().getLocalMember());
    }

    @Override
    public String describe() {
        Cluster cluster = hazelcast.getCluster();
        int others = cluster.getMembers().size() - 1;
        return name(cluster.getLocalMember()) + " with " + others + (others == 1 ? " other" : " others");
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        log("joined", event);
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        log("left", event);
    }

    private static void log(String what, MembershipEvent event) {
        int now = event.getMembers().size();
        LOG.info("Member {}: {}, {} member{} now", what, name(event.getMember()), now, now == 1 ? "" : "s");
    }

    private static String name(Member member) {
        Address address = member.getAddress();
        return address.getHost() + ":" + address.getPort();
    }

    @Override
    public void close() {
        if (hazelcast.getLifecycleService().isRunning()) {
            hazelcast.getCluster().removeMembershipListener(registration);
        }
    }
}
