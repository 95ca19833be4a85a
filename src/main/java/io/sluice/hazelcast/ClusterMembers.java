package io.sluice.hazelcast;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** The members of a Hazelcast cluster: the one place where this package asks for them. Any thread. */
final class ClusterMembers {

    /** Learns of members that join or leave. On a thread of Hazelcast. */
    interface Listener {

        /**
         * A member has joined.
         *
         * @param members how many there are now
         */
        void joined(Member member, int members);

        /**
         * A member has left, or Hazelcast has missed it.
         *
         * @param members how many there are now
         */
        void left(Member member, int members);
    }

    /** A listener that is told of changes. */
    interface Registration {

        /** Ends it. Harmless if Hazelcast has stopped. */
        void cancel();
    }

    private final HazelcastInstance hazelcast;

    ClusterMembers(HazelcastInstance hazelcast) {
        this.hazelcast = hazelcast;
    }

    /** This member, which gets another id when its part of the cluster is merged into a larger one. */
    UUID self() {
        return local().getUuid();
    }

    Member local() {
        return cluster().getLocalMember();
    }

    int size() {
        return all().size();
    }

    Set<Member> all() {
        return cluster().getMembers();
    }

    Set<UUID> ids() {
        return all().stream().map(Member::getUuid).collect(Collectors.toSet());
    }

    /** The members that hold data, with their addresses. */
    Map<UUID, Address> withData() {
        return all().stream()
                .filter(member -> !member.isLiteMember())
                .collect(Collectors.toMap(Member::getUuid, Member::getAddress));
    }

    /** Whether a text is the id of a member. */
    boolean has(String id) {
        return all().stream().anyMatch(member -> member.getUuid().toString().equals(id));
    }

    Registration listen(Listener listener) {
        UUID id = cluster().addMembershipListener(new MembershipListener() {

            @Override
            public void memberAdded(MembershipEvent event) {
                listener.joined(event.getMember(), event.getMembers().size());
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                listener.left(event.getMember(), event.getMembers().size());
            }
        });
        return () -> {
            try {
                cluster().removeMembershipListener(id);
            } catch (HazelcastInstanceNotActiveException e) {
                // Nobody listens any more.
            }
        };
    }

    /** Whether Hazelcast still runs here. */
    boolean isRunning() {
        return hazelcast.getLifecycleService().isRunning();
    }

    private Cluster cluster() {
        return hazelcast.getCluster();
    }
}
