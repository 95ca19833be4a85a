package io.sluice.node;

import io.sluice.log.ByteSize;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory of all bodies of a node together: of those that come, and of those that wait for their log. It counts what has come,
 * not what was announced.
 *
 * <p>When there is no room, those that cost most are given up, by their bytes times the time since they began. So a client that
 * holds much for long makes room for whoever sends a little at once, and no number of silent ones keeps the others out. A body
 * that is whole is not given up: its log may have it already.
 *
 * <p>Any thread; one lock.
 */
final class PendingBodies {

    private static final Logger LOG = LoggerFactory.getLogger(PendingBodies.class);

    /** Of what may be given up, the part that is freed at least, so that the search is rare. */
    private static final int FREED = 8;

    /** Some number is the average or more, but for the rounding of their sum. */
    private static final double ROUNDING = 0.999;

    private static final long LINE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final ByteSize max;
    private final LongSupplier nanoTime;
    /** The bodies that come, the oldest first. */
    private final Set<Body> coming = new LinkedHashSet<>();

    private long held;
    private long givenUp;
    private long lastLine;

    PendingBodies(ByteSize max, LongSupplier nanoTime) {
        this.max = max;
        this.nanoTime = nanoTime;
    }

    /**
     * Begins with a body.
     *
     * @param giveUp called once, in any thread, if the body has to go: what it holds counts no more
     */
    synchronized Body begin(Runnable giveUp) {
        Body body = new Body(giveUp, nanoTime.getAsLong());
        coming.add(body);
        return body;
    }

    ByteSize max() {
        return max;
    }

    /** The memory of all, in bytes. */
    synchronized long held() {
        return held;
    }

    /** One body. */
    final class Body {

        private final Runnable giveUp;
        private final long since;
        private long bytes;
        private boolean ended;

        private Body(Runnable giveUp, long since) {
            this.giveUp = giveUp;
            this.since = since;
        }

        /** Says how many bytes it holds by now. If they are too many, the bodies that cost most are given up, maybe this one. */
        void hold(long nowHeld) {
            synchronized (PendingBodies.this) {
                if (!ended) {
                    held += nowHeld - bytes;
                    bytes = nowHeld;
                    makeRoom();
                }
            }
        }

        /** It is whole, and not given up any more. */
        void complete() {
            synchronized (PendingBodies.this) {
                coming.remove(this);
            }
        }

        /** It holds nothing any more. Again is allowed. */
        void end() {
            synchronized (PendingBodies.this) {
                ended = true;
                held -= bytes;
                bytes = 0;
                coming.remove(this);
            }
        }

        private double cost(long now) {
            return (double) bytes * (now - since + 1);
        }
    }

    private void makeRoom() {
        if (held <= max.bytes()) {
            return;
        }
        long now = nanoTime.getAsLong();
        List<Body> heavy = heavy();
        long free = max.bytes() - heavy.stream().mapToLong(body -> body.bytes).sum() / FREED;
        while (held > free && !heavy.isEmpty()) {
            double average =
                    heavy.stream().mapToDouble(body -> body.cost(now)).average().orElse(0);
            for (Body body : heavy) {
                if (held > free && body.cost(now) >= average * ROUNDING) {
                    giveUp(body, now);
                }
            }
            heavy = heavy();
        }
    }

    private List<Body> heavy() {
        return coming.stream().filter(body -> body.bytes > 0).toList();
    }

    private void giveUp(Body body, long now) {
        givenUp++;
        if (givenUp == 1 || now - lastLine >= LINE_NANOS) {
            LOG.warn(
                    "bodies hold more than {} (publish.maxPending): those that cost most are given up, {} so far",
                    max,
                    givenUp);
            lastLine = now;
        }
        body.end();
        body.giveUp.run();
    }
}
