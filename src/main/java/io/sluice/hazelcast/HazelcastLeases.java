package io.sluice.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import io.sluice.cluster.Leases;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only one node of a cluster does at a time: who it is, and in which term.
 *
 * <p>An entry of a map in Hazelcast for each lease, {@code <owner> <term> <beat>}: the owner raises the beat each second;
 * whoever finds the owner gone from the cluster, or its beat unchanged for {@value #STALE_SECONDS} s, takes the lease with a
 * higher term. The term is the fence: what an owner does that has been deposed without knowing it does not count. A lock
 * would not do: it has none.
 *
 * <p>One per Vert.x instance. Calls to Hazelcast block, and run on a worker, one at a time for each lease: a call that hangs
 * keeps no other lease from being renewed. Timer and listeners live as long as there is a claim.
 */
final class HazelcastLeases implements Shareable, MembershipListener {

    private static final String MAP = "sluice.leases";
    private static final long RENEW_MILLIS = 1000;
    private static final int STALE_SECONDS = 15; // longer than Hazelcast takes to miss a member
    private static final String NOBODY = "-";

    private static final Logger LOG = LoggerFactory.getLogger(HazelcastLeases.class);

    private final HazelcastInstance hazelcast;
    private final IMap<String, String> map;
    private final VertxInternal vertx;
    private final Map<String, Claim> claims = new ConcurrentHashMap<>();
    private @Nullable Watch watch; // while there is a claim; under this object's lock

    private HazelcastLeases(VertxInternal vertx) {
        this.vertx = vertx;
        this.hazelcast = HazelcastMembers.instance(vertx);
        this.map = hazelcast.getMap(MAP);
    }

    /** Those of a clustered Vert.x instance. Blocks at first: not on an event loop. */
    static HazelcastLeases of(Vertx vertx) {
        LocalMap<String, HazelcastLeases> all = vertx.sharedData().getLocalMap("io.sluice.leases");
        return all.computeIfAbsent("", key -> new HazelcastLeases((VertxInternal) vertx));
    }

    /** Those of a clustered Vert.x instance, for who has no use for terms. */
    static Leases lessor(Vertx vertx) {
        return (name, turn) -> ((VertxInternal) vertx)
                .getOrCreateContext()
                .executeBlocking(() -> of(vertx))
                .compose(leases -> leases.claim(name, new Holder() {

                    @Override
                    public void acquired(long term) {
                        turn.begins();
                    }

                    @Override
                    public void lostLease() {
                        turn.ends();
                    }
                }))
                .map(claim -> claim);
    }

    /** What the owner of a lease does, and stops doing. On a worker thread. */
    interface Holder {

        /** This node has it; called again where that begins a term. */
        void acquired(long term);

        /** Somebody else has it. */
        void lostLease();
    }

    /** This node's wish for a lease. */
    final class Claim implements Leases.Lease {

        private final String name;
        private final Holder holder;
        private final ContextInternal worker =
                vertx.createEventLoopContext(); // no deployment's, so that it outlives them
        private final AtomicBoolean queued = new AtomicBoolean();
        private volatile String owner = NOBODY;
        private volatile long floor; // no term up to this one will do
        private long held; // the term in which this node has it, or 0
        private String seen = "";
        private long seenAt;
        private long lookedAt = System.nanoTime();
        private boolean released;

        private Claim(String name, Holder holder) {
            this.name = name;
            this.holder = holder;
        }

        /** Whose it is, as this node knows: the id of a member, or {@code -}. */
        String owner() {
            return owner;
        }

        /** Takes it again, where this node has it, with a term above one that it has seen. */
        void raise(long term) {
            floor = Math.max(floor, term);
            lookSoon();
        }

        @Override
        public Future<Void> release() {
            return onWorker(() -> {
                released = true;
                try {
                    if (held > 0) {
                        map.replace(name, seen, new Entry(NOBODY, held, 0).toString());
                        held = 0;
                    }
                } finally {
                    unregister(this);
                }
                return null;
            });
        }

        /**
         * Does something on a worker, after all that came before for this lease. Not on a named one: Vert.x closes those before
         * it undeploys anything, and then nobody could let go of a lease.
         *
         * @return what comes of it, on the caller's context
         */
        private <T extends @Nullable Object> Future<T> onWorker(Callable<T> task) {
            Promise<T> done = vertx.getOrCreateContext().promise();
            worker.executeBlocking(task).onComplete(done);
            return done.future();
        }

        /** Looks soon, once for all who ask. */
        private void lookSoon() {
            if (!queued.compareAndSet(false, true)) {
                return;
            }
            try {
                onWorker(() -> {
                            queued.set(false);
                            look();
                            return null;
                        })
                        .onFailure(failure -> LOG.debug("lease {} could not be looked at", name, failure));
            } catch (RejectedExecutionException e) {
                LOG.trace("Vert.x is closed", e); // and this stays queued
            }
        }

        /** On the worker. */
        private void look() {
            Set<String> members = members();
            if (released) {
                return;
            }
            String found = map.get(name);
            Entry entry = found == null ? new Entry(NOBODY, 0, 0) : Entry.parse(found);
            owner = entry.owner;
            String self = self();
            if (held > 0 && (!entry.owner.equals(self) || entry.term != held)) {
                held = 0;
                holder.lostLease();
            }
            if (held > 0 && held > floor) {
                keep(found, new Entry(self, held, entry.beat + 1));
            } else if (entry.owner.equals(self) || !members.contains(entry.owner) || isStale(found)) {
                take(found, Math.max(entry.term, floor) + 1);
            }
        }

        private void take(@Nullable String found, long term) {
            String self = self();
            String mine = new Entry(self, term, 0).toString();
            boolean taken = found == null ? map.putIfAbsent(name, mine) == null : map.replace(name, found, mine);
            if (taken) {
                seen = mine;
                owner = self;
                held = term;
                holder.acquired(term);
            }
        }

        private void keep(@Nullable String found, Entry renewed) {
            if (found != null && map.replace(name, found, renewed.toString())) {
                seen = renewed.toString();
            } // else the next look tells whose it is
        }

        /** Whether its beat has not changed for long; the time in which this node could not look does not count. */
        private boolean isStale(@Nullable String found) {
            long now = System.nanoTime();
            if (!seen.equals(found) || now - lookedAt > TimeUnit.MILLISECONDS.toNanos(3 * RENEW_MILLIS)) {
                seen = String.valueOf(found);
                seenAt = now;
            }
            lookedAt = now;
            return now - seenAt > TimeUnit.SECONDS.toNanos(STALE_SECONDS);
        }
    }

    private record Entry(String owner, long term, long beat) {

        static Entry parse(String text) {
            String[] words = text.split(" ", -1);
            return new Entry(words[0], Long.parseLong(words[1]), Long.parseLong(words[2]));
        }

        @Override
        public String toString() {
            return owner + ' ' + term + ' ' + beat;
        }
    }

    /** This node's id as an owner: another one after it was merged into a cluster. */
    String self() {
        return hazelcast.getCluster().getLocalMember().getUuid().toString();
    }

    /**
     * Wants a lease from now on, until it is released. Any thread.
     *
     * @return completes when it is known whose it is, on the caller's context; fails with {@link IllegalStateException} where
     *     this Vert.x instance wants it already
     */
    Future<Claim> claim(String name, Holder holder) {
        Claim claim = new Claim(name, holder);
        return claim.onWorker(() -> {
            register(claim);
            try {
                claim.look();
            } catch (RuntimeException e) {
                LOG.debug("lease {} could not be looked at, and is again", name, e);
            }
            return claim;
        });
    }

    private synchronized void register(Claim claim) {
        if (watch == null) {
            watch = new Watch();
        }
        if (claims.putIfAbsent(claim.name, claim) != null) {
            throw new IllegalStateException(claim.name + " is open in this Vert.x instance already");
        }
    }

    private synchronized void unregister(Claim claim) {
        claims.remove(claim.name, claim);
        if (watch != null && claims.isEmpty()) {
            watch.close();
            watch = null;
        }
    }

    /** Has the claims looked at each second, and when something has changed. Made and closed on a worker. */
    private final class Watch {

        private final UUID changes = map.addEntryListener(new Changes(), true);
        private final UUID membership = hazelcast.getCluster().addMembershipListener(HazelcastLeases.this);
        private final long timer = vertx.createEventLoopContext().setPeriodic(RENEW_MILLIS, id -> look());

        void close() {
            vertx.cancelTimer(timer);
            if (hazelcast.getLifecycleService().isRunning()) {
                hazelcast.getCluster().removeMembershipListener(membership);
                map.removeEntryListener(changes);
            }
        }
    }

    /** An owner that lets go, or another one, is news; that one goes on is not. */
    private final class Changes implements EntryAddedListener<String, String>, EntryUpdatedListener<String, String> {

        @Override
        public void entryAdded(EntryEvent<String, String> event) {
            look();
        }

        @Override
        public void entryUpdated(EntryEvent<String, String> event) {
            if (!Entry.parse(event.getValue()).owner.equals(Entry.parse(event.getOldValue()).owner)) {
                look();
            }
        }
    }

    private void look() {
        claims.values().forEach(Claim::lookSoon);
    }

    private Set<String> members() {
        return hazelcast.getCluster().getMembers().stream()
                .map(Member::getUuid)
                .map(Object::toString)
                .collect(Collectors.toSet());
    }

    @Override
    public void memberAdded(MembershipEvent event) {}

    @Override
    public void memberRemoved(MembershipEvent event) {
        look();
    }
}
