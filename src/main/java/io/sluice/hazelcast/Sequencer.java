package io.sluice.hazelcast;

import io.sluice.hazelcast.LogRecord.Appended;
import io.sluice.hazelcast.LogRecord.Keyed;
import io.sluice.hazelcast.LogRecord.Position;
import io.sluice.hazelcast.LogRecord.TermStart;
import io.sluice.log.Batch;
import io.sluice.log.Epochs;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a stream's ring during one term: gives events their numbers, and acknowledges what this node has read back.
 *
 * <p>One batch at a time: its events, and, when Hazelcast has confirmed that a backup has them, a position, with which they
 * count. What Hazelcast does not confirm is added again, as the same bytes, until it is there: readers drop
 * what they have. It ends when this node reads a record of a higher term.
 *
 * <p>On the stream's context only.
 */
final class Sequencer {

    /** A log without its past begins beyond what any node may have: no ring is longer. */
    private static final long LEAP = 1_000_000;

    private static final int BATCH_BYTES = 1 << 20;
    private static final long RETRY_MILLIS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(Sequencer.class);

    private final ContextInternal context;
    private final String stream;
    private final Ring ring;
    private final RecordFilter order;
    private final RingFollower reader;
    private final long term;
    private final EpochTable table;
    private final SplitDetector quorum;

    private @Nullable Waiting waiting; // one step at a time
    private Future<Void> repeating = Future.succeededFuture(); // of the position
    private boolean serving;
    private boolean stopped;
    private int life; // raised where the log loses its past
    private long beyond; // no epoch may begin at or below

    private record Waiting(BooleanSupplier condition, Promise<Void> reached) {}

    /** Where the names of a log's epochs are kept for those who join later. */
    interface EpochTable {

        Future<Void> put(Epochs epochs);
    }

    Sequencer(
            ContextInternal context,
            String stream,
            Ring ring,
            RecordFilter order,
            RingFollower reader,
            long term,
            EpochTable table,
            SplitDetector quorum) {
        this.context = context;
        this.stream = stream;
        this.ring = ring;
        this.order = order;
        this.reader = reader;
        this.term = term;
        this.table = table;
        this.quorum = quorum;
    }

    long term() {
        return term;
    }

    boolean isServing() {
        return serving && !stopped;
    }

    /**
     * Begins the term, or begins anew after a loss: whoever wrote before is fenced off, and everything that counts has been
     * read, when it completes. Where it fails, and the term goes on, it may be tried again; one at a time.
     */
    Future<Void> begin() {
        int mine = ++life;
        serving = false;
        return add(List.of(LogRecord.encode(new TermStart(term))), mine)
                .compose(v -> until(() -> order.term() >= term, mine))
                .compose(v -> {
                    Epochs epochs = order.epochs();
                    if (epochs == null) {
                        return startAt(Epochs.startingAt(EventId.fresh()), 0, mine);
                    } else if (order.last() != RecordFilter.NOWHERE && quorum.mustFork(epochs.newest())) {
                        return fork(epochs, mine);
                    } else if (order.isLost() || order.last() == RecordFilter.NOWHERE) {
                        return startOver(epochs, mine);
                    }
                    return table.put(epochs).compose(put -> confirm(order.whole(), mine));
                })
                .onSuccess(v -> serving = mine == life && !stopped);
    }

    /** Goes on from what counts, on one side of what may be a split, under ids that the other side will not give. */
    private Future<Void> fork(Epochs epochs, int mine) {
        long from = Math.max(order.last(), beyond);
        EventId first = EventId.fresh().at(from + 1);
        LOG.warn(
                "stream {}: half of the cluster or more is gone without a goodbye; here the log goes on with {}. If the others"
                        + " are alive, only the larger side's log stays when they are back",
                stream,
                first);
        return startAt(epochs.goOn(first), from, mine);
    }

    /** Begins an epoch without a past. */
    private Future<Void> startOver(Epochs epochs, int mine) {
        long newest = epochs.list().get(epochs.list().size() - 1).first();
        long from = (Math.max(Math.max(order.last(), newest), beyond) / LEAP + 2) * LEAP;
        EventId position = EventId.fresh().at(from);
        LOG.warn(
                "stream {}: the log has lost its past, and begins again at {}; every subscriber is told",
                stream,
                position);
        return startAt(epochs.startOver(position), from, mine);
    }

    private Future<Void> startAt(Epochs epochs, long n, int mine) {
        return table.put(epochs)
                .compose(v -> position(epochs, n, mine))
                .compose(v -> until(
                        () -> {
                            Epochs read = order.epochs();
                            return read != null && read.newest().equals(epochs.newest());
                        },
                        mine));
    }

    /** Says that events up to n are safe, and waits until this node has read that. */
    private Future<Void> confirm(long n, int mine) {
        return quorum.settle(context, epochs().newest())
                .compose(v -> position(epochs(), n, mine))
                .compose(v -> until(() -> order.last() >= n, mine));
    }

    private Future<Void> position(Epochs epochs, long n, int mine) {
        return add(List.of(LogRecord.encode(new Position(term, epochs, n))), mine);
    }

