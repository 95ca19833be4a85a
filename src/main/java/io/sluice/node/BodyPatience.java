package io.sluice.node;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The time that a client may take for a body. Event loop only. */
final class BodyPatience {

    /** The time for any body, in silences. */
    private static final int SILENCES = 10;

    /** What comes in a further second, at least. A telephone on 2G can do it. */
    private static final long BYTES_PER_SECOND = 8 << 10;

    private final Vertx vertx;
    private final long silence;
    private final boolean isEndless;
    private final Runnable late;
    private final long began = System.nanoTime();
    private long lastReceived = began;
    private long received;
    private long timer = -1;
    private boolean resting;

    private BodyPatience(Vertx vertx, Duration silence, boolean isEndless, Runnable late) {
        this.vertx = vertx;
        this.silence = silence.toNanos();
        this.isEndless = isEndless;
        this.late = late;
        if (this.silence > 0) {
            schedule(this.silence);
        }
    }

    /**
     * For a body that is taken as a whole. It is late when nothing came for a while, or when the whole takes too long for its size:
     * otherwise a byte now and then would keep it alive for ever.
     *
     * @param silence the longest silence, 0 for any
     * @param late called once, unless it ends before
     */
    static BodyPatience ofBody(Vertx vertx, Duration silence, Runnable late) {
        return new BodyPatience(vertx, silence, false, late);
    }

    /** For a body that may last for ever, and is late only when nothing came for a while: as {@link #ofBody} otherwise. */
    static BodyPatience ofEndlessBody(Vertx vertx, Duration silence, Runnable late) {
        return new BodyPatience(vertx, silence, true, late);
    }

    /** The body is not read for a while: that silence is not the client's. */
    void rest() {
        resting = true;
    }

    /** The body is read again. */
    void goOn() {
        resting = false;
        lastReceived = System.nanoTime();
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
        long left = resting ? silence : lastReceived + silence - now;
        if (!isEndless) {
            long allowed = SILENCES * silence + TimeUnit.SECONDS.toNanos(received) / BYTES_PER_SECOND;
            left = Math.min(left, began + allowed - now);
        }
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
