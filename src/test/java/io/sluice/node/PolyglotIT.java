package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.NodeProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Producers in other languages, as a user of {@code sluice-polyglot.jar} has them. */
@Timeout(180)
class PolyglotIT {

    private static final Duration START = Duration.ofSeconds(60);

    /** Vert.x says of a blocked event loop what fails a build; here it is blocked on purpose, and Sluice has to say it. */
    private static final String NO_BLOCKED_THREAD_CHECKER = "{\"maxEventLoopExecuteTime\": 3600000000000}";

    @TempDir
    // JUnit sets it.
    @SuppressWarnings("NullAway")
    private Path directory;

    private NodeProcess start(String... arguments) throws IOException {
        return NodeProcess.startPolyglot(directory, Map.of(), arguments);
    }

    private static String node(String verticle) {
        return node(verticle, false, new JsonObject());
    }

    private static String node(String verticle, boolean singleton, JsonObject config) {
        JsonObject producer = new JsonObject()
                .put("verticle", verticle)
                .put("singleton", singleton)
                .put("config", config);
        return new JsonObject("""
                {
                  "http": { "host": "127.0.0.1", "port": 0 },
                  "streams": { "events": { "addresses": ["ticks"], "lifetime": "0s", "replay": "all" } }
                }
                """)
                .put("producers", new JsonArray().add(producer))
                .encode();
    }

