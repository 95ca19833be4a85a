package io.sluice.hazelcast;

import io.sluice.log.Batch;
import io.sluice.log.NotTakenException;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Brings what is published at this node to the leader, at this node or at another one. While there is no leader, it waits for one.
 *
 * <p>One call at a time, on the stream's context only.
 */
final class AppendRouter {

    /** A little less than the queue's, in front of this: that nothing was taken is worth saying. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(8);

    private static final long RETRY_MILLIS = 50;

    private final ContextInternal context;
    private final ClusterMembers members;
    private final LogLeader leader;
    private final AppendRpc rpc;
    private Future<List<Receipt>> inFlight = Future.succeededFuture(List.of());
    private boolean closed;

    private record Call(
            List<Batch> batches, AppendRpc.Outgoing outgoing, Promise<List<Receipt>> receipts, long deadline) {}

    AppendRouter(ContextInternal context, ClusterMembers members, LogLeader leader, AppendRpc rpc) {
        this.context = context;
        this.members = members;
        this.leader = leader;
        this.rpc = rpc;
    }

    Future<List<Receipt>> append(List<Batch> batches) {
        Promise<List<Receipt>> receipts = context.promise();
        inFlight = receipts.future();
        attempt(new Call(batches, rpc.outgoing(batches), receipts, System.nanoTime() + PATIENCE_NANOS));
        return receipts.future();
    }

    /** As long as no node has taken it, one may be about to. */
    private void attempt(Call call) {
        route(call).onComplete(call.receipts::complete, failure -> {
            boolean untaken = failure instanceof NotTakenException;
            if (untaken && !closed && System.nanoTime() - call.deadline < 0) {
                context.setTimer(RETRY_MILLIS, id -> attempt(call));
            } else {
                call.receipts.fail(failure);
            }
        });
    }

    private Future<List<Receipt>> route(Call call) {
        if (leader.isServing()) {
            return leader.append(call.batches);
        }
        @Nullable String owner = leader.otherOwner(members.self().toString());
        if (owner == null) {
            return context.failedFuture(new NotTakenException("no node leads the stream yet; try again"));
        }
        // Hazelcast knows that a member has died before the lease does. A request to it would wait for its answer.
        return members.has(owner)
                ? call.outgoing.send(owner)
                : context.failedFuture(new NotTakenException("the node that wrote the log is gone; try again"));
    }

    /** Waits for no leader any more. Completes when the call under way has ended. */
    Future<Void> finish() {
        closed = true;
        return inFlight.mapEmpty();
    }
}
