package io.sluice.log;

import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.List;

/** The {@link WriteQueue} of a log: batches, each of which stays whole and gets a receipt. */
public final class AppendQueue {

    private final WriteQueue<Batch, Receipt> queue;

    /** @param context on which the writer is called */
    public AppendQueue(ContextInternal context, LogWriter writer) {
        this.queue = new WriteQueue<>(context, writer::append);
    }

    AppendQueue(ContextInternal context, LogWriter writer, Duration patience) {
        this.queue = new WriteQueue<>(context, writer::append, patience);
    }

    /**
     * Appends a batch: all of it, or nothing. Any thread.
     *
     * @return as {@link EventLog#append} returns, within 10 s; fails with {@link NotTakenException} at once if the queue is full
     */
    public Future<Receipt> append(Batch batch) {
        return appendAll(List.of(batch)).compose(receipts -> {
            Receipt receipt = receipts.get(0);
            String key = batch.key();
            return key == null || batch.digest() == receipt.digest()
                    ? Future.succeededFuture(receipt)
                    : Future.failedFuture(new KeyReusedException(key));
        });
    }

    /**
     * Appends some batches: all of them, or nothing. Any thread. Used for batches that another node has forwarded.
     *
     * @return the writer's receipts, on the caller's context; a key that was used for other events is for the sender to find
     */
    public Future<List<Receipt>> appendAll(List<Batch> batches) {
        return queue.write(batches);
    }

    /** As {@link WriteQueue#close}. */
    public void close() {
        queue.close();
    }

    /** As {@link WriteQueue#isAnswering}. */
    public boolean isAnswering() {
        return queue.isAnswering();
    }
}
