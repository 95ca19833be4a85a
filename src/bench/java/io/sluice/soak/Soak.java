package io.sluice.soak;

import io.sluice.testing.client.AckedPublisher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

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
    private static final int WARM_UP_CLIENTS = 300;
    private static final int WARM_UP_SECONDS = 5;

    private static final String CONFIGURATION = """
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "streams": {
                "events": { "lifetime": "5s", "heartbeat": "2s", "history": { "events": 2000 } },
                "torrent": { "lifetime": "30s", "heartbeat": "2s", "history": { "events": 300 } }
              },
              "publish": { "enabled": true, "anonymous": true }
            }
            """;

    /** The last keeps an exception's message, by which it is known. */
    private static final List<String> JVM =
            List.of("-Xmx1g", "-Dio.netty.leakDetection.level=paranoid", "-XX:-OmitStackTraceInFastThrow");

    private final SoakOptions options;
    private final SoakCounters counters = new SoakCounters();
    private final Verdict verdict = new Verdict();

    private Soak(SoakOptions options) {
        this.options = options;
    }

    /** Soaks, prints a verdict, and exits with 1 where it is a bad one. */
    public static void main(String[] arguments) throws Exception {
        // The publishers' connections end soon, too.
        System.setProperty("jdk.httpclient.keepalive.timeout", "2");
        System.exit(new Soak(SoakOptions.of(arguments, 120, 2000)).run() ? 0 : 1);
    }

    private boolean run() throws Exception {
        System.out.printf(
                "soak: %d clients for %d s, --seed %d%n", options.clients(), options.seconds(), options.seed());
        Path directory = Path.of("target", "soak");
        try (NodeUnderLoad node = NodeUnderLoad.start(directory, CONFIGURATION, JVM, "DEBUG")) {
            warmUp(node);
            LeftOvers leftOvers = new LeftOvers(node, verdict);
            load(node);
            check(node, leftOvers);
        }
        counters.print();
        return verdict.print(directory.resolve("node.log").toString());
    }

    /** A small crowd makes the node open and start what it keeps: its workers, and what it reads from the jar. */
    private void warmUp(NodeUnderLoad node) throws IOException, InterruptedException {
        crowd(node, WARM_UP_CLIENTS, WARM_UP_SECONDS);
        verdict.expect(
                node.await(LeftOvers.REST_SECONDS, () -> node.connections() == 0),
                "connections are left of the warm-up");
    }

    private void load(NodeUnderLoad node) throws IOException, InterruptedException {
        String url = "http://127.0.0.1:" + node.port();
        SoakReport progress = new SoakReport(node, counters);
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(3);
        List<Future<?>> tasks = new ArrayList<>();
        tasks.addAll(publish(url + "/events", 8, 5, 150, timer));
        tasks.addAll(publish(url + "/torrent", 3, 30, 1000, timer));
        tasks.add(timer.scheduleAtFixedRate(progress, 5000, 5000, TimeUnit.MILLISECONDS));
        crowd(node, options.clients(), options.seconds());
        timer.shutdown();
        verdict.expect(timer.awaitTermination(30, TimeUnit.SECONDS), "the publishers do not end");
        verdict.expect(tasks.stream().allMatch(Future::isCancelled), "a publisher has failed");
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
        ClientCrowd crowd = new ClientCrowd(
                node.address(), TimeUnit.SECONDS.toMillis(seconds), new Random(options.seed()), counters);
        Thread thread = crowd.invite(size, crowd::anyone).start();
        thread.join();
    }

    private void check(NodeUnderLoad node, LeftOvers leftOvers) throws IOException, InterruptedException {
        verdict.expect(counters.errors.sum() == 0, counters.errors.sum() + " errors");
        verdict.expect(
                counters.ends.sum() > 0 && counters.resumes.sum() > 0 && counters.refusals.sum() > 0,
                "too little has happened");
        leftOvers.check();
        // The leak detector reports when new buffers are made.
        crowd(node, WARM_UP_CLIENTS, WARM_UP_SECONDS);
        leftOvers.checkEnd();
        int opens = node.said(": subscription \\d+ .*opens").size();
        int ends = node.said(": subscription \\d+ ends").size();
        System.out.printf("soak: the node's log has %d subscriptions that open, %d that end%n", opens, ends);
        verdict.expect(opens == ends && opens > 0, opens + " subscriptions open, " + ends + " end");
    }
}
