package io.sluice.soak;

import io.sluice.testing.client.AckedPublisher;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Minutes of every {@link Attack} at once, at the real jar with bounds that are small, beside honest clients that must not
 * notice: each gets each event once, in order, none is told of a gap, and they wait at most three times as long as while
 * nobody attacks, but for the first seconds of the attack.
 *
 * <pre>
 * mvn -q package -DskipTests
 * java -cp target/test-classes:target/sluice.jar io.sluice.soak.HostileSoak [--seconds 180] [--clients 500] [--seed 1]
 * </pre>
 *
 * It needs Linux, a JDK, and {@code ulimit -n} above 10,000. The node's output is in {@code target/hostile-soak/node.log}.
 */
public final class HostileSoak {

    private static final int QUIET_SECONDS = 20;
    private static final int SETTLE_SECONDS = 10;
    // The attackers come within 10 s, and the JVM compiles what it has not run before.
    private static final int ONSET_SECONDS = 20;
    private static final double MOST_TIMES = 3;
    // Below this the clocks of a machine that is busy decide, and not the node.
    private static final double LEAST_MILLIS = 5;
    private static final int PUBLISHERS = 4;
    private static final int PUBLISH_MILLIS = 50;
    private static final int WIDE_TOPICS = 10_000;
    // What the JVM holds beside heap and direct memory: code, classes, threads.
    private static final int OTHER_MEGABYTES = 300;
    private static final int HEAP_MEGABYTES = 512;
    private static final int DIRECT_MEGABYTES = 256;
    private static final int MOST_LINES = 500;

    private static final String CONFIGURATION = """
            {
              "http": {
                "host": "127.0.0.1", "port": 0,
                "headTimeout": "5s", "bodyTimeout": "5s", "idleTimeout": "10s", "deadAfter": "10s", "maxBehind": "64MB"
              },
              "streams": {
                "events": { "lifetime": "0s", "heartbeat": "2s" },
                "wide": { "lifetime": "0s", "heartbeat": "2s", "history": { "events": 20000 } }
              },
              "publish": { "enabled": true, "anonymous": true, "maxPending": "64MB" }
            }
            """;

    private static final List<String> JVM = List.of(
            "-Xmx" + HEAP_MEGABYTES + "m",
            "-XX:MaxDirectMemorySize=" + DIRECT_MEGABYTES + "m",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-OmitStackTraceInFastThrow");

    private final SoakOptions options;
    private final SoakCounters honest = new SoakCounters();
    private final SoakCounters hostile = new SoakCounters();
    private final Latencies latencies = new Latencies();
    private final Verdict verdict = new Verdict();
    private int printed;

    private HostileSoak(SoakOptions options) {
        this.options = options;
    }

    /** Soaks, prints a verdict, and exits with 1 where it is a bad one. */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("jdk.httpclient.keepalive.timeout", "2");
        System.exit(new HostileSoak(SoakOptions.of(arguments, 180, 500)).run() ? 0 : 1);
    }

    private boolean run() throws Exception {
        System.out.printf(
                "soak: %d clients for %d s, --seed %d%n", options.clients(), options.seconds(), options.seed());
        Path directory = Path.of("target", "hostile-soak");
        try (NodeUnderLoad node = NodeUnderLoad.start(directory, CONFIGURATION, JVM, "INFO")) {
            fill(node);
            LeftOvers leftOvers = new LeftOvers(node, verdict);
            load(node);
            verdict.expect(honest.errors.sum() + hostile.errors.sum() == 0, "errors");
            leftOvers.check();
            leftOvers.checkEnd();
            int lines = node.said("").size();
            System.out.printf("soak: the node's log has %d lines%n", lines);
            verdict.expect(lines < MOST_LINES, lines + " lines in the log");
        }
        honest.print();
        hostile.print();
        return verdict.print(directory.resolve("node.log").toString());
    }

