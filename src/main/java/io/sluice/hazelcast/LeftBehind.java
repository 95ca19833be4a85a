package io.sluice.hazelcast;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the cluster has gone on without this node, because this node stood still: a pause is no split.
 *
 * <pre>
 *     this node     .... stands still ...............| wakes | is told that it is no member | joins again
 *     the others    ....... miss it after 10 s | go on, with another leader
 * </pre>
 *
 * <p>A node that wakes has done nothing for so long, and the others have acknowledged events meanwhile. So it must not take itself
 * for a side of a split: from the moment when it has lost half of the members or more, right after a pause, until it has joined them
 * again, it takes no event, leads no stream, runs no singleton, and reads no ring. Its clients stay, and resume exactly then.
 *
 * <p>If no lost member can be joined for half a minute, they have died, or the network has failed during the pause. Then this node
 * goes on alone, as after a split.
 *
 * <p>One per Vert.x instance. Any thread.
 */
final class LeftBehind implements Shareable, ClusterMembers.Listener {

    /** On a thread of Hazelcast or of Vert.x. */
    interface Listener {

        /** The cluster has gone on without this node. */
        void fellBehind();

        /** This node goes on alone. It hears nothing if it has joined the others again: Hazelcast tells that. */
        void goesOnAlone();
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long RETRY_MILLIS = 1000;
    private static final String NO_HEARTBEAT = "hazelcast.max.no.heartbeat.seconds";
    private static final String NO_HEARTBEAT_DEFAULT = "60";

    private static final Logger LOG = LoggerFactory.getLogger(LeftBehind.class);

    private final ContextInternal context;
    private final ClusterMembers members;
    private final Predicate<List<Address>> rejoin;
    private final Duration patience;
    private final PauseDetector pauses;
    private final long beat;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    // Under this object's lock:
    /** The members with data before the pause, or now. */
    private Map<UUID, Address> known;

    private boolean behind;
    private long since;

    /**
     * @param context for what this does by itself
     * @param rejoin joins one of some former members, and blocks meanwhile
     * @param patience after which this node goes on alone
     */
    LeftBehind(
            ContextInternal context,
            HazelcastInstance hazelcast,
            PauseDetector pauses,
            Predicate<List<Address>> rejoin,
            Duration patience) {
        this.context = context;
        this.members = new ClusterMembers(hazelcast);
        this.pauses = pauses;
        this.rejoin = rejoin;
        this.patience = patience;
        this.known = members.withData();
        members.listen(this);
        this.beat = context.setPeriodic(PauseDetector.BEAT_MILLIS, id -> noteMembers());
        hazelcast.getLifecycleService().addLifecycleListener(event -> lifecycleChanged(event.getState()));
    }

    /** Of a clustered Vert.x instance. */
    static LeftBehind of(Vertx vertx) {
        LocalMap<String, LeftBehind> all = vertx.sharedData().getLocalMap("io.sluice.behind");
        return all.computeIfAbsent("", key -> create((VertxInternal) vertx));
    }

    private static LeftBehind create(VertxInternal vertx) {
        HazelcastInstance hazelcast = HazelcastCluster.instance(vertx);
        Duration missed = missedAfter(hazelcast);
        // A pause that is a little shorter may be long enough for one of the others.
        PauseDetector pauses = new PauseDetector(missed.multipliedBy(3).dividedBy(4), missed);
        ContextInternal context = vertx.createEventLoopContext();
        return new LeftBehind(context, hazelcast, pauses, lost -> Rejoin.toAnyOf(hazelcast, lost), PATIENCE);
    }

    /** How long Hazelcast waits for a sign of life. */
    private static Duration missedAfter(HazelcastInstance hazelcast) {
        String configured = hazelcast.getConfig().getProperty(NO_HEARTBEAT);
        String seconds = configured == null ? System.getProperty(NO_HEARTBEAT, NO_HEARTBEAT_DEFAULT) : configured;
        return Duration.ofSeconds(Long.parseLong(seconds.strip()));
    }

    void addListener(Listener listener) {
        listeners.add(listener);
    }

    void removeListener(Listener listener) {
        listeners.remove(listener);
    }

    /** Asks Hazelcast for its members after a pause, since its events may be late. */
    boolean isBehind() {
        synchronized (this) {
            if (behind || !pauses.isRecent() || !isMinority(members.ids())) {
                return behind;
            }
            behind = true;
            since = System.nanoTime();
        }
        LOG.warn(
                "this node stood still for {} s, and the cluster has gone on without it: until this node has joined again, it"
                        + " takes no events, and its clients get none",
                TimeUnit.MILLISECONDS.toSeconds(pauses.pauseMillis()));
        listeners.forEach(Listener::fellBehind);
        context.runOnContext(v -> rejoin());
        return true;
    }

    /** Whether half of the members before, or more, are no members now. */
    private boolean isMinority(Set<UUID> now) {
        long lost = known.keySet().stream().filter(id -> !now.contains(id)).count();
        return lost > 0 && lost >= known.size() - lost;
    }

    /** What is noted during a pause, or right after it, would hide what was lost. */
    private void noteMembers() {
        isBehind();
        synchronized (this) {
            known = behind || pauses.isRecent() ? known : members.withData();
        }
    }

    private void rejoin() {
        List<Address> lost;
        synchronized (this) {
            if (!behind) {
                return;
            }
            lost = lost();
        }
        if (System.nanoTime() - since > patience.toNanos()) {
            goOnAlone();
            return;
        }
        context.executeBlocking(() -> rejoin.test(lost))
                .onFailure(failure -> LOG.debug("the cluster cannot be joined again yet", failure))
                .eventually(() -> context.timer(RETRY_MILLIS))
                .onComplete(done -> rejoin());
    }

    private List<Address> lost() {
        Set<UUID> now = members.ids();
        return known.entrySet().stream()
                .filter(member -> !now.contains(member.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private void goOnAlone() {
        synchronized (this) {
            behind = false;
            known = members.withData();
        }
        LOG.warn("none of the other members can be reached: this node goes on alone");
        listeners.forEach(Listener::goesOnAlone);
    }

    private void lifecycleChanged(LifecycleState state) {
        if (state == LifecycleState.SHUTTING_DOWN) {
            context.owner().cancelTimer(beat);
        }
        if (state == LifecycleState.MERGED || state == LifecycleState.MERGE_FAILED) {
            synchronized (this) {
                behind = false;
                known = members.withData();
            }
        }
    }

    @Override
    public void joined(Member member, int now) {
        noteMembers();
    }

    @Override
    public void left(Member member, int now) {
        noteMembers();
    }
}
