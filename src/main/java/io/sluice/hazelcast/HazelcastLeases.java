package io.sluice.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import io.sluice.cluster.Leases;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases of a cluster: which node does what only one node may do, and in which term.
 *
 * <pre>
 *     map "sluice.leases"      stream/events  ->  5f2c... 7 1204       owner, term, beat
 *
 *     the owner                each second: beat + 1
 *     each other node          each second, and at each change: has the owner left, or the beat not changed for 15 s?
 *                              then: owner = this node, term + 1
 * </pre>
 *
 * <p>The term is the fence: what a deposed owner still does in its old term does not count. A lock of Hazelcast has no term, and
 * so cannot fence.
 *
 * <p>One per Vert.x instance. The timer and the listeners live as long as there is a claim.
 */
final class HazelcastLeases implements Shareable {

    private static final Logger LOG = LoggerFactory.getLogger(HazelcastLeases.class);

    private final VertxInternal vertx;
    private final ClusterMembers members;
    private final LeftBehind leftBehind;
    private final IMap<String, String> map;
    private final Map<String, LeaseClaim> claims = new ConcurrentHashMap<>();

    // Under this object's lock; null if there is no claim:
    private @Nullable Watch watch;

    private HazelcastLeases(VertxInternal vertx) {
        HazelcastInstance hazelcast = HazelcastCluster.instance(vertx);
        this.vertx = vertx;
        this.members = new ClusterMembers(hazelcast);
        this.leftBehind = LeftBehind.of(vertx);
        this.map = ClusterMaps.open(hazelcast, "leases");
    }

    /** The leases of a clustered Vert.x instance. Blocks at first: not on an event loop. */
    static HazelcastLeases of(Vertx vertx) {
        LocalMap<String, HazelcastLeases> all = vertx.sharedData().getLocalMap("io.sluice.leases");
        return all.computeIfAbsent("", key -> new HazelcastLeases((VertxInternal) vertx));
    }

    /** The same leases without their terms. */
    static Leases withoutTerms(Vertx vertx) {
        return (name, listener) -> ((VertxInternal) vertx)
                .getOrCreateContext()
                .executeBlocking(() -> of(vertx))
                .compose(leases -> leases.claim(name, new LeaseClaim.Holder() {

                    @Override
                    public void begins(long term) {
                        listener.begins();
                    }

                    @Override
                    public void ends() {
                        listener.ends();
                    }
                }))
                .map(claim -> claim);
    }

    ClusterMembers members() {
        return members;
    }

    /** Whether this node must own no lease, since the others have gone on without it. */
    boolean isLeftBehind() {
        return leftBehind.isBehind();
    }

    IMap<String, String> map() {
        return map;
    }

    /**
     * Claims a lease until it is released. Any thread.
     *
     * @return completes when the owner is known, on the caller's context; fails with {@link IllegalStateException} if this Vert.x
     *     instance claims the lease already
     */
    Future<LeaseClaim> claim(String name, LeaseClaim.Holder holder) {
        LeaseClaim claim = new LeaseClaim(this, name, holder, vertx.createEventLoopContext());
        return claim.onWorker(() -> {
            register(claim);
            try {
                claim.inspect();
            } catch (RuntimeException e) {
                LOG.debug("lease {} could not be inspected; the next second tries again", name, e);
            }
            return claim;
        });
    }

    private synchronized void register(LeaseClaim claim) {
        if (watch == null) {
            watch = new Watch();
        }
        if (claims.putIfAbsent(claim.name(), claim) != null) {
            throw new IllegalStateException(claim.name() + " is open in this Vert.x instance already");
        }
    }

    /** On a worker. */
    synchronized void unregister(LeaseClaim claim) {
        claims.remove(claim.name(), claim);
        if (watch != null && claims.isEmpty()) {
            watch.close();
            watch = null;
        }
    }

    private void inspectAll() {
        claims.values().forEach(LeaseClaim::inspectSoon);
    }

    /** Has the claims inspected each second, and at each change. Made and closed on a worker. */
    private final class Watch
            implements ClusterMembers.Listener,
                    EntryAddedListener<String, String>,
                    EntryUpdatedListener<String, String> {

        private final UUID changes = map.addEntryListener(this, true);
        private final ClusterMembers.Registration membership = members.listen(this);
        private final long timer =
                vertx.createEventLoopContext().setPeriodic(LeaseClaim.RENEW_MILLIS, id -> inspectAll());

        @Override
        public void entryAdded(EntryEvent<String, String> event) {
            inspectAll();
        }

        /** A renewal is no news. */
        @Override
        public void entryUpdated(EntryEvent<String, String> event) {
            String owner = LeaseEntry.parse(event.getValue()).owner();
            if (!owner.equals(LeaseEntry.parse(event.getOldValue()).owner())) {
                inspectAll();
            }
        }

        @Override
        public void joined(Member member, int now) {}

        @Override
        public void left(Member member, int now) {
            inspectAll();
        }

        void close() {
            vertx.cancelTimer(timer);
            membership.cancel();
            if (members.isRunning()) {
                map.removeEntryListener(changes);
            }
        }
    }
}
