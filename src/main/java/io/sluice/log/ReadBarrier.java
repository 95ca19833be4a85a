package io.sluice.log;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Those who know an event that this node has not read yet: another node, which read faster, gave it to them and died. They
 * wait for this one to get there, and no longer than it may take.
 *
 * <p>On the stream's context only, but for {@link #reach}.
 */
public final class ReadBarrier {

    private final ContextInternal context;
    private final Journal journal;
    private final Duration lag;
    private final List<Waiting> waiting = new ArrayList<>();
    private final Runnable wakeUp = this::look;

    private record Waiting(EventId id, Promise<Void> reached) {}

    /** @param lag how long it may take; 0 where there is no other node */
    public ReadBarrier(ContextInternal context, Journal journal, Duration lag) {
        this.context = context;
        this.journal = journal;
        this.lag = lag;
    }

    /** Completes when the journal has reached an id, or never will. Any thread. */
    public Future<Void> reach(EventId id) {
        if (lag.isZero() || !journal.isBehind(id)) {
            return Future.succeededFuture();
        }
        Promise<Void> reached = context.owner().getOrCreateContext().promise();
        context.runOnContext(v -> add(new Waiting(id, reached)));
        return reached.future();
    }

    private void add(Waiting one) {
        if (waiting.isEmpty()) {
            journal.addWakeUp(wakeUp); // which the journal calls on this context
        }
        waiting.add(one);
        context.owner().setTimer(lag.toMillis(), id -> one.reached.tryComplete());
        look();
    }

    private void look() {
        waiting.removeIf(one -> {
            boolean reached = !journal.isBehind(one.id);
            return (reached && one.reached.tryComplete())
                    || one.reached.future().isComplete();
        });
        if (waiting.isEmpty()) {
            journal.removeWakeUp(wakeUp);
        }
    }
}
