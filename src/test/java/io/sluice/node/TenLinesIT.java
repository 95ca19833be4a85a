package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.DocumentPage;
import io.sluice.testing.Skipped;
import io.sluice.testing.client.DemoPage;
import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.PrintingProcess;
import io.sluice.testing.process.Programs;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The publishers and subscribers of ten lines, each taken out of clients.md and run as it says, against a real node. */
@Timeout(180)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class TenLinesIT {

    private static final String URL = "http://localhost:8080/events";
    private static final String TIME = "20\\d\\d-\\d\\d-\\d\\dT[0-9:.]+(Z|\\+00:00)";
    private static final String MESSAGE = "Message: Hello World at " + TIME;
    private static final String DATA = "\\{\"message\":\"Hello World\",\"timestamp\":\"" + TIME + "\"}";

    private static final DocumentPage CLIENTS = clients();

    @TempDir
    private static Path webroot;

    private static NodeProcess node;

    @TempDir
    private Path directory;

    private static DocumentPage clients() {
        try {
            return DocumentPage.read("clients.md");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        for (String page : List.of("subscribe.html", "publish.html")) {
            CLIENTS.write(page, webroot, "");
        }
        JsonObject streams = new JsonObject();
        for (String stream : List.of("events", "node", "python3", "go", "ruby", "sh", "java", "kotlin")) {
            streams.put(stream, JsonObject.of("lifetime", "0s"));
        }
        node = NodeProcess.start(
                        "-conf",
                        new JsonObject()
                                .put("http", JsonObject.of("host", "127.0.0.1", "port", 0, "webroot", "" + webroot))
                                .put("streams", streams)
                                .put("publish", JsonObject.of("enabled", true, "anonymous", true))
                                .encode())
                .awaitStart();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void noneHasMoreThanTenLines() {
        assertEquals(
                16,
                CLIENTS.programs().size(),
                () -> "eight languages, two each: " + CLIENTS.programs().keySet());
        CLIENTS.programs().forEach((command, text) -> {
            List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
            assertTrue(lines.size() <= 10, () -> command + " has " + lines.size());
            lines.forEach(line -> assertTrue(line.replace("\t", "    ").length() <= 100, line));
        });
    }

    @ParameterizedTest
    @CsvSource({
        "node subscribe.mjs, node publish.mjs",
        "python3 subscribe.py, python3 publish.py",
        "ruby subscribe.rb, ruby publish.rb",
    })
    void theSubscriberPrintsTheMessageAndItsTime(String subscribe, String publish) throws Exception {
        assumeHere(subscribe);
        assertPrints(MESSAGE, written(subscribe), written(publish));
    }

    @ParameterizedTest
    @CsvSource({
        "go run subscribe.go, go run publish.go",
        "sh subscribe.sh, sh publish.sh",
        "java Subscribe.java, java Publish.java",
    })
    void theSubscriberPrintsTheData(String subscribe, String publish) throws Exception {
        assumeHere(subscribe);
        assertPrints("(data: )?" + DATA, written(subscribe), written(publish));
    }

    @Test
    void inKotlinToo() throws Exception {
        write("Subscribe.kt", "kotlin");
        write("Publish.kt", "kotlin");
        String library = System.getProperty("sluice-polyglot.jar", "target/sluice-polyglot.jar");
        String here = directory.toString();
        assertEquals(ExitCode.OK, new K2JVMCompiler().exec(System.err, "-no-stdlib", "-cp", library, "-d", here, here));
        List<String> java = List.of("java", "-cp", here + File.pathSeparator + library);
        assertPrints(DATA, plus(java, "SubscribeKt"), plus(java, "PublishKt"));
    }

    @Test
    void thePagesDoTheSame(@TempDir Path profile) throws Exception {
        String shown = DemoPage.shownOf(profile, node.url() + "/publish.html", node.url() + "/subscribe.html", "pre");
        assertTrue(shown.matches(MESSAGE), shown);
    }

    /** One event that was there before the subscriber, and one that comes. */
    private static void assertPrints(String line, List<String> subscribe, List<String> publish) throws Exception {
        publish(publish);
        try (PrintingProcess subscriber = PrintingProcess.start(subscribe)) {
            subscriber.await(1, printed -> printed.matches(line));
            publish(publish);
            subscriber.await(2, printed -> printed.matches(line));
        }
    }

    private static void publish(List<String> command) throws Exception {
        try (PrintingProcess publisher = PrintingProcess.start(command)) {
            assertEquals(0, publisher.awaitExit());
            publisher.await(1, line -> line.contains("\"count\":1") || line.contains("201"));
        }
    }

    private static void assumeHere(String command) {
        String program = command.startsWith("sh ") ? "curl" : words(command).get(0);
        if (Programs.find(program).isEmpty()) {
            throw Skipped.because("`" + command + "` of clients.md", "no " + program + " on the PATH");
        }
    }

    private static List<String> words(String command) {
        return Arrays.asList(command.split(" ", -1));
    }

    /** The command for a program that has been written to a file; its first word is the stream. */
    private List<String> written(String command) throws Exception {
        List<String> words = words(command);
        words.set(words.size() - 1, write(command, words.get(0)).toString());
        return words;
    }

    private Path write(String command, String stream) throws Exception {
        String text = CLIENTS.program(command);
        assertTrue(text.contains(URL), () -> command + " has no " + URL);
        Path file = directory.resolve(command.substring(command.lastIndexOf(' ') + 1));
        return Files.writeString(file, text.replace(URL, node.url() + "/" + stream));
    }

    private static List<String> plus(List<String> words, String last) {
        return Stream.concat(words.stream(), Stream.of(last)).toList();
    }
}
