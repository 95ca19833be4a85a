package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.HazelcastInstance;
import io.sluice.testing.Await;
import io.sluice.testing.cluster.InJvmCluster;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where a consumer is stays known, whatever a member that stood still takes for gone. */
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class NodeClusterManagerTest {

    /** As Vert.x names it. */
    private static final String REGISTRATIONS = "__vertx.subs";

    private InJvmCluster cluster;
    private Vertx asking;
    private Vertx consuming;

    @BeforeEach
    void join() throws Exception {
        cluster = new InJvmCluster();
        asking = cluster.join();
        consuming = cluster.join();
        consuming
                .eventBus()
                .consumer("where", message -> message.reply("here"))
                .completion()
                .await(10, TimeUnit.SECONDS);
        assertEquals("here", ask());
    }

    @AfterEach
    void leave() {
        cluster.close();
    }

    private String ask() throws Exception {
        return asking.eventBus()
                .<String>request("where", "")
                .await(10, TimeUnit.SECONDS)
                .body();
    }

    @Test
    void aMemberThatIsHereAgainIsNotTakenForGone() throws Exception {
        HazelcastInstance hazelcast = InJvmCluster.hazelcast(asking);
        Cluster members = hazelcast.getCluster();
        Member consumer = members.getMembers().stream()
                .filter(member -> !member.localMember())
                .findFirst()
                .orElseThrow();
        ((NodeClusterManager) ((VertxInternal) asking).clusterManager())
                .memberRemoved(
                        new MembershipEvent(members, consumer, MembershipEvent.MEMBER_REMOVED, members.getMembers()));
        assertEquals("here", ask());
    }

    @Test
    void whatAnotherMemberHasRemovedIsSaidAgainWhenAMemberJoins() throws Exception {
        InJvmCluster.hazelcast(asking).getMultiMap(REGISTRATIONS).clear();
        Await.await("nobody knows the consumer", () -> !isKnown());
        asking = cluster.join();
        Await.await("the consumer is known again", this::isKnown);
        assertEquals("here", ask());
    }

    private boolean isKnown() {
        return !InJvmCluster.hazelcast(asking)
                .getMultiMap(REGISTRATIONS)
                .get("where")
                .isEmpty();
    }
}
