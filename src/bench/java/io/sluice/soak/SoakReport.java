package io.sluice.soak;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A line about a soak under way. */
final class SoakReport implements Runnable {

    private final NodeUnderLoad node;
    private final SoakCounters counters;
    private final long startedAt = System.nanoTime();
    private long saidAt = startedAt;
    private long events;

    SoakReport(NodeUnderLoad node, SoakCounters counters) {
        this.node = node;
        this.counters = counters;
    }

    @Override
    public void run() {
        long now = System.nanoTime();
        long delivered = counters.events.sum();
        long rate = TimeUnit.SECONDS.toNanos(delivered - events) / Math.max(1, now - saidAt);
        try {
            System.out.printf(
                    "%4d s: %5d open, %6d opened in all, %7d events/s, %5d gaps, %3d errors; the node: %4d MB, %5d files%n",
                    TimeUnit.NANOSECONDS.toSeconds(now - startedAt),
                    counters.open.get(),
                    counters.opened.sum(),
                    rate,
                    counters.gaps.sum(),
                    counters.errors.sum(),
                    node.megabytes(),
                    node.openFiles());
        } catch (IOException e) {
            counters.error("the node cannot be looked at: " + e);
        }
        saidAt = now;
        events = delivered;
    }
}
