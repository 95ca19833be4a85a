package io.sluice.sse;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes that wait in a node for slow sockets, and how many may. Each hub has a share, which it alone counts; the node's number is
 * their sum. Any thread.
 *
 * <pre>
 *    0 . . . . . . . . . half . . . . . . . . . . 9/10 . . . . max . . . .
 *      a turn's worth     | small batches for       |           | the slowest are ended down to 9/10,
 *      for each client    | those behind            |           | new clients are refused
 * </pre>
 */
final class PendingBytes {

    private static final Logger LOG = LoggerFactory.getLogger(PendingBytes.class);

    /** The part of the maximum down to which clients are ended: one line in the log for a crowd. */
    private static final double RELIEVED = 0.9;

    private final long max;
    private final List<Share> shares = new CopyOnWriteArrayList<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile boolean tight;

    /** @param max in bytes; 0 for no limit */
    PendingBytes(long max) {
        this.max = max == 0 ? Long.MAX_VALUE : max;
    }

    /** What one hub counts. Its event loop only. */
    final class Share {

        private final Runnable relieve;
        private volatile long bytes;

        // Of them, those of clients that are told their end already.
        private volatile long leaving;

        private Share(Runnable relieve) {
            this.relieve = relieve;
        }

        /** Tells what the hub counts now. */
        void set(long bytes, long leaving) {
            if (this.bytes != bytes || this.leaving != leaving) {
                this.bytes = bytes;
                this.leaving = leaving;
                changed();
            }
        }

        /** Whether more waited in the node than may, and still does, or nearly. */
        boolean isOver() {
            return over.get();
        }

        /** Whether more than half of what may waits in the node. */
        boolean isTight() {
            return tight;
        }

        /** This share's part of the bytes that are too many and not on their way out: in proportion to what it has of them. */
        long excess() {
            long staying = sum() - sumOfLeaving();
            long excess = staying - (long) (max * RELIEVED);
            return isOver() && excess > 0 ? (long) Math.ceil((double) excess * (bytes - leaving) / staying) : 0;
        }

        void leave() {
            shares.remove(this);
            changed();
        }
    }

    /** Adds a hub, whose task is called on any thread when more waits than may. */
    Share join(Runnable relieve) {
        Share share = new Share(relieve);
        shares.add(share);
        return share;
    }

    /** How many there are now. */
    long sum() {
        long sum = 0;
        for (Share share : shares) {
            sum += share.bytes;
        }
        return sum;
    }

    private long sumOfLeaving() {
        long sum = 0;
        for (Share share : shares) {
            sum += share.leaving;
        }
        return sum;
    }

    boolean isOver() {
        return sum() > max;
    }

    private void changed() {
        long sum = sum();
        tight = sum > max / 2;
        if (sum > max && !over.getAndSet(true)) {
            LOG.warn(
                    "{} bytes wait for slow clients, the limit is {} (http.maxBehind): ending the slowest, refusing more",
                    sum,
                    max);
            shares.forEach(share -> share.relieve.run());
        } else if (sum <= max * RELIEVED && over.get() && over.getAndSet(false)) {
            LOG.info("{} bytes wait for slow clients: taking more again", sum);
        }
    }
}
