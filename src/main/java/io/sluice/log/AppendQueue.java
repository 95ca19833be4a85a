package io.sluice.log;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to a log's writer: a bounded queue, and one call of the writer at a time.
 *
 * <p>While the writer works on some batches the next ones gather. A batch stays whole. The bound holds from {@link #append} to
 * the writer's answer.
 *
 * <p>Every batch has an answer in time, whatever the writer does. One that still waits then was not taken. The outcome of one that
 * the writer has is unknown. Whatever the writer throws ends its own batches only, even an error of memory that is full.
 */
public final class AppendQueue {

    private static final int WRITE_EVENTS = 1000;
    private static final long WRITE_BYTES = 1 << 20;

    /** A publisher has its answer within 10 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(9);

    /** A call of the writer that takes so long is not expected to end: every writer gives up before. */
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final Logger LOG = LoggerFactory.getLogger(AppendQueue.class);

    private record Entry(List<Batch> batches, int events, long bytes, Promise<List<Receipt>> receipts, long deadline) {}

    private final ContextInternal context;
    private final LogWriter writer;
    private final Duration patience;
    private final AppendBound bound = new AppendBound();

    // On the context only:
    private final Queue<Entry> waiting = new ArrayDeque<>();
    private List<Entry> inFlight = List.of();
    private boolean scheduled;
    private boolean expiring;
    private boolean closed;

    /** When the call of the writer that is under way began; 0 if none is. */
    private volatile long writingSince;

    /** @param context on which the writer is called */
    public AppendQueue(ContextInternal context, LogWriter writer) {
        this(context, writer, PATIENCE);
    }

    AppendQueue(ContextInternal context, LogWriter writer, Duration patience) {
        this.context = context;
        this.writer = writer;
        this.patience = patience;
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
        ContextInternal caller = context.owner().getOrCreateContext();
        int events = batches.stream().mapToInt(batch -> batch.events().size()).sum();
        long bytes = batches.stream().mapToLong(Batch::size).sum();
        if (!bound.reserve(events, bytes)) {
            return caller.failedFuture(new NotTakenException());
        }
        Promise<List<Receipt>> receipts = caller.promise();
        Entry entry = new Entry(List.copyOf(batches), events, bytes, receipts, System.nanoTime() + patience.toNanos());
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
            refuse(entry, "the stream is closing; try again");
        }
    }

    /** Whether the writer answers: false if the call under way does not end. Any thread. */
    public boolean isAnswering() {
        long since = writingSince;
        return since == 0 || System.nanoTime() - since < STUCK_NANOS;
    }

    private void enqueue(Entry entry) {
        if (closed) {
            refuse(entry, "the stream is closing; try again");
            return;
        }
        waiting.add(entry);
        schedule();
        if (!expiring) {
            expireAt(entry.deadline);
        }
    }

    private void refuse(Entry entry, String why) {
        bound.release(entry.events, entry.bytes);
        fail(entry, new NotTakenException(why));
    }

    private static void fail(Entry entry, Throwable failure) {
        answer(entry, () -> entry.receipts.tryFail(failure));
    }

    /** An answer that cannot be made, or whose handler fails, leaves all others as they are. */
    private static void answer(Entry entry, Runnable answer) {
        try {
            answer.run();
        } catch (RuntimeException | Error e) {
            LOG.error("a batch's answer failed", e);
            entry.receipts.tryFail(OutcomeUnknownException.outcomeOf(e));
        }
    }

    // ---- the writer's calls

    /** Not within the call: batches of one turn are written together, and a receipt's handler may append again. */
    private void schedule() {
        if (!scheduled && inFlight.isEmpty() && !waiting.isEmpty()) {
            context.runOnContext(v -> writeNext());
            scheduled = true;
        }
    }

    private void writeNext() {
        scheduled = false;
        if (waiting.isEmpty() || !inFlight.isEmpty()) {
            return;
        }
        List<Entry> entries = new ArrayList<>();
        inFlight = entries;
        writingSince = System.nanoTime() | 1;
        write(entries).onComplete(this::finish);
    }

    private Future<List<Receipt>> write(List<Entry> entries) {
        try {
            takeNext(entries);
            return writer.append(
                    entries.stream().flatMap(entry -> entry.batches.stream()).toList());
        } catch (RuntimeException | Error e) {
            return Future.failedFuture(e);
        }
    }

    private void takeNext(List<Entry> entries) {
        int events = 0;
        long bytes = 0;
        for (Entry next = waiting.peek(); next != null; next = waiting.peek()) {
            events += next.events;
            bytes += next.bytes;
            if (!entries.isEmpty() && (events > WRITE_EVENTS || bytes > WRITE_BYTES)) {
                break;
            }
            entries.add(next);
            waiting.remove();
        }
    }

    private void finish(AsyncResult<List<Receipt>> done) {
        List<Entry> entries = inFlight;
        inFlight = List.of();
        writingSince = 0;
        entries.forEach(entry -> bound.release(entry.events, entry.bytes));
        if (done.succeeded()) {
            acknowledge(entries, done.result());
        } else {
            Throwable outcome = OutcomeUnknownException.outcomeOf(done.cause());
            entries.forEach(entry -> fail(entry, outcome));
        }
        schedule();
    }

    private static void acknowledge(List<Entry> entries, List<Receipt> receipts) {
        int start = 0;
        for (Entry entry : entries) {
            int first = start;
            int end = start + entry.batches.size();
            answer(entry, () -> entry.receipts.tryComplete(List.copyOf(receipts.subList(first, end))));
            start = end;
        }
    }

    // ---- time

    /** One timer for all: it comes when the oldest batch of that moment is late. */
    private void expireAt(long deadline) {
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()) + 1);
        context.setTimer(millis, id -> expire());
        expiring = true;
    }

    private void expire() {
        expiring = false;
        long now = System.nanoTime();
        for (Entry entry : inFlight) {
            if (entry.deadline - now <= 0) {
                fail(entry, new OutcomeUnknownException("the log has not answered in time"));
            }
        }
        for (Entry entry = waiting.peek(); entry != null && entry.deadline - now <= 0; entry = waiting.peek()) {
            waiting.remove();
            refuse(entry, "the log does not take anything; try again");
        }
        expireNext(now);
        schedule();
    }

    private void expireNext(long now) {
        for (Entry entry : inFlight) {
            if (entry.deadline - now > 0) {
                expireAt(entry.deadline);
                return;
            }
        }
        Entry oldest = waiting.peek();
        if (oldest != null) {
            expireAt(oldest.deadline);
        }
    }
}
