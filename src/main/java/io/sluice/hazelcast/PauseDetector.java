package io.sluice.hazelcast;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Notices that this process stood still: stopped by a signal or a debugger, swapped out, or in a virtual machine that was moved.
 *
 * <p>A beat comes twice a second. Whoever asks first after a beat that is late has noticed the pause, so that no thread that wakes up
 * acts before it is known.
 *
 * <p>Two clocks are asked, and the larger step counts: the one of {@link System#nanoTime} stands still in a suspended machine. A
 * clock that is set forward is taken for a pause too, which does no harm.
 *
 * <p>Any thread.
 */
final class PauseDetector {

    static final long BEAT_MILLIS = 500;

    private final long thresholdMillis;
    private final long recentMillis;
    private final LongSupplier monotonicMillis;
    private final LongSupplier wallMillis;

    // Under this object's lock:
    private long beatAt;
    private long beatWall;
    private boolean paused;
    private long pauseEnd;
    private long pauseMillis;

    /**
     * @param threshold a longer silence of the beat is a pause
     * @param recent for so long after a pause its consequences may show
     */
    PauseDetector(Duration threshold, Duration recent) {
        this(threshold, recent, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), System::currentTimeMillis);
    }

    PauseDetector(Duration threshold, Duration recent, LongSupplier monotonicMillis, LongSupplier wallMillis) {
        this.thresholdMillis = threshold.toMillis();
        this.recentMillis = recent.toMillis();
        this.monotonicMillis = monotonicMillis;
        this.wallMillis = wallMillis;
        this.beatAt = monotonicMillis.getAsLong();
        this.beatWall = wallMillis.getAsLong();
    }

    /** To be called each {@value #BEAT_MILLIS} ms. */
    synchronized void beat() {
        long now = monotonicMillis.getAsLong();
        long wall = wallMillis.getAsLong();
        long silence = Math.max(now - beatAt, wall - beatWall);
        if (silence > thresholdMillis) {
            paused = true;
            pauseEnd = now;
            pauseMillis = silence;
        } else if (now - pauseEnd > recentMillis) {
            paused = false;
        }
        beatAt = now;
        beatWall = wall;
    }

    /** Whether this process has stood still a moment ago. */
    synchronized boolean isRecent() {
        beat();
        return paused;
    }

    /** How long the newest pause was, in milliseconds. */
    synchronized long pauseMillis() {
        return pauseMillis;
    }
}