    /** Says where the log stands, for who joins when nothing else is left in the ring. Only while nothing is appended. */
    void repeatPosition() {
        Epochs epochs = order.epochs();
        if (isServing() && epochs != null) {
            repeating = position(epochs, order.last(), life).otherwiseEmpty();
        }
    }

    /**
     * The log has lost its past: what is under way fails, and {@link #begin} has to follow.
     *
     * @param last what a node had of it: the new epoch begins above
     */
    void lose(long last) {
        beyond = Math.max(beyond, last);
        if (serving || !order.isLost()) {
            serving = false;
            life++;
            order.lose();
            fail("the log has lost its past");
        }
    }

    /** Somebody else writes, or nobody: what was under way fails, and may be in the log all the same. */
    void stop(String why) {
        stopped = true;
        fail(why);
    }

    private void fail(String why) {
        Waiting was = waiting;
        waiting = null;
        if (was != null) {
            was.reached.tryFail(why);
        }
    }

    /** Something was read. */
    void read() {
        if (order.term() > term) {
            stop("another node writes the log now, and nobody can say whether it has this");
            return;
        }
        Waiting now = waiting;
        if (now != null && isReached(now.condition)) {
            waiting = null;
            now.reached.tryComplete();
        }
    }

    /**
     * Appends a batch; one at a time.
     *
     * @param keys the receipts of what was appended with a key before
     */
    Future<List<Receipt>> append(List<Batch> batch, Keys keys) {
        Instant now = Instant.now();
        Map<String, Receipt> inBatch = new HashMap<>();
        List<byte[]> records = new ArrayList<>();
        List<Receipt> receipts = new ArrayList<>(batch.size());
        long before = order.whole();
        long last = before;
        for (Batch submission : batch) {
            String key = submission.key();
            Receipt receipt = key == null ? null : inBatch.getOrDefault(key, keys.find(key, now));
            if (receipt == null) {
                last += submission.events().size();
                receipt = Receipt.of(submission, id(last));
                encode(submission, receipt, now, records);
                if (key != null) {
                    inBatch.put(key, receipt);
                }
            }
            receipts.add(receipt);
        }
        int mine = life;
        long end = last;
        return repeating
                .compose(v -> addAll(records, 0, before, mine))
                .compose(v -> records.isEmpty() ? context.succeededFuture() : confirm(end, mine))
                .map(receipts);
    }

    /** What is known of a key. */
    interface Keys {

        @Nullable
        Receipt find(String key, Instant now);
    }

    private EventId id(long n) {
        return epochs().id(n);
    }

    private Epochs epochs() {
        Epochs epochs = order.epochs();
        if (epochs == null) {
            throw new IllegalStateException("no epoch has begun");
        }
        return epochs;
    }

    private void encode(Batch submission, Receipt receipt, Instant now, List<byte[]> records) {
        int left = submission.events().size();
        for (NewEvent publication : submission.events()) {
            left--;
            EventId id = id(receipt.last().n() - left);
            Keyed keyed = left > 0 || submission.key() == null
                    ? null
                    : new Keyed(submission.key(), receipt.count(), receipt.digest());
            records.add(LogRecord.encode(new Appended(term, id, now, publication, left > 0, keyed)));
        }
    }

    /**
     * Adds the records of events part by part, each when the one before was read: a part is what one call takes, and about a
     * megabyte at most.
     */
    private Future<Void> addAll(List<byte[]> records, int from, long last, int mine) {
        int to = from;
        for (long bytes = 0; to < records.size() && to - from < ring.maxRecords() && bytes < BATCH_BYTES; to++) {
            bytes += records.get(to).length;
        }
        if (from == to) {
            return context.succeededFuture();
        }
        int end = to;
        return add(records.subList(from, end), mine)
                .compose(v -> until(() -> order.seen() >= last + end, mine))
                .compose(v -> addAll(records, end, last, mine));
    }

    /** Adds records again and again until they are there. */
    private Future<Void> add(List<byte[]> records, int mine) {
        if (stopped || mine != life) {
            return context.failedFuture("nobody can say whether the log has this");
        }
        long next = reader.next();
        return ring.add(records)
                .<Void>map(sequence -> {
                    if (sequence < next) {
                        reader.contradicted();
                    }
                    return null;
                })
                .recover(failure -> {
                    LOG.debug("stream {}: records are added again", stream, failure);
                    return context.owner().timer(RETRY_MILLIS).compose(v -> add(records, mine));
                });
    }

    /** What is read while the ring may have lost its past proves nothing. */
    private boolean isReached(BooleanSupplier condition) {
        return !reader.isDoubting() && condition.getAsBoolean();
    }

    private Future<Void> until(BooleanSupplier condition, int mine) {
        if (stopped || mine != life) {
            return context.failedFuture("nobody can say whether the log has this");
        }
        if (isReached(condition)) {
            return context.succeededFuture();
        }
        Promise<Void> reached = context.promise();
        waiting = new Waiting(condition, reached);
        return reached.future();
    }
}
