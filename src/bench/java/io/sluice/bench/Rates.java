package io.sluice.bench;

import static io.netty.channel.ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What readers cost that get each event of a stream with many topics, and those that get the newest of each topic at a rate: all with
 * one filter, or each with a filter and a rate of its own. The node publishes, too, and its CPU time has that in it: as much as the line
 * without readers says.
 */
final class Rates {

    private static final Path DIRECTORY = Path.of("target", "bench", "rates");
    private static final double MILLIS = 1e6;

    private final RatesOptions options;
    private final ProgressLine progress = new ProgressLine("rates");

    /** One measurement. The query is that of each reader, with its number, a topic, and the rate. */
    private enum Readers {
        ALL("all topics", ""),
        ALL_RATED("all topics, ?rate", "rate=%3$d"),
        OWN("two topics of its own", "topic=%2$d&topic=own.%1$d"),
        OWN_RATED("two topics of its own, a ?rate of its own", "topic=%2$d&topic=own.%1$d&rate=%3$d.%4$03d"),
        NONE("no readers", "");

        private final String text;
        private final String query;

        Readers(String text, String query) {
            this.text = text;
            this.query = query;
        }

        String query(int number, RatesOptions options) {
            return "replay=none&" + query.formatted(number, number % options.topics(), options.rate(), number % 1000);
        }
    }

    /** Milliseconds of CPU, and bytes, in a second. */
    private record Cost(double cpuMillis, double bytes) {}

    Rates(RatesOptions options) {
        this.options = options;
    }

    /** Measures, prints a table, and answers whether each reader was served. */
    boolean run() throws IOException, InterruptedException {
        System.out.print(Machine.text());
        System.out.println(options.cores().text());
        options.cores().moveHere();
        SluiceNode node = new SluiceNode(SluiceNode.NAME, options.jar(), "auto", options.cores());
        if (!node.lacks().isEmpty()) {
            throw new IllegalArgumentException(node.lacks());
        }
        List<String> rows = new ArrayList<>();
        Path directory = Files.createDirectories(DIRECTORY);
        try (Loop loop = new Loop();
                Server server = node.startPublishing(directory, options.topics(), options.perSecond())) {
            boolean served = true;
            Cost before = new Cost(0, 0);
            for (Readers readers : Readers.values()) {
                RateReader.Counters counters = new RateReader.Counters();
                Cost cost = measure(readers, counters, loop, server);
                rows.add(row(readers, cost, before));
                served &= counters.lost == 0;
                before = cost;
            }
            progress.conclude("done");
            print(rows, served);
            return served;
        }
    }

    private Cost measure(Readers readers, RateReader.Counters counters, Loop loop, Server server)
            throws InterruptedException {
        ProcessTree process = ProcessTree.of(server.pid());
        List<Channel> channels = new ArrayList<>();
        int count = readers == Readers.NONE ? 0 : options.connections();
        for (int i = 0; i < count; i++) {
            URI url = server.url("/events?" + readers.query(i, options));
            channels.add(loop.to(url, new RateReader(url, counters))
                    .connect()
                    .syncUninterruptibly()
                    .channel());
        }
        while (loop.call(() -> counters.open + counters.lost) < count) {
            pause(readers.text + " connect", 100);
        }
        pause(readers.text + " warm up", 1000L * options.seconds());
        long cpu = process.cpuNanos();
        long bytes = loop.call(() -> counters.bytes);
        long began = System.nanoTime();
        pause(readers.text + " are measured", 1000L * options.seconds());
        double seconds = (System.nanoTime() - began) / 1e9;
        Cost cost = new Cost(
                (process.cpuNanos() - cpu) / MILLIS / seconds, (loop.call(() -> counters.bytes) - bytes) / seconds);
        loop.call(() -> counters.over = true);
        channels.forEach(channel -> channel.close().addListener(FIRE_EXCEPTION_ON_FAILURE));
        return cost;
    }

    private void pause(String what, long millis) {
        progress.say(what);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private String row(Readers readers, Cost cost, Cost plain) {
        boolean isRated = readers == Readers.ALL_RATED || readers == Readers.OWN_RATED;
        String ratio = isRated
                ? String.format(Locale.ROOT, "%.2f | %.2f", cost.cpuMillis / plain.cpuMillis, cost.bytes / plain.bytes)
                : " | ";
        return String.format(
                Locale.ROOT,
                "| %s | %.0f | %.1f | %s |",
                readers.text,
                cost.cpuMillis,
                cost.bytes / 1000 / options.connections(),
                ratio);
    }

    private void print(List<String> rows, boolean served) {
        System.out.println();
        System.out.println("| readers | CPU ms/s | kB/s each | CPU: to that without | bytes: to that without |");
        System.out.println("| --- | --- | --- | --- | --- |");
        rows.forEach(System.out::println);
        System.out.printf(
                Locale.ROOT,
                "%d readers; %d topics with %d events of 100 bytes a second each; rate=%d; %d s each%n",
                options.connections(),
                options.topics(),
                options.perSecond(),
                options.rate(),
                options.seconds());
        if (!served) {
            System.out.println("FAULT: readers were lost");
        }
    }
}
