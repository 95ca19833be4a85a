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
 * Something that one of several nodes does at a time; when that one is gone, another one does it, within seconds.
 *
 * <p>Its beginning and its end run on the context that opened it, never both at a time.
 */
public final class ClusterSingleton {

    private static final long RETRY_MILLIS = 5000;

    private static final Logger LOG = LoggerFactory.getLogger(ClusterSingleton.class);

    private final ContextInternal context;
    private final String name;
    private final Supplier<Future<Void>> begin;
    private final Supplier<Future<Void>> end;

    // On the context only:
    private Leases.@Nullable Lease lease;
    private Future<Void> last = Future.succeededFuture(); // beginning or end
    private boolean owns; // the lease
    private boolean running;
    private boolean closed;

    private ClusterSingleton(
            ContextInternal context, String name, Supplier<Future<Void>> begin, Supplier<Future<Void>> end) {
        this.context = context;
        this.name = name;
        this.begin = begin;
        this.end = end;
    }

    /**
     * Does it from now on, whenever it is this node's turn.
     *
     * @param lessor whom all nodes ask whose turn it is
     * @param name the same at all nodes
     * @return completes when it has begun here, or another node does it; fails where beginning failed
     */
    public static Future<ClusterSingleton> open(
            Vertx vertx, Leases lessor, String name, Supplier<Future<Void>> begin, Supplier<Future<Void>> end) {
        ContextInternal context = ((VertxInternal) vertx).getOrCreateContext();
        ClusterSingleton singleton = new ClusterSingleton(context, name, begin, end);
        Promise<ClusterSingleton> opened = context.promise();
        lessor.claim(name, singleton.new LeaseListener())
                .onFailure(opened::fail)
                .onSuccess(claimed -> context.runOnContext(
                        v -> { // after what the claim has put there
                            singleton.lease = claimed;
                            singleton.last.onComplete(
                                    begun -> opened.complete(singleton),
                                    failure -> singleton.stop().onComplete(stopped -> opened.fail(failure)));
                        }));
        return opened.future();
    }

    private final class LeaseListener implements Leases.LeaseListener {

        @Override
        public void begins() {
            context.runOnContext(v -> turn(true));
        }

        @Override
        public void ends() {
            context.runOnContext(v -> turn(false));
        }
    }

    private void turn(boolean own) {
        owns = own;
        change(own);
    }

    private void change(boolean run) {
        if (run == running || (run && (closed || !owns))) {
            return;
        }
        running = run;
        last = last.otherwiseEmpty().compose(v -> run ? begin.get() : end.get());
        if (lease != null) { // else it is being opened, and who opens it is told
            last.onFailure(failure -> {
                LOG.error("{} could not {}", name, run ? "begin, and is begun again" : "end", failure);
                running = false;
                if (run) {
                    context.owner().setTimer(RETRY_MILLIS, id -> change(true));
                }
            });
        }
    }

    /** Ends it here, and lets another node begin. Any thread. */
    public Future<Void> close() {
        Promise<Void> done = context.owner().getOrCreateContext().promise();
        context.runOnContext(v -> stop().onComplete(done));
        return done.future();
    }

    private Future<Void> stop() {
        closed = true;
        change(false);
        Leases.Lease mine = lease;
        return last.otherwiseEmpty().eventually(() -> mine == null ? Future.succeededFuture() : mine.release());
    }
}
