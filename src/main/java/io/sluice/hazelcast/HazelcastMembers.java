package io.sluice.hazelcast;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import io.sluice.cluster.Members;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names the members by the addresses at which they listen for each other, and logs each that joins or leaves. */
final class HazelcastMembers implements Members, ClusterMembers.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(HazelcastMembers.class);

    private final String cluster;
    private final ClusterMembers members;
    private final ClusterMembers.Registration registration;

    HazelcastMembers(HazelcastInstance hazelcast) {
        this.cluster = hazelcast.getConfig().getClusterName();
        this.members = new ClusterMembers(hazelcast);
        this.registration = members.listen(this);
    }

    @Override
    public String self() {
        return name(members.local());
    }

    @Override
    public String describe() {
        int others = members.size() - 1;
        return self() + " in \"" + cluster + "\" with " + others + (others == 1 ? " other" : " others");
    }

    @Override
    public List<String> names() {
        return members.all().stream().map(HazelcastMembers::name).toList();
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
