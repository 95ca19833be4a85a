package io.sluice.node;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The time that a client may take for a body. It is late when nothing came for a while, or when the whole takes too long for its
 * size: otherwise a byte now and then would keep it alive for ever. Event loop only.
 */
final class BodyPatience {

    /** The time for any body, in silences. */
    private static final int SILENCES = 10;

    /** What comes in a further second, at least. A telephone on 2G can do it. */
    private static final long BYTES_PER_SECOND = 8 << 10;

    private final Vertx vertx;
    private final long silence;
    private final Runnable late;
    private final long began = System.nanoTime();
    private long lastReceived = began;
    private long received;
    private long timer = -1;

    /**
     * @param silence the longest silence, 0 for any
     * @param late called once, unless it ends before
     */
    BodyPatience(Vertx vertx, Duration silence, Runnable late) {
        this.vertx = vertx;
        this.silence = silence.toNanos();
        this.late = late;
        if (this.silence > 0) {
            schedule(this.silence);
        }
    }

    /** Some bytes came. */
    void receive(int bytes) {
        lastReceived = System.nanoTime();
        received += bytes;
    }

    /** Stops waiting. Again is allowed. */
    void end() {
        vertx.cancelTimer(timer);
    }

    private void check() {
        long now = System.nanoTime();
        long allowed = SILENCES * silence + TimeUnit.SECONDS.toNanos(received) / BYTES_PER_SECOND;
        long left = Math.min(lastReceived + silence - now, began + allowed - now);
        if (left > 0) {
            schedule(left);
        } else {
            late.run();
        }
    }

    private void schedule(long nanos) {
        timer = vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, id -> check());
    }
}
