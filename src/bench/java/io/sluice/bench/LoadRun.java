package io.sluice.bench;

import io.sluice.testing.client.SequenceCheck;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One load on one URL, from the first connection to the verdict:
 *
 * <pre>
 *   connect ----> warm-up ----> the seconds that are measured ----> what is still under way ----> report
 * </pre>
 */
final class LoadRun {

    private static final long CONNECT_SECONDS = 60;
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LOOK_MILLIS = 20;
    private static final double NANOS = 1e9;

    private final LoadOptions options;
    private final Loop loop;
    private final ProgressLine progress;
    private final EpochClock clock = new EpochClock();
    private final LoadCounters counters = new LoadCounters();
    private final Listeners listeners;
    private final @Nullable LoadGenerator publisher;
    private final @Nullable ProcessTree server;
    private final ProcessTree client = ProcessTree.self();

    LoadRun(LoadOptions options, Loop loop, ProgressLine progress) {
        this.options = options;
        this.loop = loop;
        this.progress = progress;
        // Each run's numbers are above those of all runs before, which a server may still have in its history.
        long before = options.publish() == null ? SequenceCheck.ANYWHERE : TimeUnit.NANOSECONDS.toMicros(clock.now());
        listeners = new Listeners(loop, clock, counters, options.url(), options.connections(), before);
        publisher = options.publish() == null
                ? null
                : new LoadGenerator(loop, clock, counters, options, options.publish(), before);
        server = options.pid() == 0 ? null : ProcessTree.of(options.pid());
    }

    LoadReport run() throws IOException, InterruptedException {
        try {
            return measure();
        } finally {
            if (publisher != null) {
                loop.call(publisher::close).await();
            }
            loop.call(listeners::leave).await();
        }
    }

    private LoadReport measure() throws IOException, InterruptedException {
        long memoryBefore = memory();
        long clientNanos = client.cpuNanos();
        double connectNanos = connect();
        double connectClientCores = (client.cpuNanos() - clientNanos) / connectNanos;
        startPublishing();
        watch(options.warmUp(), "warms up");
        Mark from = mark(true);
        watch(options.seconds(), "measures");
        Mark to = mark(false);
        long memoryAfter = memory();
        drain();
        return loop.call(() -> new LoadReport(
                counters.opened,
                connectNanos / NANOS,
                connectClientCores,
                (to.nanos - from.nanos) / NANOS,
                to.events - from.events,
                counters.latencies.copy(),
                server == null ? ProcessTree.UNKNOWN : to.serverNanos - from.serverNanos,
                to.clientNanos - from.clientNanos,
                memoryBefore,
                memoryAfter,
                counters.strangers,
                counters.faults()));
    }

    /** Answers with how long it took, in nanoseconds. */
    private long connect() throws InterruptedException {
        var connected = listeners.connect();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CONNECT_SECONDS);
        while (!connected.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            say("connects");
            if (System.nanoTime() > deadline) {
                loop.call(() -> {
                    listeners.giveUp();
                    return true;
                });
                return TimeUnit.SECONDS.toNanos(CONNECT_SECONDS);
            }
        }
        return connected.getNow();
    }

    private void startPublishing() throws InterruptedException {
        LoadGenerator publishing = publisher;
        if (publishing != null) {
            loop.call(() -> {
                listeners.onRead(publishing::pump);
                publishing.start();
                return true;
            });
        }
    }

    // ---- the seconds that are measured

    /** All counters at a moment. */
    private record Mark(long nanos, long events, long serverNanos, long clientNanos) {}

    private Mark mark(boolean begin) throws InterruptedException {
        return loop.call(() -> {
            if (begin) {
                counters.openWindow(clock.now());
            } else {
                counters.closeWindow(clock.now());
            }
            return new Mark(
                    System.nanoTime(),
                    counters.events,
                    server == null ? ProcessTree.UNKNOWN : server.cpuNanos(),
                    client.cpuNanos());
        });
    }

    private void watch(int seconds, String what) throws InterruptedException {
        for (int left = seconds; left > 0; left--) {
            say(what + ", %d s left".formatted(left));
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        }
    }

    private long eventsSaid;
    private long saidAt;

    private void say(String what) throws InterruptedException {
        progress.say(loop.call(() -> {
            long now = System.nanoTime();
            double rate = saidAt == 0 ? 0 : (counters.events - eventsSaid) * NANOS / (now - saidAt);
            eventsSaid = counters.events;
            saidAt = now;
            return String.format(
                    Locale.ROOT,
                    "%s; %d of %d connections, %.0f events/s, p50 %.2f ms",
                    what,
                    counters.open(),
                    options.connections(),
                    rate,
                    counters.latencies.getValueAtPercentile(50) / 1e3);
        }));
    }

    /** Lets everything arrive that was published, and then holds the connections to it. */
    private void drain() throws InterruptedException {
        LoadGenerator publishing = publisher;
        if (publishing == null) {
            return;
        }
        loop.call(() -> {
            publishing.stop();
            return true;
        });
        long deadline = System.nanoTime() + DRAIN_NANOS;
        while (!loop.call(publishing::isDone) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
        }
        loop.call(() -> {
            publishing.giveUp();
            listeners.end(publishing.last());
            return true;
        });
    }

    private long memory() throws IOException, InterruptedException {
        if (server == null) {
            return ProcessTree.UNKNOWN;
        }
        if (options.gc()) {
            server.collectGarbage();
        }
        return server.residentBytes();
    }
}
