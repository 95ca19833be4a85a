package io.sluice.soak;

import io.sluice.testing.client.AckedPublisher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Minutes of thousands of clients that come and go, lag, vanish and misbehave, at the real jar; and then nothing may be left
 * over. Every well-behaved client checks the promise as it goes.
 *
 * <pre>
 * mvn -q package -DskipTests
 * java -cp target/test-classes:target/sluice.jar io.sluice.soak.Soak [--seconds 120] [--clients 2000] [--seed 1]
 * </pre>
 *
 * It needs Linux ({@code /proc}) and a JDK ({@code jcmd}). The node's output is in {@code target/soak/node.log}.
 */
public final class Soak {

    // The time from one batch to the next.
    private static final int PUBLISH_MILLIS = 100;
    private static final int SIGTERM = 128 + 15;
    // The time that the node has to release everything.
    private static final long REST_SECONDS = 30;
    private static final int WARM_UP_CLIENTS = 300;
    private static final int WARM_UP_SECONDS = 5;
    private static final int SPARE_FILES = 5;
    // Vert.x has up to 20 workers, and the JVM's compilers come and go.
    private static final int SPARE_THREADS = 25;
    // Buffers that Netty keeps for the next time.
    private static final int SPARE_BUFFERS = 1000;
    private static final String ALARM = "LEAK:|has been blocked for|Exception|Error|ERROR";

    /** The words of Vert.x 5.0.10 about a client's reset (with an exception of its own on the way) and of a bad HTTP/2 preface. */
    private static final String KNOWN =
            "Connection reset|Broken pipe|this\\.response|First received frame was not SETTINGS";

    private final int seconds;
    private final int clients;
    private final long seed;
    private final SoakCounters counters = new SoakCounters();
    private final List<String> failures = new ArrayList<>();

    private Soak(int seconds, int clients, long seed) {
        this.seconds = seconds;
        this.clients = clients;
        this.seed = seed;
    }

    /** Soaks, prints a verdict, and exits with 1 where it is a bad one. */
    public static void main(String[] arguments) throws Exception {
        // The publishers' connections end soon, too.
        System.setProperty("jdk.httpclient.keepalive.timeout", "2");
        long seconds = option(arguments, "--seconds", 120);
        long clients = option(arguments, "--clients", 2000);
        long seed = option(arguments, "--seed", System.nanoTime());
        boolean good = new Soak(Math.toIntExact(seconds), Math.toIntExact(clients), seed).run();
        System.exit(good ? 0 : 1);
    }

    private static long option(String[] arguments, String name, long absent) {
        for (int i = 0; i < arguments.length - 1; i += 2) {
            if (arguments[i].equals(name)) {
                return Long.parseLong(arguments[i + 1]);
            }
        }
        return absent;
    }

    private boolean run() throws Exception {
        System.out.printf("soak: %d clients for %d s, --seed %d%n", clients, seconds, seed);
        try (NodeUnderLoad node = NodeUnderLoad.start(Path.of("target", "soak"))) {
            warmUp(node);
            int files = node.openFiles();
            int threads = node.threads();
            System.out.printf("soak: before: %d open files, %d threads%n", files, threads);
            load(node);
            check(node, files, threads);
        }
        return verdict();
    }

    /** A small crowd makes the node open and start what it keeps: its workers, and what it reads from the jar. */
    private void warmUp(NodeUnderLoad node) throws IOException, InterruptedException {
        crowd(node, WARM_UP_CLIENTS, WARM_UP_SECONDS);
        expect(node.await(REST_SECONDS, () -> node.connections() == 0), "connections are left of the warm-up");
    }

    private void load(NodeUnderLoad node) throws IOException, InterruptedException {
        String url = "http://127.0.0.1:" + node.port();
        SoakReport progress = new SoakReport(node, counters);
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(3);
        List<Future<?>> tasks = new ArrayList<>();
        tasks.addAll(publish(url + "/events", 8, 5, 150, timer));
        tasks.addAll(publish(url + "/torrent", 3, 30, 1000, timer));
        tasks.add(timer.scheduleAtFixedRate(progress, 5000, 5000, TimeUnit.MILLISECONDS));
        crowd(node, clients, seconds);
        timer.shutdown();
        expect(timer.awaitTermination(30, TimeUnit.SECONDS), "the publishers do not end");
        expect(tasks.stream().allMatch(Future::isCancelled), "a publisher has failed");
        progress.run();
    }

