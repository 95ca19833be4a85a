package io.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** What has come of streams that live. Event loop only. */
final class LifeCounters {

    private static final int DIGITS = 3;
    private static final double NANOS = 1e9;
    private static final double MILLI = 1e3;
    private static final int SHOWN = 10;

    /** The streams that have had their life. */
    long lives;
    /** A sentence each. */
    final List<String> faults = new ArrayList<>();

    private final ProcessTree client = ProcessTree.self();
    // Microseconds, of those that end in the window.
    private final Histogram durations = new Histogram(DIGITS);
    private boolean open;
    private long from;
    private long nanos;
    private long measured;
    private long serverNanos;
    private long clientNanos;

    void lived(long duration) {
        lives++;
        if (open) {
            durations.recordValue(TimeUnit.NANOSECONDS.toMicros(duration));
        }
    }

    void fault(String what) {
        if (faults.size() < SHOWN) {
            faults.add(what);
        }
    }

    /** Whether nothing more is to come. */
    boolean isOver(LifePlan plan) {
        return !faults.isEmpty() || (!plan.hasNext() && lives == plan.begun());
    }

    // ---- the seconds that are measured

    void openWindow(long serverTime) {
        open = true;
        from = System.nanoTime();
        measured = -lives;
        serverNanos = -serverTime;
        clientNanos = -client.cpuNanos();
    }

    void closeWindow(long serverTime) {
        open = false;
        nanos = System.nanoTime() - from;
        measured += lives;
        serverNanos += serverTime;
        clientNanos += client.cpuNanos();
    }

    long measured() {
        return measured;
    }

    double perSecond() {
        return measured * NANOS / nanos;
    }

    double cpuNanos() {
        return serverNanos;
    }

    double clientNanos() {
        return clientNanos;
    }

    double millisAt(double percentile) {
        return durations.getValueAtPercentile(percentile) / MILLI;
    }
}
