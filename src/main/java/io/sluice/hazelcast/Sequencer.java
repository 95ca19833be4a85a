package io.sluice.hazelcast;

import io.sluice.hazelcast.LogRecord.TermStart;
import io.sluice.log.AppendQueue;
import io.sluice.log.Batch;
import io.sluice.log.Epochs;
import io.sluice.log.NotTakenException;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Leads a stream's log for one term: gives events their numbers, and acknowledges what the replica at this node has read back.
 *
 * <pre>
 *     open     start of the term | ... read to the end ... | position       fences the terms before
 *     append   events of a batch | events | position                        the batch counts with its position
 *              events of the next batch | position
 * </pre>
 *
 * <p>One write at a time: its events, and a position once Hazelcast has confirmed that a backup has them.
 *
 * <p>On the stream's context only.
 */
final class Sequencer {

    private final ContextInternal context;
    private final LogReplica replica;
    private final TermWriter writer;
    private final NextEpoch nextEpoch;
    private final EpochTable epochTable;
    private final Runnable onBroken;
    private final AppendQueue queue;

    private Future<?> writing = Future.succeededFuture();
    private Future<?> repeating = Future.succeededFuture();
    private boolean serving;

    /** @param onBroken learns that a write has failed half way: only the next term drops what there is of it */
    Sequencer(
            ContextInternal context,
            LogReplica replica,
            TermWriter writer,
            NextEpoch nextEpoch,
            EpochTable epochTable,
            Runnable onBroken) {
        this.context = context;
        this.replica = replica;
        this.writer = writer;
        this.nextEpoch = nextEpoch;
        this.epochTable = epochTable;
        this.onBroken = onBroken;
        this.queue = new AppendQueue(context, this::write);
    }

    long term() {
        return writer.term();
    }

    boolean isServing() {
        return serving && !writer.isStopped();
    }

    /**
     * Begins the term, or begins again after the log has lost its past. If it fails while the term lasts, it may be tried again;
     * one at a time.
     *
     * @return completes when the terms before are fenced off, and the replica has read every event that counts
     */
    Future<Void> open() {
        if (isServing()) {
            return context.succeededFuture();
        }
        serving = false;
        int mine = writer.startRound("the term begins again");
        return writer.add(List.of(LogRecord.encode(new TermStart(term()))), mine)
                .compose(v -> writer.awaitRead(() -> replica.filter().term() >= term(), mine))
                .compose(v -> {
                    NextEpoch.Start start = nextEpoch.decide();
                    return start == null ? continueEpoch(mine) : beginEpoch(start, mine);
                })
                .onSuccess(v -> serving = writer.isCurrent(mine));
    }

    private Future<Void> continueEpoch(int mine) {
        Epochs epochs = epochs();
        return epochTable
                .write(epochs)
                .compose(v -> writer.confirm(epochs, replica.filter().whole(), mine));
    }

    private Future<Void> beginEpoch(NextEpoch.Start start, int mine) {
        Epochs epochs = start.epochs();
        return epochTable
                .write(epochs)
                .compose(v -> writer.addPosition(epochs, start.n(), mine))
                .compose(v -> writer.awaitRead(() -> isNewest(epochs), mine));
    }

    private boolean isNewest(Epochs epochs) {
        @Nullable Epochs read = replica.filter().epochs();
        return read != null && read.newest().equals(epochs.newest());
    }

    private Epochs epochs() {
        Epochs epochs = replica.filter().epochs();
        if (epochs == null) {
            throw new IllegalStateException("no epoch has begun");
        }
        return epochs;
    }

    /** Appends some batches: all of them, or nothing. Fails with {@link NotTakenException} if the queue is full. */
    Future<List<Receipt>> append(List<Batch> batches) {
        return queue.appendAll(batches);
    }

    private Future<List<Receipt>> write(List<Batch> batches) {
        if (!isServing()) {
            return context.failedFuture(new NotTakenException("the stream's leader is not ready; try again"));
        }
        long before = replica.filter().whole();
        Epochs epochs = epochs();
        NumberedBatches numbered = new NumberedBatches(batches, replica.keys(), replica.now(), term(), epochs, before);
        int mine = writer.round();
        Future<List<Receipt>> written = repeating
                .compose(v -> writer.addInParts(numbered.records(), before, mine))
                .compose(v -> numbered.records().isEmpty()
                        ? context.succeededFuture()
                        : writer.confirm(epochs(), numbered.last(), mine))
                .map(numbered.receipts())
                .onFailure(failure -> breakOff(mine));
        writing = written;
        return written;
    }

    /** What ends with its round or its term is followed by another one anyway. */
    private void breakOff(int mine) {
        if (writer.isCurrent(mine)) {
            writer.stop("a write has failed half way");
            onBroken.run();
        }
    }

    /** Says where the log stands, for a node that joins when the ring has nothing else. Only while nothing is written. */
    void repeatPosition() {
        if (isServing() && writing.isComplete() && repeating.isComplete()) {
            repeating = writer.addPosition(epochs(), replica.filter().last(), writer.round())
                    .otherwiseEmpty();
        }
    }

    /** The replica has read something. */
    void progressed() {
        writer.progressed();
    }

    /**
     * The log has lost its past: the write under way fails, and {@link #open} has to follow.
     *
     * @param last the last event that a node had of it: the new epoch begins above
     */
    void loseHistory(long last) {
        nextEpoch.beginAbove(last);
        if (serving || !replica.filter().isLost()) {
            serving = false;
            replica.filter().loseHistory();
            writer.startRound("the log has lost its past");
        }
    }

    /** Refuses the batches that wait. Completes when the write under way has ended. */
    Future<Void> finish() {
        queue.close();
        return writing.mapEmpty();
    }

    /** The term has ended: the write under way fails, though the log may have it, and the batches that wait are refused. */
    void stop(String why) {
        writer.stop(why);
        queue.close();
    }
}
