package io.sluice.node;

import io.sluice.bridge.Admission;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections a node has open, of whatever kind, and may have. One for all servers of a node; any thread.
 *
 * <p>A connection over the limit is closed before a byte of it is read: an answer would cost what the limit saves.
 */
final class ConnectionLimits implements Admission {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimits.class);

    /** The part of the limit below which there is room again: one line in the log for a crowd, not one for each client. */
    private static final double RELIEVED = 0.9;

    private final int max;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicBoolean refusing = new AtomicBoolean();

    private ConnectionLimits(int max) {
        this.max = max;
    }

    /** Sets the limit; 0 for none. */
    static ConnectionLimits of(int max) {
        return new ConnectionLimits(max);
    }

    /** The limit; 0 for none. */
    int max() {
        return max;
    }

    /** How many there are now. */
    int open() {
        return open.get();
    }

    /** How many were closed at once, since the start. */
    long refused() {
        return refused.get();
    }

    /** Counts one more, if there is room; then {@link #leave} has to follow. */
    @Override
    public boolean enter() {
        if (open.incrementAndGet() <= max || max == 0) {
            return true;
        }
        open.decrementAndGet();
        refused.incrementAndGet();
        if (!refusing.getAndSet(true)) {
            LOG.warn("{} connections, the limit: closing more at once; raise http.maxConnections, or ulimit -n", max);
        }
        return false;
    }

    @Override
    public void leave() {
        boolean roomAgain = open.decrementAndGet() <= max * RELIEVED;
        if (roomAgain && refusing.get() && refusing.getAndSet(false)) {
            LOG.info("room for connections again: {} at most, {} were closed at once", max, refused);
        }
    }
}
