package io.sluice.hazelcast;

import io.sluice.log.Epochs;
import io.sluice.log.EventId;
import io.sluice.log.LogLines;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a leader continues the log's newest epoch, or begins one.
 *
 * <pre>
 *     the log is new                           begin at 0
 *     half of the nodes are lost, or more      begin right behind the last event that counts; old ids stay known
 *     the log has lost its past                begin far above all that any node may have; old ids are unknown
 *     otherwise                                continue
 * </pre>
 */
final class NextEpoch {

    /** A log without its past begins beyond the events of any node: no ring is longer. */
    private static final long LEAP = 1_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(NextEpoch.class);

    /** @param n the position before the first event of the newest epoch */
    record Start(Epochs epochs, long n) {}

    private final LogLines lines;
    private final RecordFilter filter;
    private final SplitDetector split;
    private long lowest;

    NextEpoch(String stream, RecordFilter filter, SplitDetector split) {
        this.lines = new LogLines(LOG, stream);
        this.filter = filter;
        this.split = split;
    }

    /** No epoch may begin at a position that a node has had of a lost past. */
    void beginAbove(long position) {
        lowest = Math.max(lowest, position);
    }

    /**
     * The epoch to begin, or null to continue the newest one.
     *
     * @throws IllegalStateException if this node stood still, and must not lead before it has joined the others again
     */
    @Nullable
    Start decide() {
        if (split.isLeftBehind()) {
            throw new IllegalStateException("the cluster has gone on without this node");
        }
        Epochs epochs = filter.epochs();
        if (epochs == null) {
            return new Start(Epochs.startingAt(EventId.fresh()), 0);
        }
        boolean based = filter.last() != RecordFilter.NO_BASE;
        split.noteLosses(epochs.newest());
        if (based && split.mustFork(epochs.newest())) {
            return fork(epochs);
        }
        return based && !filter.isLost() ? null : startOver(epochs);
    }

    private Start fork(Epochs epochs) {
        long from = Math.max(filter.last(), lowest);
        EventId first = EventId.fresh().at(from + 1);
        lines.warn(
                "half of the cluster or more is gone without a goodbye; here the log goes on with {}. If the others"
                        + " are alive, only the larger side's log stays when they are back",
                first);
        return new Start(epochs.goOn(first), from);
    }

    private Start startOver(Epochs epochs) {
        long newest = epochs.list().get(epochs.list().size() - 1).first();
        long from = (Math.max(Math.max(filter.last(), newest), lowest) / LEAP + 2) * LEAP;
        EventId position = EventId.fresh().at(from);
        lines.warn("the log has lost its past, and begins again at {}; every subscriber is told", position);
        return new Start(epochs.startOver(position), from);
    }
}
