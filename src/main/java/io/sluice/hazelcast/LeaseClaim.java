package io.sluice.hazelcast;

import io.sluice.cluster.Leases;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's claim to a lease: it renews the lease while this node owns it, and acquires it when its owner is gone.
 *
 * <p>Calls to Hazelcast block. They run on a worker, one after the other for each claim: a call that hangs keeps no other lease
 * from being renewed.
 */
final class LeaseClaim implements Leases.Lease {

    /** Does the work of a lease's owner. On a worker thread. */
    interface Holder {

        /** This node owns the lease, in this term. Called again for each new term. */
        void begins(long term);

        /** Another node owns the lease. */
        void ends();
    }

    /** How often a claim is looked at. */
    static final long RENEW_MILLIS = 1000;

    /** Longer than Hazelcast takes to miss a member. */
    private static final int STALE_SECONDS = 15;

    private static final Logger LOG = LoggerFactory.getLogger(LeaseClaim.class);

    private final HazelcastLeases leases;
    private final String name;
    private final Holder holder;
    private final ContextInternal worker;
    private final AtomicBoolean queued = new AtomicBoolean();
    private volatile String owner = LeaseEntry.NOBODY;
    private volatile long highestSeen;

    // On the worker only:
    private long held;
    private String seen = "";
    private long seenAt;
    private long inspectedAt = System.nanoTime();
    private boolean released;

    /** @param worker a context that no deployment owns, since a deployment has to release its leases when it ends */
    LeaseClaim(HazelcastLeases leases, String name, Holder holder, ContextInternal worker) {
        this.leases = leases;
        this.name = name;
        this.holder = holder;
        this.worker = worker;
    }

    String name() {
        return name;
    }

    /** The owner, as far as this node knows: the id of a member, or {@link LeaseEntry#NOBODY}. */
    String owner() {
        return owner;
    }

    /** Acquires the lease again if this node owns it, with a term above one that this node has seen. */
    void raiseAbove(long term) {
        highestSeen = Math.max(highestSeen, term);
        inspectSoon();
    }

    @Override
    public Future<Void> release() {
        return onWorker(() -> {
            released = true;
            try {
                if (held > 0) {
                    leases.map().replace(name, seen, new LeaseEntry(LeaseEntry.NOBODY, held, 0).toString());
                    held = 0;
                }
            } finally {
                leases.unregister(this);
            }
            return null;
        });
    }

    /**
     * Runs a task on a worker, after those before it. The worker is none of a named pool: Vert.x closes those before it
     * undeploys anything, and then no lease could be released.
     *
     * @return the task's result, on the caller's context
     */
    <T extends @Nullable Object> Future<T> onWorker(Callable<T> task) {
        Promise<T> done = worker.owner().getOrCreateContext().promise();
        worker.executeBlocking(task).onComplete(done);
        return done.future();
    }

    /** Inspects the lease on the worker, once for all calls until then. */
    void inspectSoon() {
        if (!queued.compareAndSet(false, true)) {
            return;
        }
        try {
            onWorker(() -> {
                        queued.set(false);
                        inspect();
                        return null;
                    })
                    .onFailure(failure -> LOG.debug("lease {} could not be inspected", name, failure));
        } catch (RejectedExecutionException e) {
            // It stays queued for ever.
            LOG.trace("Vert.x is closed", e);
        }
    }

    /** Renews the lease, or acquires it, or finds that another node owns it. On the worker. */
    void inspect() {
        if (released) {
            return;
        }
        if (leases.isLeftBehind()) {
            lose();
            return;
        }
        ClusterMembers members = leases.members();
        String self = members.self().toString();
        String found = leases.map().get(name);
        LeaseEntry entry = found == null ? LeaseEntry.NONE : LeaseEntry.parse(found);
        owner = entry.owner();
        if (!entry.owner().equals(self) || entry.term() != held) {
            lose();
        }
        if (held > 0 && held > highestSeen) {
            renew(found, entry.renewed());
        } else if (entry.owner().equals(self) || !members.has(entry.owner()) || isStale(found)) {
            acquire(found, new LeaseEntry(self, Math.max(entry.term(), highestSeen) + 1, 0));
        }
    }

    private void lose() {
        if (held > 0) {
            held = 0;
            holder.ends();
        }
    }

    private void acquire(@Nullable String found, LeaseEntry mine) {
        String text = mine.toString();
        boolean acquired = found == null
                ? leases.map().putIfAbsent(name, text) == null
                : leases.map().replace(name, found, text);
        // The call may have waited while the cluster went on without this node.
        if (acquired && !leases.isLeftBehind()) {
            seen = text;
            owner = mine.owner();
            held = mine.term();
            holder.begins(held);
        }
    }

    /** If the entry has changed meanwhile, the next inspection tells who owns the lease. */
    private void renew(@Nullable String found, LeaseEntry renewed) {
        if (found != null && leases.map().replace(name, found, renewed.toString())) {
            seen = renewed.toString();
        }
    }

    /** Whether the beat has not changed for long. The time in which this node could not inspect it does not count. */
    private boolean isStale(@Nullable String found) {
        long now = System.nanoTime();
        if (!seen.equals(found) || now - inspectedAt > TimeUnit.MILLISECONDS.toNanos(3 * RENEW_MILLIS)) {
            seen = String.valueOf(found);
            seenAt = now;
        }
        inspectedAt = now;
        return now - seenAt > TimeUnit.SECONDS.toNanos(STALE_SECONDS);
    }
}