    /** Publishes a batch on one topic after the other. */
    private List<Future<?>> publish(String url, int topics, int batch, int bytes, ScheduledExecutorService timer) {
        List<Future<?>> tasks = new ArrayList<>();
        for (int i = 0; i < topics; i++) {
            AckedPublisher publisher = new AckedPublisher(() -> url, counters, "t." + i, batch)
                    .padding(bytes)
                    .withoutRetry();
            long first = (i + 1L) * PUBLISH_MILLIS;
            tasks.add(timer.scheduleAtFixedRate(
                    () -> publishNext(publisher), first, (long) topics * PUBLISH_MILLIS, TimeUnit.MILLISECONDS));
        }
        return tasks;
    }

    private void publishNext(AckedPublisher publisher) {
        try {
            publisher.publishNext();
        } catch (InterruptedException | RuntimeException e) {
            counters.error("a publisher fails: " + e);
            publisher.leave();
        }
    }

    private void crowd(NodeUnderLoad node, int size, int seconds) throws IOException, InterruptedException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port());
        Thread crowd = new Thread(
                new ClientCrowd(address, size, TimeUnit.SECONDS.toMillis(seconds), new Random(seed), counters),
                "crowd");
        crowd.setUncaughtExceptionHandler((thread, e) -> {
            e.printStackTrace();
            counters.error("the crowd stops: " + e);
        });
        crowd.start();
        crowd.join();
    }

    // ---- what is left over

    private void check(NodeUnderLoad node, int files, int threads) throws IOException, InterruptedException {
        expect(node.isAlive(), "the node has died");
        expect(counters.errors.sum() == 0, counters.errors.sum() + " errors");
        expect(
                counters.ends.sum() > 0 && counters.resumes.sum() > 0 && counters.refusals.sum() > 0,
                "too little has happened");
        await(node, "connections", node::connections, 0);
        await(node, "open files", node::openFiles, files + SPARE_FILES);
        await(node, "threads", node::threads, threads + SPARE_THREADS);
        await(node, "subscriptions", () -> node.instances("io\\.sluice\\.sse\\.Subscription"), 0);
        await(node, "HTTP connections", () -> node.instances("io\\.vertx\\..*Http1.*ServerConnection"), 0);
        await(
                node,
                "channels",
                () -> node.instances("io\\.netty\\.channel\\..*\\.(Nio|Epoll|IoUring)SocketChannel"),
                0);
        await(node, "buffers", () -> node.instances("io\\.netty\\.buffer\\..*ByteBuf"), SPARE_BUFFERS);
        // The leak detector reports when new buffers are made.
        crowd(node, WARM_UP_CLIENTS, WARM_UP_SECONDS);
        int status = node.terminate();
        expect(status == SIGTERM, "at SIGTERM it ends with " + status);
        int opens = node.said(": subscription \\d+ .*opens").size();
        int ends = node.said(": subscription \\d+ ends").size();
        System.out.printf("soak: the node's log has %d subscriptions that open, %d that end%n", opens, ends);
        expect(opens == ends && opens > 0, opens + " subscriptions open, " + ends + " end");
        List<String> alarms = node.said(ALARM);
        List<String> unknown = alarms.stream()
                .filter(Pattern.compile(KNOWN).asPredicate().negate())
                .toList();
        System.out.printf("soak: the node's log has %d known complaints%n", alarms.size() - unknown.size());
        unknown.stream().limit(20).forEach(line -> expect(false, "it said: " + line));
    }

    /** Waits until there are no more than so many of something. */
    private void await(NodeUnderLoad node, String what, NodeUnderLoad.Gauge gauge, long most)
            throws IOException, InterruptedException {
        boolean few = node.await(REST_SECONDS, () -> gauge.read() <= most);
        long left = gauge.read();
        System.out.printf("soak: after: %d %s%n", left, what);
        expect(few, left + " " + what + ", expected at most " + most);
    }

    private void expect(boolean condition, String failure) {
        if (!condition) {
            failures.add(failure);
        }
    }

    private boolean verdict() {
        System.out.printf(
                "soak: %d connections, %d events published, %d delivered, %d gaps told, %d resumes, %d ends, %d refusals%n",
                counters.opened.sum(),
                counters.published.sum(),
                counters.events.sum(),
                counters.gaps.sum(),
                counters.resumes.sum(),
                counters.ends.sum(),
                counters.refusals.sum());
        failures.forEach(failure -> System.out.println("soak: FAILURE: " + failure));
        System.out.println(failures.isEmpty() ? "soak: GOOD" : "soak: BAD, see target/soak/node.log");
        return failures.isEmpty();
    }
}
