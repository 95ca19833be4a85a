package io.sluice.testing.log;

import io.sluice.log.AppendQueue;
import io.sluice.log.Batch;
import io.sluice.log.EventLog;
import io.sluice.log.LogProvider;
import io.sluice.log.LogSetup;
import io.sluice.log.MemoryLog;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** Logs in memory that write nothing until the test says so. */
public final class SlowLog implements LogProvider {

    private final Promise<Void> asked = Promise.promise();
    private final Promise<Void> released = Promise.promise();

    /** Completes at the first batch. */
    public Future<Void> asked() {
        return asked.future();
    }

    /** Lets the first batch be written, and all that come after it. */
    public void release() {
        released.complete();
    }

    @Override
    public EventLog create(LogSetup setup) {
        EventLog memory = MemoryLog.provider().create(setup);
        AppendQueue queue = new AppendQueue(setup.context(), batches -> {
            asked.tryComplete();
            Promise<Void> turn = setup.context().promise();
            released.future().onComplete(turn);
            return turn.future()
                    .compose(
                            v -> Future.all(batches.stream().map(memory::append).toList()))
                    .map(receipts -> receipts.list());
        });
        return new EventLog() {

            @Override
            public Future<Void> open() {
                return memory.open();
            }

            @Override
            public Future<Receipt> append(Batch batch) {
                return queue.append(batch);
            }

            @Override
            public Future<Void> close() {
                return memory.close();
            }
        };
    }
}
