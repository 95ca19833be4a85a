package io.sluice.cluster;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether this node is still with more than half of those with whom it was in a cluster. If not, they may all have died, or
 * they may be alive and going on without it: nobody can tell. So whoever is left goes on under ids of its own.
 *
 * <p>Who says goodbye, because it is being stopped, does not count as lost; nor does who was lost some time ago.
 *
 * <p>Any thread.
 */
final class Quorum implements MembershipListener, EntryAddedListener<String, String> {

    private static final String GOODBYES = "sluice.goodbyes";
    private static final long GOODBYE_SECONDS = 60;
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(15); // in which members may be missed one by one

    private final Cluster cluster;
    private final IMap<String, String> goodbyes;
    private final UUID membership;
    private final UUID farewells;

    private final Set<UUID> known = new HashSet<>();
    private final Set<UUID> leaving = new HashSet<>();
    private final Map<UUID, Long> lostAt = new HashMap<>();
    private final Set<UUID> told = new HashSet<>(); // the loss that was told last
    private @Nullable String forked; // the epoch that it ended here

    /** Blocks: not on an event loop. */
    Quorum(HazelcastInstance hazelcast) {
        this.cluster = hazelcast.getCluster();
        this.goodbyes = hazelcast.getMap(GOODBYES);
        this.farewells = goodbyes.addEntryListener(this, false);
        this.membership = cluster.addMembershipListener(this);
        lost();
    }

    /**
     * Whether the log has to go on in an epoch of its own here.
     *
     * @param epoch the newest, as the log knows it; once it is another one than at the time of the loss, that is done
     */
    synchronized boolean mustFork(String epoch) {
        Set<UUID> lost = lost();
        if (lost.size() >= known.size() && !told.containsAll(lost)) {
            told.clear();
            told.addAll(lost);
            forked = epoch;
        }
        return epoch.equals(forked);
    }

    /** Asks Hazelcast, not the events, which may be late. */
    private synchronized Set<UUID> lost() {
        Set<UUID> members = cluster.getMembers().stream().map(Member::getUuid).collect(Collectors.toSet());
        long now = System.nanoTime();
        known.removeAll(members);
        known.removeAll(leaving);
        known.forEach(member -> lostAt.put(member, now));
        lostAt.values().removeIf(at -> now - at > WINDOW_NANOS);
        known.clear();
        known.addAll(members);
        leaving.retainAll(members);
        return lostAt.keySet();
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        lost();
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        lost();
    }

    /** A member will leave. */
    @Override
    public synchronized void entryAdded(EntryEvent<String, String> event) {
        leaving.add(UUID.fromString(event.getKey()));
    }

    /** Tells the others that this member will leave. */
    void leave() {
        goodbyes.setAsync(cluster.getLocalMember().getUuid().toString(), "", GOODBYE_SECONDS, TimeUnit.SECONDS);
    }

    void close() {
        cluster.removeMembershipListener(membership);
        goodbyes.removeEntryListener(farewells);
    }
}
