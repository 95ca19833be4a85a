package io.sluice.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a stream's log may have been split: whether this node has lost half of the stream's nodes or more.
 *
 * <pre>
 *     map "sluice.nodes"     events/5f2c...  ->  here        a node that has the stream
 *                            events/81d0...  ->  gone        a node that was stopped as planned: no loss
 *
 *     4 nodes, 1 lost        3 are left: the log continues
 *     4 nodes, 2 lost        2 are left: the log continues in an epoch of its own, since the other two may do the same
 * </pre>
 *
 * <p>The lost nodes may have died, or may be alive on the other side of a split: this node cannot know. So it forks the log, and
 * gives ids that the other side will not give. A member without the stream may come and go.
 *
 * <p>Hazelcast may miss one member a second before the next, and has no copy of any data at a member that it has missed. So after
 * a loss nothing counts as safe until all members that are left have answered ({@link #settle}). A node that was lost before does
 * not count in the next loss.
 *
 * <p>Any thread.
 */
final class SplitDetector
        implements ClusterMembers.Listener, EntryAddedListener<String, String>, EntryUpdatedListener<String, String> {

    /** The name of the map of nodes. */
    static final String NODES = "nodes";

    private static final String HERE = "here";
    private static final String GONE = "gone";
    private static final long GONE_SECONDS = 60;

    /** The time in which Hazelcast may miss the members of one loss, one by one. */
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final long RETRY_MILLIS = 50;
    private static final long GOODBYE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** @param epoch the epoch that has to end here */
    private record Fork(Set<UUID> lost, String epoch) {}

    private final String stream;
    private final ClusterMembers members;
    private final BooleanSupplier leftBehind;
    private final boolean alone;
    private final IMap<String, String> map;
    private final RollCall rollCall;
    private final UUID changes;
    private final ClusterMembers.Registration membership;

    // Under this object's lock:
    /** The nodes that have the stream, as the map says. */
    private final Set<UUID> nodes = new HashSet<>();
    /** The nodes that are members. */
    private final Set<UUID> present = new HashSet<>();

    private final Map<UUID, Long> lostAt = new HashMap<>();
    private Set<UUID> seen = Set.of();
    /** Whether all members have answered since the last loss. */
    private boolean settled = true;

    private @Nullable Fork fork;

    /**
     * Blocks: not on an event loop.
     *
     * @param leftBehind see {@link LeftBehind#isBehind}
     * @param alone whether the log has to fork here in any case: the others cannot be reached
     */
    SplitDetector(HazelcastInstance hazelcast, String stream, BooleanSupplier leftBehind, boolean alone) {
        this.stream = stream;
        this.members = new ClusterMembers(hazelcast);
        this.leftBehind = leftBehind;
        this.alone = alone;
        this.map = ClusterMaps.open(hazelcast, NODES);
        this.rollCall = new RollCall(hazelcast, map);
        this.changes = map.addEntryListener(this, true);
        this.membership = members.listen(this);
        ClusterMaps.set(map, key(members.self()), HERE);
        map.forEach(this::noteNode);
        noteMembers();
    }

    /** Whether a member has a stream, as the map says. Blocks: not on an event loop. */
    static boolean has(HazelcastInstance hazelcast, String stream, String member) {
        return HERE.equals(ClusterMaps.open(hazelcast, NODES).get(stream + '/' + member));
    }

    /**
     * Notes which members are lost, and whether the log has to fork because of them.
     *
     * @param epoch the newest, as the log knows it
     */
    synchronized void noteLosses(String epoch) {
        noteMembers();
        Set<UUID> lost = lostAt.keySet();
        boolean forked = fork != null && fork.lost.containsAll(lost);
        boolean few = !lost.isEmpty() && lost.size() >= present.size();
        if ((few || alone) && !forked) {
            fork = new Fork(Set.copyOf(lost), epoch);
        }
    }

    /** Whether the others have gone on without this node, so that nothing counts here. */
    boolean isLeftBehind() {
        return leftBehind.getAsBoolean();
    }

    /** Whether the log has to begin an epoch of its own here, as of {@link #noteLosses}. It has, once the epoch is a newer one. */
    synchronized boolean mustFork(String epoch) {
        return fork != null && fork.epoch.equals(epoch);
    }

    /** Asks Hazelcast, since its events may be late. */
    private synchronized void noteMembers() {
        Set<UUID> now = members.ids();
        long time = System.nanoTime();
        settled &= now.containsAll(seen);
        seen = now;
        present.removeAll(now);
        present.retainAll(nodes);
        present.forEach(lost -> lostAt.put(lost, time));
        lostAt.values().removeIf(at -> time - at > WINDOW_NANOS);
        present.clear();
        present.addAll(nodes);
        present.retainAll(now);
    }

    /**
     * Completes when all members that are left have answered since the last loss.
     *
     * @return on a context; fails if the log has to fork, and has not yet, and if this node {@linkplain LeftBehind is left behind}
     */
    Future<Void> settle(ContextInternal context, String epoch) {
        if (isLeftBehind()) {
            return context.failedFuture("the cluster has gone on without this node");
        }
        Set<UUID> asked;
        synchronized (this) {
            noteLosses(epoch);
            if (mustFork(epoch)) {
                return context.failedFuture("this node is left with half of the cluster or less");
            } else if (settled) {
                return context.succeededFuture();
            }
            asked = seen;
        }
        return rollCall.ask(context, asked.size())
                .map(all -> noteAnswers(asked))
                .otherwise(false)
                .compose(done -> done
                        ? context.succeededFuture()
                        : context.timer(RETRY_MILLIS).compose(v -> settle(context, epoch)));
    }

    /** All asked members have answered. Ends the loss if the members are still the same. */
    private synchronized boolean noteAnswers(Set<UUID> asked) {
        noteMembers();
        if (seen.equals(asked)) {
            settled = true;
            lostAt.keySet().forEach(lost -> map.removeAsync(key(lost)));
            lostAt.clear();
        }
        return settled;
    }

    @Override
    public void joined(Member member, int now) {
        noteMembers();
    }

    @Override
    public void left(Member member, int now) {
        noteMembers();
    }

    @Override
    public void entryAdded(EntryEvent<String, String> event) {
        noteNode(event.getKey(), event.getValue());
    }

    @Override
    public void entryUpdated(EntryEvent<String, String> event) {
        noteNode(event.getKey(), event.getValue());
    }

    private synchronized void noteNode(String key, String state) {
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
     * Tells the other nodes that this one is stopped as planned. If Hazelcast refuses that, it is repeated: the other nodes would
     * count this one as lost.
     *
     * @return fails if it takes too long
     */
    Future<Void> sayGoodbye(ContextInternal context) {
        return sayGoodbye(context, System.nanoTime() + GOODBYE_NANOS).timeout(GOODBYE_NANOS, TimeUnit.NANOSECONDS);
    }

    private Future<Void> sayGoodbye(ContextInternal context, long deadline) {
        return Future.fromCompletionStage(
                        map.setAsync(key(members.self()), GONE, GONE_SECONDS, TimeUnit.SECONDS), context)
                .recover(failure -> System.nanoTime() > deadline
                        ? context.failedFuture(failure)
                        : context.timer(RETRY_MILLIS).compose(v -> sayGoodbye(context, deadline)));
    }

    private String key(UUID node) {
        return stream + '/' + node;
    }

    /** Blocks: not on an event loop. */
    void close() {
        membership.cancel();
        map.removeEntryListener(changes);
    }
}
