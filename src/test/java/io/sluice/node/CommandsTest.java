package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.cli.Console;
import io.sluice.cli.Info;
import io.sluice.cli.Publish;
import io.sluice.cli.Tail;
import io.sluice.testing.Await;
import io.sluice.testing.CapturedOutput;
import io.sluice.testing.network.FaultyProxy;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The commands that talk to a node, and a real node. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
// JUnit's beforeEach.
@SuppressWarnings("NullAway.Init")
class CommandsTest {

    private static final String CONFIGURATION = """
            {
              "streams": {
                "events": { "lifetime": "0s", "retry": "100ms" },
                "chat/*": { "lifetime": "300ms", "retry": "100ms", "replay": "all" }
              },
              "publish": { "enabled": true, "anonymous": true }
            }
            """;

    private CapturedOutput log;
    private AdminNode node;

    @BeforeEach
    void start(Vertx vertx) {
        log = new CapturedOutput();
        node = AdminNode.deploy(vertx, log, CONFIGURATION);
    }

    @AfterEach
    void closeLog() {
        log.close();
    }

    private String url(String path) {
        return "http://127.0.0.1:" + node.port() + path;
    }

    private static String numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(n -> n + "\n").collect(Collectors.joining());
    }

    private static CommandRun published(String url, String input, String... options) throws Exception {
        String[] arguments = IntStream.range(0, options.length + 1)
                .mapToObj(i -> i == 0 ? url : options[i - 1])
                .toArray(String[]::new);
        CommandRun publish = CommandRun.start(Publish::run, input, arguments);
        assertEquals(0, publish.awaitCode(), () -> String.valueOf(publish.err()));
        return publish;
    }

    // ---- tail

    @Test
    void tailGoesOnBehindTheLifetimeAndStopsAtTheEndOfTheStream() throws Exception {
        CommandRun tail = CommandRun.start(Tail::run, "", url("/chat/1"));
        for (int i = 0; i < 40; i += 10) {
            published(url("/chat/1"), numbers(i, i + 10));
            tail.awaitLines(i + 10);
        }
        Await.await("a second subscription", () -> opened() >= 2);
        published(url("/chat/1"), "last\n", "--end");
        assertEquals(0, tail.awaitCode());
        assertEquals(List.of((numbers(0, 40) + "last").split("\n", -1)), tail.out());
        assertEquals(List.of(), tail.err());
    }

    private int opened() {
        try {
            return new JsonObject(node.get("/api/node").body())
                    .getJsonArray("streams").stream()
                            .mapToInt(stream -> ((JsonObject) stream).getInteger("opened"))
                            .sum();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void tailShowsEachEventOnALineAsTextOrAsJson() throws Exception {
        published(url("/chat/2"), "{\"a\":\"one\\ntwo\"}\n", "--topic", "x.y", "--type", "note");
        node.send(HttpRequest.newBuilder(URI.create(url("/chat/2?end=true")))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("one\ntwo")));
        CommandRun text = CommandRun.start(Tail::run, "", url("/chat/2"));
        assertEquals(0, text.awaitCode());
        assertEquals(List.of("{\"a\":\"one\\ntwo\"}", "one\\ntwo"), text.out());
        CommandRun json = CommandRun.start(Tail::run, "", url("/chat/2"), "--json", "--topic", "x.>");
        assertEquals(0, json.awaitCode());
        assertEquals(1, json.out().size());
        JsonObject event = new JsonObject(json.out().get(0));
        assertTrue(event.getString("id").endsWith("-1"), event.encode());
        assertEquals("note", event.getString("type"));
        assertEquals("x.y", event.getString("topic"));
        assertEquals("{\"a\":\"one\\ntwo\"}", event.getString("data"));
    }

    @Test
    void tailOfAnEndedStreamFromItsLastIdIsDoneAtOnce() throws Exception {
        String receipt = published(url("/chat/3"), "x\n", "--end").out().get(0);
        String id = receipt.replaceAll(".*last id (\\S+);.*", "$1");
        CommandRun tail = CommandRun.start(Tail::run, "", url("/chat/3"), "--last-id", id);
        assertEquals(0, tail.awaitCode());
        assertEquals(List.of(), tail.out());
    }

    @Test
    void aRestartWithoutItsHistoryIsAGap(Vertx vertx) throws Exception {
        published(url("/events"), "before\n");
        CommandRun tail = CommandRun.start(Tail::run, "", url("/events"));
        tail.awaitLines(1);
        vertx.undeploy(node.deployment()).await();
        log.close();
        log = new CapturedOutput();
        node = AdminNode.deploy(
                vertx, log, CONFIGURATION.replaceFirst("\\{", "{\"http\":{\"port\":" + node.port() + "},"));
        published(url("/events"), "after\n");
        assertEquals(List.of("before", "after"), tail.awaitLines(2));
        Await.await("a gap", () -> tail.err().stream().anyMatch(line -> line.startsWith("sluice: lost events")));
    }

    @Test
    void tailSaysInOneLineWhyItIsRefused() throws Exception {
        CommandRun absent = CommandRun.start(Tail::run, "", url("/absent"));
        assertEquals(1, absent.awaitCode());
        assertEquals(List.of("sluice: " + url("/absent") + ": 404: no such stream or file"), absent.err());
        CommandRun page = CommandRun.start(Tail::run, "", url("/"));
        assertEquals(1, page.awaitCode());
        assertEquals(1, page.err().size(), () -> String.valueOf(page.err()));
    }

    @Test
    void tailEndsQuietlyWhenNobodyReadsItsOutput() throws Exception {
        published(url("/events"), "x\n");
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        CommandRun tail = CommandRun.start(
                (arguments, console) -> Tail.run(
                        arguments,
                        new Console(
                                InputStream.nullInputStream(),
                                new PrintStream(closed, false, StandardCharsets.UTF_8),
                                console.err(),
                                false,
                                false)),
                "",
                url("/events"));
        assertEquals(0, tail.awaitCode());
        assertEquals(List.of(), tail.err());
    }

    // ---- publish

    @Test
    void publishTakesEachLineAsItIs() throws Exception {
        CommandRun publish =
                published(url("/chat/4"), "Grüße\n{\"a\":1}\n[2]\n\n  {\"b\" : 3} \n\"x\"\r\nlast", "--end");
        assertTrue(
                publish.out().get(0).matches("6 events, last id [a-z0-9]+-6; the stream has ended"),
                () -> String.valueOf(publish.out()));
        CommandRun tail = CommandRun.start(Tail::run, "", url("/chat/4"));
        tail.awaitCode();
        assertEquals(List.of("Grüße", "{\"a\":1}", "[2]", "  {\"b\" : 3} ", "\"x\"", "last"), tail.out());
    }

    @Test
    void nothingIsLostAndNothingIsThereTwiceOverABrokenConnection() throws Exception {
        try (FaultyProxy proxy = FaultyProxy.before(node.port())
                .failing(FaultyProxy.Fault.BUSY, FaultyProxy.Fault.LOST_ANSWER, FaultyProxy.Fault.LOST_ANSWER)) {
            String input = IntStream.range(0, 3000)
                    .mapToObj(n -> "{\"n\":" + n + "}\n")
                    .collect(Collectors.joining());
            CommandRun publish = published(proxy.url() + "/chat/5", input, "--end");
            assertTrue(publish.out().get(0).startsWith("3,000 events, last id "), () -> String.valueOf(publish.out()));
            assertEquals(0, proxy.faultsLeft());
            CommandRun tail = CommandRun.start(Tail::run, "", url("/chat/5"));
            assertEquals(0, tail.awaitCode());
            assertEquals(input.lines().toList(), tail.out());
        }
    }

    @Test
    void theSameInputWithTheSameKeyAddsNothing() throws Exception {
        for (int i = 0; i < 2; i++) {
            published(url("/chat/6"), "a\nb\n", "--key", "job-1");
        }
        published(url("/chat/6"), "", "--end");
        CommandRun tail = CommandRun.start(Tail::run, "", url("/chat/6"));
        tail.awaitCode();
        assertEquals(List.of("a", "b"), tail.out());
    }

    @Test
    void aWrongLineIsNamedAndThoseBeforeItArePublished() throws Exception {
        CommandRun publish = CommandRun.start(Publish::run, "{}\n\n[1]\nno\n{}\n", url("/chat/7"), "--json");
        assertEquals(1, publish.awaitCode());
        String line = publish.err().get(0);
        assertTrue(
                line.matches(
                        "sluice: line 4: 400: the body is not JSON: .*; published before it: 2 events, last id .*-2"),
                line);
        assertEquals(1, publish.err().size());
        assertEquals(List.of(), publish.out());
    }

    // ---- info

    @Test
    void infoIsATableOrTheReport() throws Exception {
        published(url("/events"), "x\n");
        String admin = "http://127.0.0.1:" + node.admin();
        CommandRun table = CommandRun.start(Info::run, "", admin);
        assertEquals(0, table.awaitCode());
        assertTrue(
                table.out().stream().anyMatch(line -> line.matches("events +memory +0 +0 +1 +0 +0 +-")),
                () -> String.join("\n", table.out()));
        table.out().forEach(line -> assertTrue(line.length() <= 80, line));
        CommandRun json = CommandRun.start(Info::run, "", admin, "--json");
        assertEquals(0, json.awaitCode());
        assertEquals(
                2, new JsonObject(json.out().get(0)).getJsonArray("streams").size());
    }

    @Test
    void infoOfAnotherListenerIsAHint() throws Exception {
        CommandRun info = CommandRun.start(Info::run, "", url("/"));
        assertEquals(1, info.awaitCode());
        assertTrue(
                info.err().get(0).contains("expected the admin listener of a node"),
                info.err().get(0));
    }
}
