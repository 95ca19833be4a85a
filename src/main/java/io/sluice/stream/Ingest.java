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

    /** The bounds of what may wait for the log. */
    static final int MAX_EVENTS = 10_000;

    static final long MAX_BYTES = 16 << 20;

    private static final int BATCH_EVENTS = 1000;
    private static final long BATCH_BYTES = 1 << 20;

    private record Entry(List<Publication> publications, long bytes, Promise<EventId> receipt) {}

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
     * @return the id of the last, on the caller's context; fails with {@link OverloadException} where the queue is full, with
     *     {@link IllegalArgumentException} where it would be too much for an empty one
     */
    Future<EventId> publish(List<Publication> publications) {
        ContextInternal caller = context.owner().getOrCreateContext();
        long bytes = publications.stream().mapToLong(Publication::size).sum();
        if (publications.isEmpty() || publications.size() > MAX_EVENTS || bytes > MAX_BYTES) {
            return caller.failedFuture(new IllegalArgumentException(publications.size() + " events of " + bytes
                    + " bytes at once: expected 1 to " + MAX_EVENTS + " events of at most " + new Size(MAX_BYTES)));
        }
        if (!bound.take(publications.size(), bytes)) {
            return caller.failedFuture(new OverloadException());
        }
        Promise<EventId> receipt = caller.promise();
        Entry entry = new Entry(List.copyOf(publications), bytes, receipt);
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
        List<Publication> publications = new ArrayList<>();
        batch.forEach(entry -> publications.addAll(entry.publications));
        appending = true;
        append(publications).onComplete(done -> {
            appending = false;
            if (done.succeeded()) {
                acknowledge(batch, done.result(), publications.size());
            } else {
                batch.forEach(entry -> finish(entry).fail(done.cause()));
            }
            if (!waiting.isEmpty()) {
                pumpSoon();
            }
        });
    }

    private Future<EventId> append(List<Publication> publications) {
        try {
            return log.append(publications);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private List<Entry> nextBatch() {
        List<Entry> batch = new ArrayList<>();
        int events = 0;
        long bytes = 0;
        for (Entry next = waiting.peek(); next != null; next = waiting.peek()) {
            events += next.publications.size();
            bytes += next.bytes;
            if (!batch.isEmpty() && (events > BATCH_EVENTS || bytes > BATCH_BYTES)) {
                break;
            }
            batch.add(waiting.remove());
        }
        return batch;
    }

    private void acknowledge(List<Entry> batch, EventId last, int count) {
        long n = last.n() - count;
        for (Entry entry : batch) {
            n += entry.publications.size();
            finish(entry).complete(last.at(n));
        }
    }

    private void refuseClosed(Entry entry) {
        finish(entry).fail(new OverloadException("the stream is closing; try again"));
    }

    private Promise<EventId> finish(Entry entry) {
        bound.give(entry.publications.size(), entry.bytes);
        return entry.receipt;
    }

    /** How much room the queue has. The one place where publishing threads meet. */
    private static final class Bound {

        private int events;
        private long bytes;

        synchronized boolean take(int moreEvents, long moreBytes) {
            if (events + moreEvents > MAX_EVENTS || bytes + moreBytes > MAX_BYTES) {
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
