package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.DocumentPage;
import io.sluice.testing.Skipped;
import io.sluice.testing.client.DemoPage;
import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.PrintingProcess;
import io.sluice.testing.process.Programs;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of README.md and of the pages, each run as its page says, but for the ports. */
@Timeout(180)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class DocumentsIT {

    private static final String JAR = System.getProperty("sluice.jar", "target/sluice.jar");

    private static final String ANSWER = "You asked: What is a sluice? A model would know. ".repeat(20) + '\n';

    @TempDir
    private Path directory;

    @TempDir
    private Path profile;

    // ---- README.md

    @Test
    void yourOwnEventsComeFromAVerticleOverHttpAndIntoAPage() throws Exception {
        DocumentPage readme = DocumentPage.read("README.md");
        Path producer = readme.write("Prices.java", directory, "");
        assertEquals("javac -cp target/sluice.jar Prices.java", line(readme, "sh start.sh", 0));
        run("javac", "-cp", JAR, producer.toString());
        assertEquals(
                "java -cp target/sluice.jar:. io.sluice.node.Main -conf prices.json", line(readme, "sh start.sh", 1));
        try (NodeProcess node =
                NodeProcess.startWith(directory, "-conf", readme.configuration("prices.json", directory))) {
            assertReceipt(readme, "sh publish.sh", node);
            try (DemoPage page = DemoPage.startOrSkip(profile)) {
                readme.write("prices.html", directory, "");
                page.load(node.url() + "/prices.html");
                page.await("document.querySelector('pre').textContent.includes('1.09 (')");
                assertReceipt(readme, "sh publish.sh", node);
                page.await("document.querySelector('pre').textContent.includes('1.17 (')");
            }
        }
    }

    @Test
    void anApplicationOfYourOwnServesWhatItPublishes() throws Exception {
        int port = FreePorts.inARow(1);
        try (PrintingProcess application = application(DocumentPage.read("README.md"), "Application.java", port);
                PrintingProcess curl = PrintingProcess.start(curl("-N", "http://localhost:" + port + "/prices"))) {
            curl.await(2, "data: {\"price\":1.09}"::equals);
            assertEquals(List.of(), application.lines());
        }
    }

    @Test
    void anApplicationOfYourOwnAnswersInAStreamOfItsOwnUntilItIsToldToStop() throws Exception {
        int port = FreePorts.inARow(1);
        String chats = "http://localhost:" + port + "/chat/";
        try (PrintingProcess application = application(DocumentPage.read("embedding.md"), "Answers.java", port);
                PrintingProcess first = PrintingProcess.start(curl("-N", chats + "42"))) {
            first.await(1, "data: {\"reason\":\"end\"}"::equals);
            assertEquals(List.of("Each", "answer", "is", "a", "stream", "of", "its", "own."), words(first));
            try (PrintingProcess again = start("curl", "-sN", chats + "42?replay=all")) {
                again.await(1, "data: {\"reason\":\"end\"}"::equals);
                assertEquals(words(first), words(again));
            }
            try (PrintingProcess stopped = start("curl", "-sN", chats + "43")) {
                stopped.await(1, "data: Each"::equals);
                assertEquals("202", status("-X", "POST", chats + "43?signal=stop"));
                stopped.await(1, "data: {\"reason\":\"end\"}"::equals);
            }
            assertEquals(List.of(), application.lines());
        }
    }

    private static List<String> words(PrintingProcess curl) {
        return curl.lines().stream()
                .filter(line -> line.matches("data: [^{].*"))
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    // ---- the command line

    @Test
    void theCommandsPublishAndFollow() throws Exception {
        DocumentPage page = DocumentPage.read("command-line.md");
        try (NodeProcess node = start(page, "orders")) {
            assertTrue(command(page, "sh publish.sh", node).get(0).matches("3 events, last id [a-z0-9]+-3"));
            try (PrintingProcess tail = script(page, "sh tail.sh", node)) {
                assertEquals(List.of("{\"order\":1}", "{\"order\":2}", "Hello"), tail.await(3));
            }
            List<String> answer = command(page, "sh answer.sh", node);
            assertEquals(List.of("Each", "answer"), answer.subList(1, 3));
            assertTrue(answer.get(0).endsWith("; the stream has ended"), answer.get(0));
        }
        assertTrue(printedBy("sh", page.write("sh check.sh", directory, "").toString())
                .startsWith("conf/node.json is right: streams events, "));
    }

    /** What a script prints until its end. */
    private List<String> command(DocumentPage page, String command, NodeProcess node) throws Exception {
        try (PrintingProcess process = script(page, command, node)) {
            assertEquals(0, process.awaitExit(), () -> String.valueOf(process.lines()));
            return process.lines();
        }
    }

    // ---- the admin listener

    @Test
    void aNodeTellsWhatItDoes() throws Exception {
        DocumentPage page = DocumentPage.read("admin.md");
        JsonObject configuration = new JsonObject(page.program("admin.json"));
        configuration.getJsonObject("admin").put("port", 0);
        try (NodeProcess node = NodeProcess.start("-conf", DocumentPage.onAnyPort(configuration, directory))) {
            String admin =
                    node.awaitLine("; admin on (http://127\\.0\\.0\\.1:\\d+)/").group(1);
            Path script = directory.resolve("look.sh");
            Files.writeString(script, page.program("sh look.sh").replace("http://127.0.0.1:8081", admin));
            try (PrintingProcess curl = start("sh", script.toString())) {
                curl.await(2, line -> line.startsWith("data: {\"member\":null,"));
                String printed = String.join("\n", curl.lines());
                assertTrue(printed.contains("\"outcome\":\"UP\"}"), printed);
                assertTrue(
                        printed.contains("\"name\":\"events\",\"template\":false,\"log\":\"memory\",\"up\":true"),
                        printed);
                assertTrue(printed.contains("\nsluice_subscriptions{stream=\"events\"} 0"), printed);
            }
        }
    }

    // ---- publishing

    @ParameterizedTest
    @CsvSource({"publishing.md, prices, sh post.sh", "publishing.md, prices, sh post-once.sh"})
    void aPostHasAReceipt(String name, String configuration, String command) throws Exception {
        DocumentPage page = DocumentPage.read(name);
        try (NodeProcess node = start(page, configuration)) {
            assertReceipt(page, command, node);
            assertReceipt(page, command, node);
            assertEquals(command.contains("once") ? 1 : 2, count(node, "/prices?replay=all"));
        }
    }

    @Test
    void linesArePublishedAsTheyComeAndATopicHasALastEvent() throws Exception {
        DocumentPage page = DocumentPage.read("publishing.md");
        try (NodeProcess node = start(page, "prices")) {
            assertReceipt(page, "sh lines.sh", 3, node);
            assertReceipt(page, "sh forget.sh", 1, node);
            assertEquals(4, count(node, "/prices?replay=all"));
        }
    }

    @Test
    void aStreamByNameIsReadToItsEndListedAndDeleted() throws Exception {
        DocumentPage page = DocumentPage.read("named-streams.md");
        try (NodeProcess node = start(page, "chats")) {
            try (PrintingProcess reader = script(page, "sh read.sh", node)) {
                reader.await(1, "id: none-0"::equals);
                run("sh", page.write("sh answer.sh", directory, node.url()).toString());
                reader.await(1, "data: Tokens "::equals);
                reader.await(1, "data: {\"reason\":\"end\"}"::equals);
                assertEquals(0, reader.awaitExit());
            }
            try (PrintingProcess manager = script(page, "sh manage.sh", node)) {
                String printed = String.join("", manager.await(1));
                assertEquals(0, manager.awaitExit());
                assertTrue(
                        printed.matches(
                                "\\{\"id\":\"[a-z0-9]+-0\"}\\{\"streams\":\\[.*chat/42.*chat/43.*],\"next\":null}"),
                        printed);
            }
            assertEquals("404", status(node.url() + "/chat/43"));
        }
    }

    @Test
    void aSignalReachesAVerticle() throws Exception {
        DocumentPage page = DocumentPage.read("named-streams.md");
        run("javac", "-cp", JAR, page.write("Stopper.java", directory, "").toString());
        JsonObject configuration = new JsonObject(page.program("chats.json"))
                .put("producers", new JsonArray().add(new JsonObject().put("verticle", "Stopper")));
        try (NodeProcess node =
                NodeProcess.startWith(directory, "-conf", DocumentPage.onAnyPort(configuration, directory))) {
            node.awaitStart();
            try (PrintingProcess stop = script(page, "sh stop.sh", node)) {
                stop.await(1, "HTTP/1.1 202 Accepted"::equals);
            }
            node.awaitLine("^stop chat/42$");
        }
    }

    private PrintingProcess script(DocumentPage page, String command, NodeProcess node) throws Exception {
        return start("sh", page.write(command, directory, node.url()).toString());
    }

    @Test
    void aProgramPublishesOverTheBridge() throws Exception {
        DocumentPage page = DocumentPage.read("bridge.md");
        JsonObject configuration = new JsonObject(page.program("prices.json"));
        configuration.getJsonObject("bridge").getJsonObject("tcp").put("port", 0);
        try (NodeProcess node = NodeProcess.start("-conf", DocumentPage.onAnyPort(configuration, directory))) {
            String port =
                    node.awaitLine("; TCP bridge on 127\\.0\\.0\\.1:(\\d+)$").group(1);
            Path program = page.write("python3 publish.py", directory, "");
            Files.writeString(program, Files.readString(program).replace("7000", port));
            try (PrintingProcess python = PrintingProcess.start(List.of("python3", program.toString()))) {
                String answer = python.await(1).get(0);
                assertTrue(answer.matches("\\{\"type\":\"message\",\"address\":\"1\",.*-2\".*}"), answer);
            }
        }
    }

    @Test
    void aProgramAnswersInAStreamOfItsOwnOverTheBridgeUntilASignal() throws Exception {
        DocumentPage page = DocumentPage.read("bridge.md");
        JsonObject configuration = new JsonObject(page.program("chat.json"));
        configuration.getJsonObject("bridge").getJsonObject("tcp").put("port", 0);
        try (NodeProcess node = NodeProcess.start("-conf", DocumentPage.onAnyPort(configuration, directory))) {
            String port =
                    node.awaitLine("; TCP bridge on 127\\.0\\.0\\.1:(\\d+)$").group(1);
            Path program = page.write("python3 answer.py", directory, "");
            Files.writeString(program, Files.readString(program).replace("7000", port));
            try (PrintingProcess python = PrintingProcess.start(List.of("python3", program.toString()));
                    PrintingProcess curl = start("curl", "-sN", node.url() + "/chat/42")) {
                curl.await(1, "data: stop."::equals);
                assertEquals("202", status("-X", "POST", node.url() + "/chat/42?signal=stop"));
                String end = python.await(1).get(0);
                assertTrue(end.matches("stop chat/42 [a-z0-9]+-4"), end);
                curl.await(1, "data: {\"reason\":\"end\"}"::equals);
            }
        }
    }

    @Test
    void aScriptAnswersInAStreamOfItsOwn() throws Exception {
        DocumentPage page = DocumentPage.read("languages.md");
        page.write("answer.js", directory, "");
        String conf = page.configuration("answer.json", directory);
        try (NodeProcess node = NodeProcess.startPolyglot(directory, Map.of(), "-conf", conf);
                PrintingProcess curl = start("curl", "-sN", node.url() + "/chat/42")) {
            curl.await(1, "data: {\"token\":\"own.\"}"::equals);
            curl.await(1, "data: {\"reason\":\"end\"}"::equals);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            prices.js;     prices.json; {"price":1.09}
            prices.groovy; groovy.json; {"price":1.09,"pair":"EUR/USD"}
            """)
    void aScriptPublishes(String script, String configuration, String data) throws Exception {
        DocumentPage page = DocumentPage.read("languages.md");
        page.write(script, directory, "");
        String conf = page.configuration(configuration, directory);
        try (NodeProcess node = NodeProcess.startPolyglot(directory, Map.of(), "-conf", conf);
                PrintingProcess curl = start("curl", "-sN", node.url() + "/prices?replay=none")) {
            curl.await(1, ("data: " + data)::equals);
            if (script.endsWith(".js")) {
                node.awaitLine("INFO +prices - prices come from now on");
            }
        }
    }

    // ---- what people build

    @Test
    void aUserReadsTheOwnNotificationsOnly() throws Exception {
        DocumentPage page = DocumentPage.read("notifications.md");
        int port = FreePorts.inARow(1);
        String url = "http://localhost:" + port;
        try (PrintingProcess application = application(page, "Notifications.java", port)) {
            assertEquals("401", status(url + "/notifications?topic=user.ada"));
            for (String other : List.of("topic=user.bob", "topic=user.bob&topic=all", "topic=user.ada.*")) {
                assertEquals("403", status("-u", "ada:ada", url + "/notifications?" + other), other);
            }
            assertEquals("403", status("-u", "*:*", url + "/notifications"), "a user called *");
            String listen = page.write("sh listen.sh", directory, url).toString();
            try (PrintingProcess curl = PrintingProcess.start(List.of("sh", listen))) {
                curl.await(2, "data: {\"text\":\"You have mail\"}"::equals);
            }
            assertTrue(application.lines().stream().noneMatch(line -> line.contains("WARN")));
        }
    }

    @Test
    void anAnswerIsShownWholeAfterAReloadAndInASecondTabAndCanBeStopped() throws Exception {
        DocumentPage page = DocumentPage.read("llm.md");
        page.write("answer.html", directory, "");
        try (NodeProcess node = startWith(page, "Answers.java", "chat.json");
                DemoPage first = DemoPage.startOrSkip(profile)) {
            first.load(node.url() + "/answer.html");
            first.click("button");
            first.await("document.querySelector('pre').textContent.includes('You asked')");
            String url = String.valueOf(first.evaluate("location.href"));
            first.load(url);
            try (DemoPage second = first.openTab()) {
                second.load(url);
                second.await("document.querySelector('pre').textContent.includes('\\n')");
                first.await("document.querySelector('pre').textContent.includes('\\n')");
                assertEquals(ANSWER, first.text("pre"));
                assertEquals(ANSWER, second.text("pre"));
            }
            first.click("button");
            first.await("document.querySelector('pre').textContent.includes('You asked')");
            first.click("button[type=button]");
            first.await("document.querySelector('pre').textContent.includes('\\n')");
            assertTrue(first.text("pre").length() < ANSWER.length(), first.text("pre"));
        }
    }

    // ---- helpers

    /** A node with a verticle of the page. */
    private NodeProcess startWith(DocumentPage page, String verticle, String configuration) throws Exception {
        run("javac", "-cp", JAR, page.write(verticle, directory, "").toString());
        return NodeProcess.startWith(directory, "-conf", page.configuration(configuration, directory))
                .awaitStart();
    }

    private NodeProcess start(DocumentPage page, String configuration) throws Exception {
        return NodeProcess.start("-conf", page.configuration(configuration + ".json", directory))
                .awaitStart();
    }

    private static String line(DocumentPage page, String command, int number) {
        return page.program(command).lines().toList().get(number);
    }

    private void assertReceipt(DocumentPage page, String command, NodeProcess node) throws Exception {
        assertReceipt(page, command, 1, node);
    }

    private void assertReceipt(DocumentPage page, String command, int count, NodeProcess node) throws Exception {
        String script = page.write(command, directory, node.url()).toString();
        String receipt = printedBy("sh", script);
        assertTrue(receipt.matches("\\{\"id\":\"[a-z0-9]+-\\d+\",\"count\":" + count + "}"), receipt);
    }

    private static void run(String... command) throws Exception {
        try (PrintingProcess process = start(command)) {
            assertEquals(0, process.awaitExit(), () -> String.join(" ", command) + " printed " + process.lines());
        }
    }

    /** The first line that a program prints. */
    private static String printedBy(String... command) throws Exception {
        try (PrintingProcess process = start(command)) {
            return process.await(1).get(0);
        }
    }

    private static PrintingProcess start(String... command) throws Exception {
        if (Programs.find(command[0]).isEmpty()) {
            throw Skipped.because("`" + command[0] + "`", "it is not on the PATH");
        }
        return PrintingProcess.start(List.of(command));
    }

    private static String status(String... arguments) throws Exception {
        List<String> command = curl("-o", "/dev/null", "-w", "%{http_code}\n");
        command.addAll(List.of(arguments));
        return printedBy(command.toArray(String[]::new));
    }

    /** curl, which waits until the port is open. */
    private static List<String> curl(String... arguments) {
        List<String> patient = List.of("curl", "-s", "--retry", "60", "--retry-delay", "1", "--retry-connrefused");
        return new ArrayList<>(
                Stream.concat(patient.stream(), Stream.of(arguments)).toList());
    }

    /** Starts an application that embeds Sluice, from its source. */
    private PrintingProcess application(DocumentPage page, String file, int port) throws Exception {
        Path source = page.write(file, directory, "");
        Files.writeString(source, Files.readString(source).replace("8080", String.valueOf(port)));
        String quiet = "-Dlogback.configurationFile=io/sluice/node/logback.xml";
        return PrintingProcess.start(List.of("java", "-cp", JAR, quiet, source.toString()));
    }

    /** The events up to one that this publishes. */
    private static int count(NodeProcess node, String target) throws Exception {
        run("curl", "-s", "-d", "last", "-H", "Content-Type: text/plain", node.url() + target);
        try (Subscriber subscriber = Subscriber.open(node.url() + target)) {
            int count = 0;
            while (!"last".equals(nextData(subscriber))) {
                count++;
            }
            return count;
        }
    }

    private static String nextData(Subscriber subscriber) throws Exception {
        SseBlock block = Objects.requireNonNull(subscriber.next(), "the end");
        String data = block.data();
        return data == null ? nextData(subscriber) : data;
    }
}
