package io.sluice.hazelcast;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import com.hazelcast.partition.PartitionService;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether this node is still with more than half of those with whom it had a stream. If not, they may all have died, or they may
 * be alive and going on without it: nobody can tell. So whoever is left goes on under ids of its own.
 *
 * <p>Those who have the stream are in a map in Hazelcast; a member that only publishes is not, and may come and go. Who says
 * goodbye there, because it is being stopped, does not count as lost; nor does who was lost before all the others answered.
 *
 * <p>Hazelcast may miss one member a second before the next, and has no copy of anything at a member that it has missed. So
 * after a loss whoever is left has to answer before anything counts as safe.
 *
 * <p>Any thread.
 */
final class SplitDetector
        implements MembershipListener, EntryAddedListener<String, String>, EntryUpdatedListener<String, String> {

    static final String NODES = "sluice.nodes";
    private static final String HERE = "here";
    private static final String GONE = "gone";
    private static final long GONE_SECONDS = 60;
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(15); // in which members may be missed one by one

    private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final int MAX_KEYS = 5000;
    private static final long RETRY_MILLIS = 50;

    private final Cluster cluster;
    private final PartitionService partitions;
    private final String stream;
    private final IMap<String, String> map;
    private final UUID membership;
    private final UUID changes;

    private final Set<UUID> nodes = new HashSet<>(); // that have the stream, as the map says
    private final Set<UUID> known = new HashSet<>(); // those of them that are members
    private final Map<UUID, Long> lostAt = new HashMap<>();
    private final Set<UUID> told = new HashSet<>(); // the loss that was told last
    private Set<UUID> seen = Set.of(); // the members, whatever they have
    private boolean answered = true; // by all who are left since one of those was lost
    private @Nullable String forked; // the epoch that it ended here

    /** Blocks: not on an event loop. */
    SplitDetector(HazelcastInstance hazelcast, String stream) {
        this.cluster = hazelcast.getCluster();
        this.partitions = hazelcast.getPartitionService();
        this.stream = stream;
        this.map = hazelcast.getMap(NODES);
        this.changes = map.addEntryListener(this, true);
        this.membership = cluster.addMembershipListener(this);
        map.set(key(self()), HERE);
        map.forEach(this::say);
        lost();
    }

    /**
     * Whether the log has to go on in an epoch of its own here.
     *
     * @param epoch the newest, as the log knows it; once it is another one than at the time of the loss, that is done
     */
    synchronized boolean mustFork(String epoch) {
        Set<UUID> lost = lost();
        if (!lost.isEmpty() && lost.size() >= known.size() && !told.containsAll(lost)) {
            told.clear();
            told.addAll(lost);
            forked = epoch;
        }
        return epoch.equals(forked);
    }

    /** Asks Hazelcast, not the events, which may be late. */
    private synchronized Set<UUID> lost() {
        Set<UUID> members = members();
        long now = System.nanoTime();
        answered &= members.containsAll(seen);
        seen = members;
        known.removeAll(members);
        known.retainAll(nodes);
        known.forEach(member -> lostAt.put(member, now));
        lostAt.values().removeIf(at -> now - at > WINDOW_NANOS);
        known.clear();
        known.addAll(nodes);
        known.retainAll(members);
        return lostAt.keySet();
    }

    /**
     * Completes when whoever is left has answered since the last loss: at once where that was before.
     *
     * @return fails where the log has to go on in an epoch of its own, and has not yet; on a context
     */
    Future<Void> settle(ContextInternal context, String epoch) {
        Set<UUID> members;
        synchronized (this) {
            if (mustFork(epoch)) {
                return context.failedFuture("this node is left with half of the cluster or less");
            } else if (answered) {
                return context.succeededFuture();
            }
            members = seen;
        }
        return Future.all(askAll(context, members))
                .map(all -> hear(members))
                .otherwise(false)
                .compose(settled -> settled
                        ? context.succeededFuture()
                        : context.owner().timer(RETRY_MILLIS).compose(v -> settle(context, epoch)));
    }

    /**
     * Asks each of the others that has anything at all for something of it. Where one leaves before it has answered, another one
     * does.
     */
    private List<Future<Object>> askAll(ContextInternal context, Set<UUID> members) {
        Set<UUID> asked = new HashSet<>();
        List<Future<Object>> answers = new ArrayList<>();
        for (int i = 0; i < MAX_KEYS && asked.size() < members.size(); i++) {
            String key = "?" + i;
            Member owner = partitions.getPartition(key).getOwner();
            if (owner != null && asked.add(owner.getUuid()) && !owner.localMember()) {
                answers.add(
                        Future.fromCompletionStage(map.getAsync(key), context).map(nothing -> key));
            }
        }
        return answers;
    }

    /** All members have answered; whether these are still the same. */
    private synchronized boolean hear(Set<UUID> members) {
        lost();
        if (seen.equals(members)) {
            answered = true;
            lostAt.keySet().forEach(gone -> map.removeAsync(key(gone)));
            lostAt.clear(); // who is left is still with all of them: the next loss is another one
        }
        return answered;
    }

    private Set<UUID> members() {
        return cluster.getMembers().stream().map(Member::getUuid).collect(Collectors.toSet());
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        lost();
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        lost();
    }

    @Override
    public void entryAdded(EntryEvent<String, String> event) {
        say(event.getKey(), event.getValue());
    }

    @Override
    public void entryUpdated(EntryEvent<String, String> event) {
        say(event.getKey(), event.getValue());
    }

    private synchronized void say(String key, String state) {
        if (!key.startsWith(stream + '/')) {
            return;
        }
        UUID node = UUID.fromString(key.substring(stream.length() + 1));
        if (state.equals(HERE)) {
            nodes.add(node);
        } else {
            nodes.remove(node);
        }
    }

    /**
     * Tells the others that this node gives the stream up. What Hazelcast does not take is told again: the others would count
     * this node as lost.
     *
     * @return completes when it is told; fails when it takes too long
     */
    Future<Void> leave(ContextInternal context) {
        return leave(context, System.nanoTime() + LEAVE_NANOS).timeout(LEAVE_NANOS, TimeUnit.NANOSECONDS);
    }

    private Future<Void> leave(ContextInternal context, long deadline) {
        return Future.fromCompletionStage(map.setAsync(key(self()), GONE, GONE_SECONDS, TimeUnit.SECONDS), context)
                .recover(failure -> System.nanoTime() > deadline
                        ? context.failedFuture(failure)
                        : context.timer(RETRY_MILLIS).compose(v -> leave(context, deadline)));
    }

    private UUID self() {
        return cluster.getLocalMember().getUuid();
    }

    private String key(UUID node) {
        return stream + '/' + node;
    }

    /** Blocks: not on an event loop. */
    void close() {
        cluster.removeMembershipListener(membership);
        map.removeEntryListener(changes);
    }
}
