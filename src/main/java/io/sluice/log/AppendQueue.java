package io.sluice.log;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * The way to a log's writer: a bounded queue, and one call of the writer at a time.
 *
 * <p>While the writer works on some batches the next ones gather. A batch stays whole. The bound holds from {@link #append} to
 * the writer's answer.
 */
public final class AppendQueue {

    private static final int WRITE_EVENTS = 1000;
    private static final long WRITE_BYTES = 1 << 20;

    private record Entry(List<Batch> batches, int events, long bytes, Promise<List<Receipt>> receipts) {}

    private final ContextInternal context;
    private final LogWriter writer;
    private final Bound bound = new Bound();

    // On the context only:
    private final Queue<Entry> waiting = new ArrayDeque<>();
    private boolean scheduled;
    private boolean writing;
    private boolean closed;

    /** @param context on which the writer is called */
    public AppendQueue(ContextInternal context, LogWriter writer) {
        this.context = context;
        this.writer = writer;
    }

    /**
     * Appends a batch: all of it, or nothing. Any thread.
     *
     * @return as {@link EventLog#append} returns; fails with {@link NotTakenException} at once if the queue is full
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
        ContextInternal caller = context.owner().getOrCreateContext();
        int events = batches.stream().mapToInt(batch -> batch.events().size()).sum();
        long bytes = batches.stream().mapToLong(Batch::size).sum();
        if (!bound.reserve(events, bytes)) {
            return caller.failedFuture(new NotTakenException());
        }
        Promise<List<Receipt>> receipts = caller.promise();
        Entry entry = new Entry(List.copyOf(batches), events, bytes, receipts);
        if (context.inThread()) {
            enqueue(entry);
        } else {
            context.execute(() -> enqueue(entry));
        }
        return receipts.future();
    }

    /** Refuses what waits and what comes later. A call of the writer that is under way is still answered. On the context. */
    public void close() {
        closed = true;
        for (Entry entry = waiting.poll(); entry != null; entry = waiting.poll()) {
            refuse(entry);
        }
    }

    private void enqueue(Entry entry) {
        if (closed) {
            refuse(entry);
            return;
        }
        waiting.add(entry);
        schedule();
    }

    private void refuse(Entry entry) {
        release(entry).fail(new NotTakenException("the stream is closing; try again"));
    }

    /** Not within the call: batches of one turn are written together, and a receipt's handler may append again. */
    private void schedule() {
        if (!scheduled && !writing) {
            scheduled = true;
            context.runOnContext(v -> writeNext());
        }
    }

    private void writeNext() {
        scheduled = false;
        if (waiting.isEmpty()) {
            return;
        }
        List<Entry> entries = next();
        writing = true;
        write(entries.stream().flatMap(entry -> entry.batches.stream()).toList())
                .onComplete(receipts -> acknowledge(entries, receipts), failure -> {
                    Throwable outcome = OutcomeUnknownException.outcomeOf(failure);
                    entries.forEach(entry -> release(entry).fail(outcome));
                })
                .onComplete(done -> {
                    writing = false;
                    if (!waiting.isEmpty()) {
                        schedule();
                    }
                });
    }

    /** An exception of the writer ends its own batches only, even an error of memory that is full. */
    private Future<List<Receipt>> write(List<Batch> batches) {
        try {
            return writer.append(batches);
        } catch (RuntimeException | Error e) {
            return Future.failedFuture(e);
        }
    }

    private List<Entry> next() {
        List<Entry> entries = new ArrayList<>();
        int events = 0;
        long bytes = 0;
        for (Entry next = waiting.peek(); next != null; next = waiting.peek()) {
            events += next.events;
            bytes += next.bytes;
            if (!entries.isEmpty() && (events > WRITE_EVENTS || bytes > WRITE_BYTES)) {
                break;
            }
            entries.add(waiting.remove());
        }
        return entries;
    }

    private void acknowledge(List<Entry> entries, List<Receipt> receipts) {
        int start = 0;
        for (Entry entry : entries) {
            int end = start + entry.batches.size();
            release(entry).complete(List.copyOf(receipts.subList(start, end)));
            start = end;
        }
    }

    private Promise<List<Receipt>> release(Entry entry) {
        bound.release(entry.events, entry.bytes);
        return entry.receipts;
    }

    /** The room that is left in the queue: the one place where appending threads meet. */
    private static final class Bound {

        private int events;
        private long bytes;

        synchronized boolean reserve(int moreEvents, long moreBytes) {
            if (events + moreEvents > Batch.MAX_EVENTS || bytes + moreBytes > Batch.MAX_SIZE.bytes()) {
                return false;
            }
            events += moreEvents;
            bytes += moreBytes;
            return true;
        }

        synchronized void release(int lessEvents, long lessBytes) {
            events -= lessEvents;
            bytes -= lessBytes;
        }
    }
}
