package io.sluice.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that one of several nodes does at a time. If its node dies, another one does it within seconds.
 *
 * <pre>
 *     lease acquired  -->  start   -- fails -->  start again after 5 s
 *     lease lost      -->  stop
 *     close           -->  stop, then release the lease
 * </pre>
 *
 * <p>Start and stop run on the context that opened the singleton, and never at the same time.
 */
public final class ClusterSingleton {

    private static final long RETRY_MILLIS = 5000;

    private static final Logger LOG = LoggerFactory.getLogger(ClusterSingleton.class);

    private final ContextInternal context;
    private final String name;
    private final Supplier<Future<Void>> start;
    private final Supplier<Future<Void>> stop;

    // On the context only:
    private Leases.@Nullable Lease lease;
    /** The last start or stop. */
    private Future<Void> lastChange = Future.succeededFuture();

    private boolean ownsLease;
    private boolean running;
    private boolean closed;

    private ClusterSingleton(
            ContextInternal context, String name, Supplier<Future<Void>> start, Supplier<Future<Void>> stop) {
        this.context = context;
        this.name = name;
        this.start = start;
        this.stop = stop;
    }

    /**
     * Does the work whenever this node owns the lease.
     *
     * @param leases the same at all nodes
     * @param name the same at all nodes
     * @return completes when the work has started here, or another node does it; fails if the start fails
     */
    public static Future<ClusterSingleton> open(
            Vertx vertx, Leases leases, String name, Supplier<Future<Void>> start, Supplier<Future<Void>> stop) {
        ContextInternal context = ((VertxInternal) vertx).getOrCreateContext();
        ClusterSingleton singleton = new ClusterSingleton(context, name, start, stop);
        Promise<ClusterSingleton> opened = context.promise();
        // The listener's first call is on the context already, and comes before this one.
        leases.claim(name, singleton.new Owner())
                .onFailure(opened::fail)
                .onSuccess(claimed -> context.runOnContext(v -> {
                    singleton.lease = claimed;
                    singleton.lastChange.onComplete(
                            started -> opened.complete(singleton),
                            failure -> singleton.shutDown().onComplete(down -> opened.fail(failure)));
                }));
        return opened.future();
    }

    private final class Owner implements Leases.LeaseListener {

        @Override
        public void begins() {
            context.runOnContext(v -> setOwner(true));
        }

        @Override
        public void ends() {
            context.runOnContext(v -> setOwner(false));
        }
    }

    private void setOwner(boolean owner) {
        ownsLease = owner;
        setRunning(owner);
    }

    private void setRunning(boolean run) {
        if (run == running || (run && (closed || !ownsLease))) {
            return;
        }
        running = run;
        lastChange = lastChange.otherwiseEmpty().compose(v -> run ? start.get() : stop.get());
        // While the singleton is being opened, the failure goes to the caller.
        if (lease != null) {
            lastChange.onFailure(failure -> {
                LOG.error(run ? "{} could not start, and is started again" : "{} could not stop", name, failure);
                running = false;
                if (run) {
                    context.setTimer(RETRY_MILLIS, id -> setRunning(true));
                }
            });
        }
    }

    /** Stops the work here, and lets another node do it. Any thread. */
    public Future<Void> close() {
        Promise<Void> done = context.owner().getOrCreateContext().promise();
        context.runOnContext(v -> shutDown().onComplete(done));
        return done.future();
    }

    private Future<Void> shutDown() {
        closed = true;
        setRunning(false);
        Leases.Lease mine = lease;
        return lastChange.otherwiseEmpty().eventually(() -> mine == null ? Future.succeededFuture() : mine.release());
    }
}