    private void script(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    /** The next tick. */
    private static JsonObject tick(Subscriber subscriber) throws IOException {
        return new JsonObject(data(subscriber));
    }

    /** The data of the next event. */
    private static String data(Subscriber subscriber) throws IOException {
        SseBlock block = Objects.requireNonNull(subscriber.next(), "the end");
        return block.isMessage() ? String.valueOf(block.data()) : data(subscriber);
    }

    private static void assertTicks(NodeProcess node, String message) throws Exception {
        try (Subscriber subscriber = Subscriber.open(node.url() + "/events")) {
            JsonObject first = tick(subscriber);
            JsonObject second = tick(subscriber);
            assertEquals(List.of(message, message), List.of(first.getString("message"), second.getString("message")));
            assertTrue(first.getInstant("timestamp").isBefore(second.getInstant("timestamp")), first + " " + second);
        }
    }

    private static void assertRefused(String line, NodeProcess started) throws Exception {
        try (NodeProcess node = started) {
            assertNotEquals(0, node.awaitExit(START));
            assertEquals(List.of(line), node.err());
            assertEquals(List.of(), node.out());
        }
    }

    // ---- the same ticker in every language

    @ParameterizedTest
    @ValueSource(
            strings = {"js:ticker.js", "groovy:Ticker.groovy", "io.sluice.sample.Ticker", "io.sluice.node.TickProducer"
            })
    void aTickerInEachLanguageIsReadByAClient(String verticle) throws Exception {
        JsonObject config = new JsonObject().put("period", "200ms").put("message", "from " + verticle);
        try (NodeProcess node = start("-conf", node(verticle, false, config))) {
            assertTicks(node, "from " + verticle);
            assertEquals(1, node.out().size(), "one line at the start: " + node.out());
            assertEquals(List.of(), node.err());
        }
    }

    @Test
    void aSingletonIsOneInACluster() throws Exception {
        JsonObject config = new JsonObject().put("period", "200ms");
        int port = FreePorts.inARow(1);
        try (NodeProcess node = NodeProcess.startPolyglot(
                directory,
                Map.of("SLUICE_MEMBERS", "127.0.0.1:" + port),
                "-cluster",
                "-conf",
                node("js:ticker.js", true, config))) {
            node.awaitLine("js:ticker.js runs at this node now");
            assertTicks(node, "Hello World");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-cluster"})
    void aMapOrListInGroovyIsAnEvent(String cluster) throws Exception {
        script("Prices.groovy", """
                vertx.eventBus().publish('ticks', [price: 1.09, pair: "EUR/${'USD'}"])
                vertx.eventBus().publish('ticks', ['EUR', [n: 1]])
                vertx.eventBus().publish('ticks', "1 + 1 = ${1 + 1}")
                """);
        List<String> arguments = new ArrayList<>(List.of("-conf", node("groovy:Prices.groovy")));
        if (!cluster.isEmpty()) {
            arguments.add(0, cluster);
        }
        Map<String, String> members = Map.of("SLUICE_MEMBERS", "127.0.0.1:" + FreePorts.inARow(1));
        try (NodeProcess node = NodeProcess.startPolyglot(directory, members, arguments.toArray(new String[0]));
                Subscriber subscriber = Subscriber.open(node.url() + "/events")) {
            assertEquals("{\"price\":1.09,\"pair\":\"EUR/USD\"}", data(subscriber));
            assertEquals("[\"EUR\",{\"n\":1}]", data(subscriber));
            assertEquals("1 + 1 = 2", data(subscriber));
            assertEquals(List.of(), node.err());
        }
    }

    @Test
    void runDeploysAScriptByItself() throws Exception {
        script("listening.js", """
                vertx.eventBus().consumer('ticks', tick => console.log(`heard ${tick.body().message}`));
                await vertx.deployVerticle('js:ticker.js', { config: { period: '100ms', message: config.message } });
                """);
        try (NodeProcess node = start("run", "js:listening.js", "-conf", "{\"message\": \"by run\"}")) {
            node.awaitLine("INFO +listening - heard by run", 3);
        }
    }

    @Test
    void aScriptInTheWorkingDirectoryGoesBeforeTheSample() throws Exception {
        script("ticker.js", "console.info('mine');");
        try (NodeProcess node = start("run", "js:ticker.js")) {
            node.awaitLine("INFO +ticker - mine");
        }
        script("Ticker.groovy", "throw new IllegalStateException('mine')");
        assertRefused(
                "sluice: groovy:Ticker.groovy: Ticker.groovy:1: java.lang.IllegalStateException: mine",
                start("run", "groovy:Ticker.groovy"));
    }

    // ---- what goes wrong

    @ParameterizedTest
    @CsvSource(delimiterString = "==>", textBlock = """
            js:ticker.js         ==> ticker.js:6: RangeError: period: "soon": expected one such as "500ms" or "10s"
            groovy:Ticker.groovy ==> Ticker.groovy:10: java.lang.IllegalArgumentException: period: "soon": expected one such as "500ms" or "10s"
            js:wrong.js          ==> wrong.js:2: SyntaxError: Expected an operand but found ;
            js:lib/imports.js    ==> wrong.js:2: SyntaxError: Expected an operand but found ;
            """)
    void aScriptThatCannotStartIsOneLine(String verticle, String message) throws Exception {
        script("wrong.js", "\nlet x = ;");
        Files.createDirectory(directory.resolve("lib"));
        script("lib/imports.js", "import '../wrong.js';");
        JsonObject config = new JsonObject().put("period", "soon");
        assertRefused(
                "sluice: -conf: producers[0].verticle: \"" + verticle + "\": " + message,
                start("-conf", node(verticle, false, config)));
    }

    @Test
    void soItIsWithRun() throws Exception {
        assertRefused(
                "sluice: js:ticker.js: ticker.js:6: RangeError: period: \"soon\": expected one such as \"500ms\" or \"10s\"",
                start("run", "js:ticker.js", "-conf", "{\"period\": \"soon\"}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"js:nobody.js", "groovy:Nobody.groovy"})
    void aMissingScriptIsOneLine(String verticle) throws Exception {
        assertRefused(
                "sluice: " + verticle + ": no such file: expected in the working directory, " + directory.toRealPath()
                        + ", or in the class path",
                start("run", verticle));
    }

    @ParameterizedTest
    @CsvSource({"js:ticker.js, GraalJS", "groovy:Ticker.groovy, Groovy"})
    void theJarWithoutLanguagesNamesTheOtherOne(String verticle, String language) throws Exception {
        assertRefused(
                "sluice: -conf: producers[0].verticle: \"" + verticle + "\": expected " + language
                        + " in the class path: sluice-polyglot.jar has it",
                NodeProcess.startIn(directory, "-conf", node(verticle)));
    }

    @Test
    void anErrorLaterIsLoggedAndTheNodeRuns() throws Exception {
        script("breaking.js", """
                const tick = () => vertx.eventBus().publish('ticks', { message: 'still', timestamp: new Date() });
                vertx.setPeriodic(200, tick);
                vertx.setTimer(1, function breaks() {
                  nobody.knows();
                });
                """);
        try (NodeProcess node = start("-conf", node("js:breaking.js"))) {
            node.awaitLine("ERROR .* - js:breaking.js: breaking.js:4: ReferenceError: nobody is not defined");
            node.awaitLine("^    at breaks, breaking.js:4$");
            assertTicks(node, "still");
        }
    }

    @Test
    void aScriptThatNeverComesBackIsNamed() throws Exception {
        script("endless.js", """
                let n = 0;
                vertx.setTimer(1, () => {
                  while (true) {
                    n++;
                  }
                });
                """);
        try (NodeProcess node = start("-conf", node("js:endless.js"), "-options", NO_BLOCKED_THREAD_CHECKER)) {
            node.awaitLine("WARN .* - js:endless.js has kept its event loop busy for \\d+ ms, at endless.js:[345],"
                    + " in the function at endless.js:2");
            // A node with a blocked event loop cannot stop.
            node.kill();
        }
    }

    @Test
    void aStartThatNeverEndsIsNamed() throws Exception {
        script("endless.js", "\nwhile (true);");
        try (NodeProcess node = start("run", "js:endless.js", "-options", NO_BLOCKED_THREAD_CHECKER)) {
            node.awaitLine(
                    "WARN .* - js:endless.js has kept its event loop busy for \\d+ ms, at endless.js:2, in its start");
            node.kill();
        }
    }
}
