package io.sluice.log;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * The one way into a stream's log: a bounded queue, and one batch in flight.
 *
 * <p>While the log works on a batch the next one fills up. What one {@link #publish} brings stays together, and has
 * consecutive numbers. The bound counts from the call to the log's answer.
 */
public final class AppendQueue {

    private static final int BATCH_EVENTS = 1000;
    private static final long BATCH_BYTES = 1 << 20;

    private record Entry(List<Batch> submissions, int events, long bytes, Promise<List<Receipt>> receipts) {}

    private final ContextInternal context;
    private final EventLog log;
    private final Bound bound = new Bound();

    // On the context only:
    private final Queue<Entry> waiting = new ArrayDeque<>();
    private boolean pumping; // soon
    private boolean appending;
    private boolean closed;

    public AppendQueue(ContextInternal context, EventLog log) {
        this.context = context;
        this.log = log;
    }

    /**
     * Publishes all or nothing. Any thread.
     *
     * @return the log's receipt, on the caller's context; fails with {@link NotTakenException} where the queue is full, with
     *     {@link KeyReusedException} where the log has other events of the same key
     */
    public Future<Receipt> publish(Batch submission) {
        return publish(List.of(submission)).compose(receipts -> {
            Receipt receipt = receipts.get(0);
            String key = submission.key();
            return key == null || submission.digest() == receipt.digest()
                    ? Future.succeededFuture(receipt)
                    : Future.failedFuture(new KeyReusedException(key));
        });
    }

    /**
     * Publishes all or nothing. Any thread.
     *
     * @return the log's receipts, on the caller's context, whatever the first of a key had; fails with {@link
     *     NotTakenException} where the queue is full
     */
    public Future<List<Receipt>> publish(List<Batch> submissions) {
        ContextInternal caller = context.owner().getOrCreateContext();
        Promise<List<Receipt>> receipts = caller.promise();
        int events =
                submissions.stream().mapToInt(one -> one.publications().size()).sum();
        long bytes = submissions.stream().mapToLong(Batch::size).sum();
        if (!bound.take(events, bytes)) {
            return caller.failedFuture(new NotTakenException());
        }
        Entry entry = new Entry(List.copyOf(submissions), events, bytes, receipts);
        if (context.inThread()) {
            enqueue(entry);
        } else {
            context.execute(() -> enqueue(entry));
        }
        return receipts.future();
    }

    /** Takes nothing more. What waits for the log fails; what the log is working on is answered when it is. */
    public void close() {
        closed = true;
        for (Entry entry = waiting.poll(); entry != null; entry = waiting.poll()) {
            refuseClosed(entry);
        }
    }

    private void enqueue(Entry entry) {
        if (closed) {
            refuseClosed(entry);
            return;
        }
        waiting.add(entry);
        pumpSoon();
    }

    /** Not within the call: what is published in one go becomes one batch, and a receipt's handler may publish again. */
    private void pumpSoon() {
        if (!pumping && !appending) {
            pumping = true;
            context.runOnContext(v -> pump());
        }
    }

    private void pump() {
        pumping = false;
        if (waiting.isEmpty()) {
            return;
        }
        List<Entry> batch = nextBatch();
        appending = true;
        append(batch.stream().flatMap(entry -> entry.submissions.stream()).toList())
                .onComplete(done -> {
                    appending = false;
                    if (done.succeeded()) {
                        acknowledge(batch, done.result());
                    } else {
                        batch.forEach(entry -> finish(entry).fail(done.cause()));
                    }
                    if (!waiting.isEmpty()) {
                        pumpSoon();
                    }
                });
    }

    private Future<List<Receipt>> append(List<Batch> submissions) {
        try {
            return log.append(submissions);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private List<Entry> nextBatch() {
        List<Entry> batch = new ArrayList<>();
        int events = 0;
        long bytes = 0;
        for (Entry next = waiting.peek(); next != null; next = waiting.peek()) {
            events += next.events;
            bytes += next.bytes;
            if (!batch.isEmpty() && (events > BATCH_EVENTS || bytes > BATCH_BYTES)) {
                break;
            }
            batch.add(waiting.remove());
        }
        return batch;
    }

    private void acknowledge(List<Entry> batch, List<Receipt> receipts) {
        int at = 0;
        for (Entry entry : batch) {
            int end = at + entry.submissions.size();
            finish(entry).complete(List.copyOf(receipts.subList(at, end)));
            at = end;
        }
    }

    private void refuseClosed(Entry entry) {
        finish(entry).fail(new NotTakenException("the stream is closing; try again"));
    }

    private Promise<List<Receipt>> finish(Entry entry) {
        bound.give(entry.events, entry.bytes);
        return entry.receipts;
    }

    /** How much room the queue has. The one place where publishing threads meet. */
    private static final class Bound {

        private int events;
        private long bytes;

        synchronized boolean take(int moreEvents, long moreBytes) {
            if (events + moreEvents > Batch.MAX_EVENTS || bytes + moreBytes > Batch.MAX_SIZE.bytes()) {
                return false;
            }
            events += moreEvents;
            bytes += moreBytes;
            return true;
        }

        synchronized void give(int lessEvents, long lessBytes) {
            events -= lessEvents;
            bytes -= lessBytes;
        }
    }
}
