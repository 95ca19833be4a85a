package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Await;
import io.sluice.testing.Skipped;
import io.sluice.testing.client.DemoPage;
import io.sluice.testing.client.SampleProgram;
import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.network.FaultyProxy;
import io.sluice.testing.network.FaultyProxy.Fault;
import io.sluice.testing.network.ScriptedServer;
import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.PrintingProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The publishers and subscribers in other languages, each run from its file as clients.md says, against a real node. */
@Timeout(180)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class SamplesIT {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String TIME = "2026-11-23T02:50:00.337Z";

    @TempDir
    private static Path webroot;

    private static NodeProcess node;

    @BeforeAll
    static void start() throws Exception {
        for (String page : List.of("subscribe.html", "publish.html")) {
            Files.copy(Path.of("src", "main", "js", page), webroot.resolve(page));
        }
        node = NodeProcess.start("-conf", configuration(0)).awaitStart();
    }

    /** A stream for each sample. */
    private static String configuration(int port) {
        JsonObject streams = new JsonObject()
                .put("brief", stream("1s"))
                .put("browser", stream("0s"))
                .put("kept", stream("0s"));
        Stream.of(SampleProgram.values()).forEach(sample -> streams.put(sample.name(), stream("0s")));
        return new JsonObject()
                .put("http", JsonObject.of("host", "127.0.0.1", "port", port, "webroot", webroot.toString()))
                .put("streams", streams)
                .put("publish", JsonObject.of("enabled", true, "anonymous", true))
                .encode();
    }

    private static JsonObject stream(String lifetime) {
        return JsonObject.of("lifetime", lifetime, "retry", "200ms");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    // ---- publisher and subscriber

    @ParameterizedTest
    @EnumSource(SampleProgram.class)
    void theSubscriberPrintsWhatThePublisherHasSaid(SampleProgram sample) throws Exception {
        assumeHere(sample);
        String url = node.url() + "/" + sample;
        assertEquals(1, count(publish(sample, url, "first")));
        try (PrintingProcess subscriber = PrintingProcess.start(sample.subscribe(url))) {
            subscriber.await(1);
            publish(sample, url, "second");
            List<String> lines = subscriber.await(2);
            assertMessage("first", lines.get(0));
            assertMessage("second", lines.get(1));
        }
    }

    private static void assertMessage(String message, String line) {
        assertTrue(line.matches("Message: " + message + " at 20\\d\\d-\\d\\d-\\d\\dT[0-9:.]+(Z|\\+00:00)"), line);
    }

    @Test
    void thePagesDoTheSame(@TempDir Path profile) throws Exception {
        String publish = node.url() + "/publish.html?url=/browser";
        String subscribe = node.url() + "/subscribe.html?url=/browser";
        assertMessage("Hello World", DemoPage.shownOf(profile, publish, subscribe, "#messages"));
    }

    // ---- the subscriber

    @ParameterizedTest
    @EnumSource(SampleProgram.class)
    void theSubscriberComesBackAfterABrokenConnectionAndMissesNothing(SampleProgram sample) throws Exception {
        assumeHere(sample);
        String stream = "/kept?topic=" + UUID.randomUUID();
        try (FaultyProxy proxy = FaultyProxy.before(node);
                PrintingProcess subscriber =
                        PrintingProcess.start(sample.subscribe(proxy.url() + stream + "&replay=all"))) {
            post(stream, 1, 3);
            subscriber.await(3);
            proxy.cut();
            post(stream, 4, 6);
            proxy.mend();
            subscriber.await(6);
            proxy.cut();
            proxy.mend();
            post(stream, 7, 8);
            assertEquals(messages(1, 8), subscriber.await(8));
        }
    }

    @ParameterizedTest
    @EnumSource(SampleProgram.class)
    void theEndOfALifetimeIsTheEndOfTheSubscriber(SampleProgram sample) throws Exception {
        assumeHere(sample);
        try (PrintingProcess subscriber = PrintingProcess.start(sample.subscribe(node.url() + "/brief?replay=none"))) {
            assertEquals(0, subscriber.awaitExit(), () -> "it printed " + subscriber.lines());
            assertEquals(List.of(), subscriber.lines());
        }
    }

    private static final String BROKEN_OFF = """
            retry: 50

            : a comment
            event: gap
            id: k3f9a2-6
            data: {"after":"x-1","next":"k3f9a2-7","lost":null}

            event: trade
            id: k3f9a2-7
            data: {"message":"ä b",
            data: "timestamp":"2026"}

            id: k3f9a2-8

            id: k3f9a2-9
            data: {"message":"not all the""";

    @ParameterizedTest
    @EnumSource(
            value = SampleProgram.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = "CURL") // which says that it takes one line
    void theSubscriberTakesWholeBlocksOnly(SampleProgram sample) throws Exception {
        assumeHere(sample);
        try (ScriptedServer server = ScriptedServer.saying(BROKEN_OFF);
                PrintingProcess subscriber = PrintingProcess.start(sample.subscribe(server.url()))) {
            assertFalse(server.awaitRequest().contains("k3f9a2"));
            assertTrue(server.awaitRequest().matches("(?is).*\nLast-Event-ID: k3f9a2-8\n.*"));
            assertEquals(
                    List.of("Gap: {\"after\":\"x-1\",\"next\":\"k3f9a2-7\",\"lost\":null}", "Message: ä b at 2026"),
                    subscriber.lines().subList(0, 2));
        }
    }

    @Test
    void subscribersOutliveANodeThatIsKilledAndAreToldWhatThatCost() throws Exception {
        List<PrintingProcess> subscribers = new ArrayList<>();
        int port;
        try (NodeProcess first = NodeProcess.start("-conf", configuration(0))) {
            port = first.port();
            post(first, "/kept", 1, 1);
            for (SampleProgram sample : SampleProgram.values()) {
                if (sample.missing().isEmpty()) {
                    subscribers.add(PrintingProcess.start(sample.subscribe(first.url() + "/kept")));
                }
            }
            for (PrintingProcess subscriber : subscribers) {
                subscriber.await(1);
            }
            first.kill();
        }
        try (NodeProcess second =
                NodeProcess.start("-conf", configuration(port)).awaitStart()) {
            post(second, "/kept", 2, 3);
            for (PrintingProcess subscriber : subscribers) {
                List<String> lines = subscriber.await(4);
                assertTrue(lines.get(1).startsWith("Gap: {\"after\":"), lines::toString);
                assertEquals(messages(2, 3), lines.subList(2, 4));
            }
        } finally {
            subscribers.forEach(PrintingProcess::close);
        }
    }

    // ---- polling

    @Test
    void aScriptThatPollsGoesOnWhereItWas(@TempDir Path directory) throws Exception {
        Path last = directory.resolve("last");
        String stream = "/kept?topic=" + UUID.randomUUID();
        List<String> poll =
                List.of("sh", "src/main/curl/poll.sh", node.url() + stream + "&replay=all", last.toString());
        post(stream, 1, 3);
        try (PrintingProcess script = PrintingProcess.start(poll)) {
            assertEquals(List.of("1", "2", "3"), polled(script, 3));
            post(stream, 4, 4);
            assertEquals(List.of("1", "2", "3", "4"), polled(script, 4));
            String printed = new JsonObject(script.lines().get(1)).getString("last");
            Await.await("the file has the last id", () -> Files.readString(last).equals(printed));
        }
        post(stream, 5, 6);
        try (PrintingProcess script = PrintingProcess.start(poll)) {
            assertEquals(List.of("5", "6"), polled(script, 2));
        }
    }

    /** The messages that a script has printed when it has so many. */
    private static List<String> polled(PrintingProcess script, int count) throws InterruptedException {
        List<String> messages = List.of();
        for (int lines = 1; messages.size() < count; lines++) {
            messages = script.await(lines).stream()
                    .flatMap(line -> new JsonObject(line).getJsonArray("events").stream())
                    .map(event -> new JsonObject(((JsonObject) event).getString("data")).getString("message"))
                    .toList();
        }
        return messages;
    }

    // ---- the publisher

    @ParameterizedTest
    @EnumSource(SampleProgram.class)
    void thePublisherAsksAgainAndTheEventIsThereOnce(SampleProgram sample) throws Exception {
        assumeHere(sample);
        String stream = "/kept?topic=" + UUID.randomUUID();
        try (FaultyProxy proxy = FaultyProxy.before(node).failing(Fault.BUSY, Fault.LOST_ANSWER)) {
            publish(sample, proxy.url() + stream, "once");
            assertEquals(0, proxy.faultsLeft());
        }
        post(stream, 2, 2);
        try (Subscriber subscriber = Subscriber.open(node.url() + stream + "&replay=all")) {
            assertTrue(data(subscriber).contains("\"once\""));
            assertTrue(data(subscriber).contains("\"2\""));
        }
    }

    // ---- helpers

    private static void assumeHere(SampleProgram sample) {
        String missing = sample.missing().orElse("");
        if (!missing.isEmpty()) {
            throw Skipped.because("the sample in " + sample, "no " + missing + " on the PATH");
        }
    }

    private static String publish(SampleProgram sample, String url, String message) throws Exception {
        try (PrintingProcess publisher = PrintingProcess.start(sample.publish(url, message))) {
            assertEquals(0, publisher.awaitExit(), () -> "it printed " + publisher.lines());
            List<String> lines = publisher.await(1);
            return lines.get(lines.size() - 1);
        }
    }

    private static int count(String receipt) {
        return new JsonObject(receipt).getInteger("count");
    }

    /** Publishes messages that are numbers. */
    private static void post(String path, int first, int last) throws Exception {
        post(node, path, first, last);
    }

    private static void post(NodeProcess node, String path, int first, int last) throws Exception {
        for (int i = first; i <= last; i++) {
            JsonObject body = JsonObject.of("message", String.valueOf(i), "timestamp", TIME);
            HttpRequest request = HttpRequest.newBuilder(URI.create(node.url() + path))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(body.encode()))
                    .build();
            assertEquals(201, CLIENT.send(request, BodyHandlers.discarding()).statusCode());
        }
    }

    private static List<String> messages(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(i -> "Message: " + i + " at " + TIME)
                .toList();
    }

    private static String data(Subscriber subscriber) throws IOException {
        SseBlock block = Objects.requireNonNull(subscriber.next());
        return Objects.requireNonNull(block.data());
    }
}
