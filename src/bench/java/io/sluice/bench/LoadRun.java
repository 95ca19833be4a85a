package io.sluice.bench;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
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
    private final Progress progress;
    private final EpochClock clock = new EpochClock();
    private final Tally tally = new Tally();
    private final Crowd crowd;
    private final @Nullable Publisher publisher;
    private final @Nullable ProcessTree server;
    private final ProcessTree client = ProcessTree.self();

    LoadRun(LoadOptions options, Loop loop, Progress progress) {
        this.options = options;
        this.loop = loop;
        this.progress = progress;
        // Each run's numbers are above those of all runs before, which a server may still have in its history.
        long before = options.publish() == null ? SequenceCheck.ANYWHERE : TimeUnit.NANOSECONDS.toMicros(clock.now());
        crowd = new Crowd(loop, clock, tally, options.url(), options.connections(), before);
        publisher = options.publish() == null
                ? null
                : new Publisher(loop, clock, tally, options, options.publish(), before);
        server = options.pid() == 0 ? null : ProcessTree.of(options.pid());
    }

    LoadReport run() throws IOException, InterruptedException {
        try {
            return measure();
        } finally {
            if (publisher != null) {
                loop.call(publisher::close).await();
            }
            loop.call(crowd::leave).await();
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
                tally.opened,
                connectNanos / NANOS,
                connectClientCores,
                (to.nanos - from.nanos) / NANOS,
                to.events - from.events,
                tally.latencies.copy(),
                server == null ? ProcessTree.UNKNOWN : to.serverNanos - from.serverNanos,
                to.clientNanos - from.clientNanos,
                memoryBefore,
                memoryAfter,
                tally.strangers,
                tally.faults()));
    }

    /** Answers with how long it took, in nanoseconds. */
    private long connect() throws InterruptedException {
        var connected = crowd.connect();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CONNECT_SECONDS);
        while (!connected.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            say("connects");
            if (System.nanoTime() > deadline) {
                loop.call(() -> {
                    crowd.giveUp();
                    return true;
                });
                return TimeUnit.SECONDS.toNanos(CONNECT_SECONDS);
            }
        }
        return connected.getNow();
    }

    private void startPublishing() throws InterruptedException {
        Publisher publishing = publisher;
        if (publishing != null) {
            loop.call(() -> {
                crowd.onRead(publishing::pump);
                publishing.start();
                return true;
            });
        }
    }

    // ---- the seconds that are measured

    /** Where everything stands at a moment. */
    private record Mark(long nanos, long events, long serverNanos, long clientNanos) {}

    private Mark mark(boolean begin) throws InterruptedException {
        return loop.call(() -> {
            if (begin) {
                tally.openWindow(clock.now());
            } else {
                tally.closeWindow(clock.now());
            }
            return new Mark(
                    System.nanoTime(),
                    tally.events,
                    server == null ? ProcessTree.UNKNOWN : server.cpuNanos(),
                    client.cpuNanos());
        });
    }

    private void watch(int seconds, String what) throws InterruptedException {
        for (int left = seconds; left > 0; left--) {
            say(what + ", %d s left".formatted(left));
            TimeUnit.SECONDS.sleep(1);
        }
    }

    private long eventsSaid;
    private long saidAt;

    private void say(String what) throws InterruptedException {
        progress.say(loop.call(() -> {
            long now = System.nanoTime();
            double rate = saidAt == 0 ? 0 : (tally.events - eventsSaid) * NANOS / (now - saidAt);
            eventsSaid = tally.events;
            saidAt = now;
            return String.format(
                    Locale.ROOT,
                    "%s; %d of %d connections, %.0f events/s, p50 %.2f ms",
                    what,
                    tally.open(),
                    options.connections(),
                    rate,
                    tally.latencies.getValueAtPercentile(50) / 1e3);
        }));
    }

    /** Lets everything arrive that was published, and then holds the connections to it. */
    private void drain() throws InterruptedException {
        Publisher publishing = publisher;
        if (publishing == null) {
            return;
        }
        loop.call(() -> {
            publishing.stop();
            return true;
        });
        long deadline = System.nanoTime() + DRAIN_NANOS;
        while (!loop.call(publishing::isDone) && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        loop.call(() -> {
            publishing.giveUp();
            crowd.end(publishing.last());
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