    /** Gives the node a history of many topics. */
    private static void fill(NodeUnderLoad node) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        for (int topic = 0; topic < WIDE_TOPICS; topic++) {
            URI uri = URI.create(url(node) + "/wide?topic=wide." + topic % 97 + '.' + topic);
            HttpRequest post = HttpRequest.newBuilder(uri)
                    .header("Content-Type", "application/x-ndjson")
                    .POST(BodyPublishers.ofString("\"" + "x".repeat(100) + "\""))
                    .build();
            client.send(post, BodyHandlers.discarding());
        }
        node.await(LeftOvers.REST_SECONDS, () -> node.connections() == 0);
    }

    private static String url(NodeUnderLoad node) {
        return "http://127.0.0.1:" + node.port();
    }

    private void load(NodeUnderLoad node) throws IOException, InterruptedException {
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(3);
        List<Long> megabytes = new ArrayList<>();
        List<Future<?>> tasks = new ArrayList<>();
        tasks.add(timer.scheduleAtFixedRate(new SoakReport(node, honest), 5, 5, TimeUnit.SECONDS));
        tasks.add(timer.scheduleAtFixedRate(() -> look(node, megabytes), 1, 1, TimeUnit.SECONDS));
        tasks.add(timer.scheduleAtFixedRate(this::printLatency, 5, 5, TimeUnit.SECONDS));
        Thread crowd = honestCrowd(node).start();
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        tasks.addAll(publish(node, timer));
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        double quiet = measure(QUIET_SECONDS, () -> {});
        Thread attack = attack(node);
        double onset = measure(ONSET_SECONDS, () -> {});
        double attacked = measure(0, attack::join);
        crowd.join();
        timer.shutdown();
        verdict.expect(timer.awaitTermination(30, TimeUnit.SECONDS), "the publishers do not end");
        verdict.expect(tasks.stream().allMatch(Future::isCancelled), "a publisher has failed");
        System.out.printf(
                "soak: p99 of %.1f ms while quiet, %.1f ms in the first %d s of the attack, %.1f ms after that%n",
                quiet, onset, ONSET_SECONDS, attacked);
        verdict.expect(
                attacked <= MOST_TIMES * Math.max(quiet, LEAST_MILLIS),
                "p99 of " + attacked + " ms, expected at most 3 times " + quiet + " ms");
        long most = megabytes.stream().mapToLong(Long::longValue).max().orElse(0);
        System.out.printf("soak: the node took %d MB at most%n", most);
        verdict.expect(most <= HEAP_MEGABYTES + DIRECT_MEGABYTES + OTHER_MEGABYTES, "the node took " + most + " MB");
    }

    private void look(NodeUnderLoad node, List<Long> megabytes) {
        try {
            megabytes.add(node.megabytes());
        } catch (IOException e) {
            honest.error("the node cannot be looked at: " + e);
        }
    }

    private void printLatency() {
        int count = latencies.count();
        int from = printed > count ? 0 : printed;
        System.out.printf(
                "        latency of honest clients: p50 %.1f ms, p99 %.1f ms%n",
                latencies.quantileSince(from, 0.5), latencies.quantileSince(from, 0.99));
        printed = count;
    }

    private ClientCrowd honestCrowd(NodeUnderLoad node) throws IOException {
        int seconds = 2 * SETTLE_SECONDS + QUIET_SECONDS + options.seconds() + SETTLE_SECONDS;
        Random random = new Random(options.seed());
        ClientCrowd crowd = new ClientCrowd(node.address(), TimeUnit.SECONDS.toMillis(seconds), random, honest);
        List<String> paths = List.of("/events?topic=t.*", "/events?topic=t.1", "/events?topic=t.0&topic=t.2");
        return crowd.invite(
                options.clients(), () -> new SteadyClient(crowd, latencies, paths.get(random.nextInt(paths.size()))));
    }

    private List<Future<?>> publish(NodeUnderLoad node, ScheduledExecutorService timer) {
        List<Future<?>> tasks = new ArrayList<>();
        for (int i = 0; i < PUBLISHERS; i++) {
            AckedPublisher publisher =
                    new AckedPublisher(() -> url(node) + "/events", honest, "t." + i, 1).withoutRetry();
            long first = (long) i * PUBLISH_MILLIS;
            tasks.add(timer.scheduleAtFixedRate(
                    () -> publishNext(publisher), first, PUBLISHERS * PUBLISH_MILLIS, TimeUnit.MILLISECONDS));
        }
        return tasks;
    }

    private void publishNext(AckedPublisher publisher) {
        try {
            latencies.sends(publisher.topic(), publisher.published() + 1);
            publisher.publishNext();
        } catch (InterruptedException | RuntimeException e) {
            honest.error("a publisher fails: " + e);
            publisher.leave();
        }
    }

    /** Something that takes a while. */
    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    /** The 99th percentile of the latency, in milliseconds, during a step and some seconds more. */
    private double measure(int seconds, Step step) throws IOException, InterruptedException {
        latencies.clear();
        step.run();
        TimeUnit.SECONDS.sleep(seconds);
        verdict.expect(latencies.count() > 0, "no event has reached an honest client");
        return latencies.quantile(0.99);
    }

    private Thread attack(NodeUnderLoad node) throws IOException {
        long millis = TimeUnit.SECONDS.toMillis(options.seconds());
        ClientCrowd crowd = new ClientCrowd(node.address(), millis, new Random(options.seed()), hostile);
        Attack.ALL.forEach(attack -> crowd.invite(attack.crowd(), () -> new Attacker(crowd, attack)));
        return crowd.start();
    }
}
