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
 * <p>While the writer works on some writes the next ones gather. The bound holds from {@link #write} to the writer's answer.
 *
 * <p>Every write has an answer in time, whatever the writer does. One that still waits then was not taken. The outcome of one that
 * the writer has is unknown. Whatever the writer throws ends its own writes only, even an error of memory that is full.
 *
 * @param <W> what is written
 * @param <A> the writer's answer to one of them
 */
public final class WriteQueue<W extends WriteQueue.Write, A> {

    /** Something to be written, with its weight against the queue's bounds. */
    public interface Write {

        /** The number of its events; at least 1. */
        int count();

        /** The size of its data in bytes. */
        long size();
    }

    /** Writes what the queue hands it. */
    @FunctionalInterface
    public interface Writer<W, A> {

        /**
         * Writes. On the queue's context, one call at a time.
         *
         * @param writes one or more
         * @return an answer for each, in their order. If it fails, it fails for all of them
         */
        Future<List<A>> write(List<W> writes);
    }

    private static final int WRITE_EVENTS = 1000;
    private static final long WRITE_BYTES = 1 << 20;

    /** A publisher has its answer within 10 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(9);

    /** A call of the writer that takes so long is not expected to end: every writer gives up before. */
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final Logger LOG = LoggerFactory.getLogger(WriteQueue.class);

    private record Entry<W, A>(List<W> writes, int events, long bytes, Promise<List<A>> answers, long deadline) {}

    private final ContextInternal context;
    private final Writer<W, A> writer;
    private final Duration patience;
    private final AppendBound bound = new AppendBound();

    // On the context only:
    private final Queue<Entry<W, A>> waiting = new ArrayDeque<>();
    private List<Entry<W, A>> inFlight = List.of();
    private boolean scheduled;
    private boolean expiring;
    private boolean closed;

    /** When the call of the writer that is under way began; 0 if none is. */
    private volatile long writingSince;

    /** @param context on which the writer is called */
    public WriteQueue(ContextInternal context, Writer<W, A> writer) {
        this(context, writer, PATIENCE);
    }

    WriteQueue(ContextInternal context, Writer<W, A> writer, Duration patience) {
        this.context = context;
        this.writer = writer;
        this.patience = patience;
    }

    /**
     * Writes. Any thread.
     *
     * @param writes which are handed to the writer in one call
     * @return the writer's answers within 10 s, on the caller's context; fails with {@link NotTakenException} at once if the queue is
     *     full
     */
    public Future<List<A>> write(List<W> writes) {
        ContextInternal caller = context.owner().getOrCreateContext();
        int events = writes.stream().mapToInt(Write::count).sum();
        long bytes = writes.stream().mapToLong(Write::size).sum();
        if (!bound.reserve(events, bytes)) {
            return caller.failedFuture(new NotTakenException());
        }
        Promise<List<A>> answers = caller.promise();
        Entry<W, A> entry =
                new Entry<>(List.copyOf(writes), events, bytes, answers, System.nanoTime() + patience.toNanos());
        if (context.inThread()) {
            enqueue(entry);
        } else {
            context.execute(() -> enqueue(entry));
        }
        return answers.future();
    }

    /** Refuses what waits and what comes later. A call of the writer that is under way is still answered. On the context. */
    public void close() {
        closed = true;
        for (Entry<W, A> entry = waiting.poll(); entry != null; entry = waiting.poll()) {
            refuse(entry, "the stream is closing; try again");
        }
    }

    /** Whether the writer answers: false if the call under way does not end. Any thread. */
    public boolean isAnswering() {
        long since = writingSince;
        return since == 0 || System.nanoTime() - since < STUCK_NANOS;
    }

    private void enqueue(Entry<W, A> entry) {
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

    private void refuse(Entry<W, A> entry, String why) {
        bound.release(entry.events, entry.bytes);
        fail(entry, new NotTakenException(why));
    }

    private void fail(Entry<W, A> entry, Throwable failure) {
        answer(entry, () -> entry.answers.tryFail(failure));
    }

    /** An answer that cannot be made, or whose handler fails, leaves all others as they are. */
    private void answer(Entry<W, A> entry, Runnable answer) {
        try {
            answer.run();
        } catch (RuntimeException | Error e) {
            LOG.error("an answer failed", e);
            entry.answers.tryFail(OutcomeUnknownException.outcomeOf(e));
        }
    }

    // ---- the writer's calls

    /** Not within the call: writes of one turn are handed over together, and an answer's handler may write again. */
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
        List<Entry<W, A>> entries = new ArrayList<>();
        inFlight = entries;
        writingSince = System.nanoTime() | 1;
        call(entries).onComplete(this::finish);
    }

    private Future<List<A>> call(List<Entry<W, A>> entries) {
        try {
            takeNext(entries);
            return writer.write(
                    entries.stream().flatMap(entry -> entry.writes.stream()).toList());
        } catch (RuntimeException | Error e) {
            return Future.failedFuture(e);
        }
    }

    private void takeNext(List<Entry<W, A>> entries) {
        int events = 0;
        long bytes = 0;
        for (Entry<W, A> next = waiting.peek(); next != null; next = waiting.peek()) {
            events += next.events;
            bytes += next.bytes;
            if (!entries.isEmpty() && (events > WRITE_EVENTS || bytes > WRITE_BYTES)) {
                break;
            }
            entries.add(next);
            waiting.remove();
        }
    }

    private void finish(AsyncResult<List<A>> done) {
        List<Entry<W, A>> entries = inFlight;
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

    private void acknowledge(List<Entry<W, A>> entries, List<A> answers) {
        int start = 0;
        for (Entry<W, A> entry : entries) {
            int first = start;
            int end = start + entry.writes.size();
            answer(entry, () -> entry.answers.tryComplete(List.copyOf(answers.subList(first, end))));
            start = end;
        }
    }

    // ---- time

    /** One timer for all: it comes when the oldest write of that moment is late. */
    private void expireAt(long deadline) {
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()) + 1);
        context.setTimer(millis, id -> expire());
        expiring = true;
    }

    private void expire() {
        expiring = false;
        long now = System.nanoTime();
        for (Entry<W, A> entry : inFlight) {
            if (entry.deadline - now <= 0) {
                fail(entry, new OutcomeUnknownException("the log has not answered in time"));
            }
        }
        for (Entry<W, A> entry = waiting.peek(); entry != null && entry.deadline - now <= 0; entry = waiting.peek()) {
            waiting.remove();
            refuse(entry, "the log does not take anything; try again");
        }
        expireNext(now);
        schedule();
    }

    private void expireNext(long now) {
        for (Entry<W, A> entry : inFlight) {
            if (entry.deadline - now > 0) {
                expireAt(entry.deadline);
                return;
            }
        }
        Entry<W, A> oldest = waiting.peek();
        if (oldest != null) {
            expireAt(oldest.deadline);
        }
    }
}
