package io.sluice.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Streams by name that come and go: each is made, filled, read by a subscriber, and ended, with so many at a time; and what the
 * heap of the node has of streams that nobody reads.
 *
 * <pre>
 *   PUT ----> POST, all events ----> GET, until it has them ----> POST ?end=true ----> the close event
 * </pre>
 */
final class StreamLives {

    private static final Path DIRECTORY = Path.of("target", "bench", "lives");
    private static final int WARM_UP_SECONDS = 10;
    private static final int QUIET_EVENTS = 10;
    private static final double NANOS = 1e9;
    private static final double MICROS = 1e3;

    private final LivesOptions options;
    private final ProgressLine progress = new ProgressLine("lives");

    StreamLives(LivesOptions options) {
        this.options = options;
    }

    /** Measures, prints a table, and answers whether each stream had its life. */
    boolean run() throws IOException, InterruptedException {
        System.out.print(Machine.text());
        System.out.println(options.cores().text());
        options.cores().moveHere();
        SluiceNode node = new SluiceNode(SluiceNode.NAMED, options.jar(), "auto", options.cores());
        if (!node.lacks().isEmpty()) {
            throw new IllegalArgumentException(node.lacks());
        }
        try (Loop loop = new Loop();
                Server server = node.start(Files.createDirectories(DIRECTORY))) {
            ProcessTree process = ProcessTree.of(server.pid());
            URI streams = server.url("/chat/");
            long heap = heapPerStream(loop, streams, process);
            LifeCounters lives = live(loop, streams, process);
            progress.conclude("done");
            print(heap, lives);
            lives.faults.forEach(fault -> System.out.println("FAULT: " + fault));
            return lives.faults.isEmpty();
        }
    }

    // ---- what they cost while they are there

    private long heapPerStream(Loop loop, URI streams, ProcessTree process) throws IOException, InterruptedException {
        // The code that it takes is loaded before.
        fill(loop, streams, "w", options.quiet() / 10);
        long before = process.heapBytes();
        fill(loop, streams, "q", options.quiet());
        return (process.heapBytes() - before) / options.quiet();
    }

    private void fill(Loop loop, URI streams, String prefix, int count) throws InterruptedException {
        LifeCounters counters = new LifeCounters();
        LifePlan plan = new LifePlan(streams, prefix, QUIET_EVENTS, options.size(), count, false);
        begin(loop, plan, counters);
        while (!loop.call(() -> counters.isOver(plan))) {
            say("fills", loop, counters);
        }
        if (!counters.faults.isEmpty()) {
            throw new IllegalStateException(counters.faults.get(0));
        }
    }

    // ---- coming and going

    private LifeCounters live(Loop loop, URI streams, ProcessTree process) throws InterruptedException {
        LifeCounters counters = new LifeCounters();
        LifePlan plan = new LifePlan(streams, "l", options.events(), options.size(), Integer.MAX_VALUE, true);
        begin(loop, plan, counters);
        watch(WARM_UP_SECONDS, "warms up", loop, counters);
        loop.call(() -> {
            counters.openWindow(process.cpuNanos());
            return true;
        });
        watch(options.seconds(), "measures", loop, counters);
        return loop.call(() -> {
            plan.stop();
            counters.closeWindow(process.cpuNanos());
            return counters;
        });
    }

    private void begin(Loop loop, LifePlan plan, LifeCounters counters) throws InterruptedException {
        loop.call(() -> {
            for (int i = 0; i < options.atOnce(); i++) {
                new StreamLife(loop, plan, counters).next();
            }
            return true;
        });
    }

    private void watch(int seconds, String what, Loop loop, LifeCounters counters) throws InterruptedException {
        for (int left = seconds; left > 0; left--) {
            say(what + ", %d s left".formatted(left), loop, counters);
        }
    }

    private void say(String what, Loop loop, LifeCounters counters) throws InterruptedException {
        progress.say(what + "; " + loop.call(() -> counters.lives) + " streams");
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
    }

    private void print(long heap, LifeCounters lives) {
        System.out.println();
        System.out.println("| figure | |");
        System.out.println("| --- | --- |");
        List.of(
                        row(
                                "streams/s, each with " + options.events() + " events and one reader",
                                "%.0f",
                                lives.perSecond()),
                        row("CPU us/stream", "%.0f", lives.cpuNanos() / MICROS / lives.measured()),
                        row("life p50 ms", "%.1f", lives.millisAt(50)),
                        row("life p99 ms", "%.1f", lives.millisAt(99)),
                        row(
                                "heap bytes/stream with " + QUIET_EVENTS + " events of " + options.size()
                                        + " bytes, without a subscriber",
                                "%.0f",
                                (double) heap))
                .forEach(System.out::println);
        System.out.printf(
                Locale.ROOT,
                "%d at a time for %d s; the load generator had %.2f of a core%n",
                options.atOnce(),
                options.seconds(),
                lives.clientNanos() / NANOS / options.seconds());
    }

    private static String row(String name, String format, double value) {
        return "| " + name + " | " + String.format(Locale.ROOT, format, value) + " |";
    }
}
