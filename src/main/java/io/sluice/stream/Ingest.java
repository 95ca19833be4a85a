package io.sluice.stream;

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
final class Ingest {

    private static final int BATCH_EVENTS = 1000;
    private static final long BATCH_BYTES = 1 << 20;

    private record Entry(Submission submission, long bytes, Promise<Receipt> receipt) {

        int count() {
            return submission.publications().size();
        }
    }

    private final ContextInternal context;
    private final EventLog log;
    private final Bound bound = new Bound();

    // On the context only:
    private final Queue<Entry> waiting = new ArrayDeque<>();
    private boolean pumping; // soon
    private boolean appending;
    private boolean closed;

    Ingest(ContextInternal context, EventLog log) {
        this.context = context;
        this.log = log;
    }

    /**
     * Publishes all or nothing. Any thread.
     *
     * @return the log's receipt, on the caller's context; fails with {@link OverloadException} where the queue is full, with
     *     {@link KeyReusedException} where the log has other events of the same key
     */
    Future<Receipt> publish(Submission submission) {
        ContextInternal caller = context.owner().getOrCreateContext();
        Promise<Receipt> receipt = caller.promise();
        Entry entry = new Entry(submission, submission.size(), receipt);
        if (!bound.take(entry.count(), entry.bytes)) {
            return caller.failedFuture(new OverloadException());
        }
        if (context.inThread()) {
            enqueue(entry);
        } else {
            context.execute(() -> enqueue(entry));
        }
        return receipt.future();
    }

    /** Takes nothing more. What waits for the log fails; what the log is working on is answered when it is. */
    void close() {
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
        append(batch.stream().map(Entry::submission).toList()).onComplete(done -> {
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

    private Future<List<Receipt>> append(List<Submission> submissions) {
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
            events += next.count();
            bytes += next.bytes;
            if (!batch.isEmpty() && (events > BATCH_EVENTS || bytes > BATCH_BYTES)) {
                break;
            }
            batch.add(waiting.remove());
        }
        return batch;
    }

    private void acknowledge(List<Entry> batch, List<Receipt> receipts) {
        for (int i = 0; i < batch.size(); i++) {
            Entry entry = batch.get(i);
            Receipt receipt = receipts.get(i);
            String key = entry.submission.key();
            if (key != null && entry.submission.digest() != receipt.digest()) {
                finish(entry).fail(new KeyReusedException(key));
            } else {
                finish(entry).complete(receipt);
            }
        }
    }

    private void refuseClosed(Entry entry) {
        finish(entry).fail(new OverloadException("the stream is closing; try again"));
    }

    private Promise<Receipt> finish(Entry entry) {
        bound.give(entry.count(), entry.bytes);
        return entry.receipt;
    }

    /** How much room the queue has. The one place where publishing threads meet. */
    private static final class Bound {

        private int events;
        private long bytes;

        synchronized boolean take(int moreEvents, long moreBytes) {
            if (events + moreEvents > Submission.MAX_EVENTS || bytes + moreBytes > Submission.MAX_SIZE.bytes()) {
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
