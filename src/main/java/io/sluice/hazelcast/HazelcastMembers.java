package io.sluice.hazelcast;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import io.sluice.cluster.Members;
import java.net.UnknownHostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names the members by the addresses at which they listen for each other, and logs each that joins or leaves. */
final class HazelcastMembers implements Members, ClusterMembers.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(HazelcastMembers.class);

    private final ClusterMembers members;
    private final ClusterMembers.Registration registration;

    HazelcastMembers(HazelcastInstance hazelcast) {
        this.members = new ClusterMembers(hazelcast);
        this.registration = members.listen(this);
        warnOfStrangers();
    }

    /** Nothing but the network keeps a stranger from joining. */
    private void warnOfStrangers() {
        if (isBeyondLoopback(members.local().getAddress())) {
            LOG.warn(
                    "the cluster listens at {}, and asks for no password: whoever reaches that port is a member. Let a firewall"
                            + " keep strangers from it",
                    self());
        }
    }

    static boolean isBeyondLoopback(Address address) {
        try {
            return !address.getInetAddress().isLoopbackAddress();
        } catch (UnknownHostException e) {
            return true;
        }
    }

    @Override
    public String self() {
        return name(members.local());
    }

    @Override
    public String describe() {
        int others = members.size() - 1;
        return self() + " with " + others + (others == 1 ? " other" : " others");
    }

    @Override
    public void joined(Member member, int now) {
        log("joined", member, now);
    }

    @Override
    public void left(Member member, int now) {
        log("left", member, now);
    }

    private static void log(String what, Member member, int now) {
        LOG.info("Member {}: {}, {} member{} now", what, name(member), now, now == 1 ? "" : "s");
    }

    private static String name(Member member) {
        Address address = member.getAddress();
        return address.getHost() + ":" + address.getPort();
    }

    @Override
    public void close() {
        registration.cancel();
    }
}
