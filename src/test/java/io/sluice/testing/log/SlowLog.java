package io.sluice.testing.log;

import io.sluice.log.Batch;
import io.sluice.log.EventLog;
import io.sluice.log.History;
import io.sluice.log.MemoryLog;
import io.sluice.log.Receipt;
import io.sluice.stream.EventStream;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.InstantSource;
import java.util.List;

/** A log in memory that takes nothing until the test says so. */
public final class SlowLog implements EventLog {

    private final EventLog memory = new MemoryLog(History.DEFAULT, EventStream.IDEMPOTENCY, InstantSource.system());
    private final Promise<Void> asked = Promise.promise();
    private final Promise<Void> released = Promise.promise();

    /** Completes at the first batch. */
    public Future<Void> asked() {
        return asked.future();
    }

    /** Takes the first batch, and all that come after it. */
    public void release() {
        released.complete();
    }

    @Override
    public Future<List<Receipt>> append(List<Batch> batch) {
        asked.tryComplete();
        Promise<Void> turn = ContextInternal.current().promise();
        released.future().onComplete(turn);
        return turn.future().compose(v -> memory.append(batch));
    }

    @Override
    public Future<Void> open(Follower follower, Ingestion ingestion) {
        return memory.open(follower, ingestion);
    }

    @Override
    public Future<Void> close() {
        return memory.close();
    }
}
