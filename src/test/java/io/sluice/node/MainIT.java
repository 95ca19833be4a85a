package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.testing.Tokens;
import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.process.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The jar as a user runs it: its command line, its configuration, its one line when it cannot start, and its end. */
@Timeout(180)
class MainIT {

    private static final String NODE = "io.sluice.node.NodeVerticle";
    private static final Duration END = Duration.ofSeconds(5);
    private static final Duration START = Duration.ofSeconds(60);
    private static final int SIGTERM = 128 + 15;
    private static final int WRONG_USAGE = 2;

    private static final String QUICK = """
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "streams": { "events": { "addresses": ["ticks"], "lifetime": "3s" } },
              "producers": [ { "verticle": "io.sluice.node.TickProducer", "config": { "period": "200ms" } } ],
              "publish": { "enabled": true, "anonymous": true }
            }
            """;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    // JUnit sets it.
    @SuppressWarnings("NullAway")
    private Path directory;

    private String file(String json) throws IOException {
        return Files.writeString(directory.resolve("node.json"), json).toString();
    }

    // ---- starting

    @Test
    @Tag("alone")
    void withoutArgumentsTheBuiltInConfigurationRunsAnywhere() throws Exception {
        assumePortIsFree(8080);
        try (NodeProcess node = NodeProcess.startIn(directory)) {
            assertEquals(8080, node.port());
            assertServesTheDemo(node);
            assertEquals(1, node.out().size(), "one line at the start");
            node.awaitLine("; admin on http://127\\.0\\.0\\.1:80\\d\\d/");
            assertEquals(List.of(), node.err());
        }
    }

    @Test
    @Tag("alone")
    void theShippedConfigurationRuns() throws Exception {
        assumePortIsFree(8080);
        try (NodeProcess node = NodeProcess.start("-conf", "conf/node.json")) {
            assertEquals(8080, node.port());
            assertServesTheDemo(node);
        }
    }

    @Test
    void thePageComesOutOfTheJarWhereThereIsNoWebroot() throws Exception {
        try (NodeProcess node =
                NodeProcess.startIn(directory, "-conf", QUICK.replace("\"port\": 0", "\"port\": 0, \"demo\": true"))) {
            assertServesTheDemo(node);
            assertEquals(
                    Files.readString(Path.of("webroot", "stream.js")),
                    get(node.url() + "/stream.js").body());
        }
    }

    @Test
    void threeLinesAndThePublicKeyOfAnIssuerCloseAStream() throws Exception {
        Files.writeString(directory.resolve("issuer.pem"), Tokens.pem(Tokens.RSA.getPublic()));
        String configuration = file("""
                {
                  "http": { "host": "127.0.0.1", "port": 0 },
                  "auth": { "jwt": { "publicKey": "file:issuer.pem" } }
                }
                """);
        try (NodeProcess node = NodeProcess.startIn(directory, "-conf", configuration)) {
            HttpResponse<String> refused = get(node.url() + "/events");
            assertEquals(401, refused.statusCode());
            assertEquals(
                    "Bearer realm=\"sluice\"",
                    refused.headers().firstValue("WWW-Authenticate").orElse(""));
            String token = Tokens.rs256(Tokens.claims("ada", List.of("events"), List.of()));
            HttpRequest read = HttpRequest.newBuilder(URI.create(node.url() + "/events"))
                    .header("Authorization", "Bearer " + token)
                    .build();
            HttpResponse<InputStream> response = CLIENT.send(read, BodyHandlers.ofInputStream());
            assertEquals(200, response.statusCode());
            try (InputStream body = response.body()) {
                assertTrue(body.read() >= 0);
            }
            assertEquals(200, get(node.url() + "/").statusCode(), "its page asks nobody");
        }
    }

    @ParameterizedTest
    @CsvSource({"auto, epoll|kqueue|nio", "nio, nio", "epoll, epoll"})
    void theStartLineNamesTheTransport(String transport, String named) throws Exception {
        assumeTrue(!transport.equals("epoll") || System.getProperty("os.name").equals("Linux"));
        String configuration =
                "{\"http\": {\"host\": \"127.0.0.1\", \"port\": 0, \"transport\": \"" + transport + "\"}}";
        try (NodeProcess node = NodeProcess.start("-conf", configuration)) {
            node.awaitLine("with 1 event loop on (" + named + "), streams");
            try (Subscriber subscriber = Subscriber.open(node.url() + "/events")) {
                assertEquals(0, Objects.requireNonNull(subscriber.next()).n());
            }
        }
    }

    @Test
    void twoInstancesAreTwoEventLoopsAndOneTick() throws Exception {
        try (NodeProcess node = NodeProcess.start("run", NODE, "-conf", file(QUICK), "-instances", "2");
                Subscriber subscriber = Subscriber.open(node.url() + "/events")) {
            assertEquals(2, node.eventLoops());
            assertOneTickEach(Duration.ofMillis(200), messages(subscriber));
        }
    }

    @Test
    void connectionsAreSharedOutToTheEventLoops() throws Exception {
        Path logback = Files.writeString(directory.resolve("logback.xml"), """
                <configuration>
                  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>[%thread] %msg%n</pattern></encoder>
                  </appender>
                  <logger name="io.sluice" level="DEBUG"/>
                  <root level="WARN"><appender-ref ref="console"/></root>
                </configuration>
                """);
        try (NodeProcess node = NodeProcess.start(
                Path.of(""),
                List.of("-Dlogback.configurationFile=" + logback),
                "run",
                NODE,
                "-conf",
                file(QUICK),
                "-instances",
                "2")) {
            // Each uses a new connection, since the earlier ones are still open.
            for (int i = 0; i < 4; i++) {
                Subscriber.open(node.url() + "/events?replay=none");
            }
            node.terminate();
            node.awaitExit(END);
            assertEquals(
                    2, threadsThatSay("subscription \\d+ .* opens", node.out()).size());
        }
    }

    // ---- ending

    @Test
    void sigtermTellsTheSubscribersAndEndsWith143() throws Exception {
        try (NodeProcess node = NodeProcess.start("-conf", QUICK.replace("3s", "0"));
                Subscriber subscriber = Subscriber.open(node.url() + "/events")) {
            assertNotNull(subscriber.next());
            node.terminate();
            assertDrained(subscriber);
            assertEquals(SIGTERM, node.awaitExit(END));
            assertTrue(
                    node.out().get(1).endsWith("INFO  Node - Sluice has stopped"),
                    node.out().get(1));
        }
    }

    @Test
    void sigtermIsNotHeldUpByAClientThatNeverReads() throws Exception {
        try (NodeProcess node = NodeProcess.start("-conf", QUICK.replace("3s", "0"))) {
            fill(node);
            try (Socket stuck = neverReading(node);
                    Subscriber subscriber = Subscriber.open(node.url() + "/events?replay=none")) {
                assertTrue(stuck.isConnected());
                node.terminate();
                assertDrained(subscriber);
                assertEquals(SIGTERM, node.awaitExit(END));
            }
        }
    }

    // ---- what keeps it from starting

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"http": {"port": 80x}}                            => line 1, column 21: Unexpected character ('x' (code 120)): was expecting comma to separate Object entries
            {"http": {"prot": 8080}}                           => http.prot: 8080: expected one of bodyTimeout, cors, deadAfter, demo, drain, followSymlinks, h2cUpgrade, headTimeout, host, hosts, idleTimeout, maxBehind, maxConnections, maxPerAddress, maxSubscriptions, maxTopics, port, ports, tls, transport, webroot
            {"http": {"port": 70000}}                          => http.port: 70000: expected a whole number from 0 to 65535
            {"streams": {"chat": {}, "chat/*": {}}}            => streams.chat/*: "chat/*": expected another name: "chat" is a stream, too
            {"streams": {"a/b/*": {}}}                         => streams: "a/b/*": expected names of 1 to 64 letters, digits, hyphens and underscores, for a template with "/*" behind it
            {"http": {"port": 0}, "streams": {"chat/*": {"log": "hazelcast"}}} => streams.chat/*.log: "hazelcast": expected a clustered node, by -cluster
            {"http": {"port": 0}, "auth": {"jwt": {"secret": "0123456789abcdef0123456789abcdef", "algorithm": "RS256"}}} => auth.jwt.algorithm: "RS256": expected one that fits the key: HS256, HS384, HS512
            {"http": {"webroot": "no/such"}}                   => http.webroot: "no/such": expected a directory
            {"http": {"port": 0}, "streams": {"conf": {}}, "producers": [{"verticle": "io.sluice.No"}]} => producers[0].verticle: "io.sluice.No": expected a class in the class path
            {"http": {"port": 0}, "producers": [{"verticle": "io.sluice.node.TickProducer", "config": {"period": "0s"}}]} => producers[0].config.period: "0s": expected 1ms or more
            {"http": {"port": 0}, "producers": [{"verticle": "io.sluice.node.TickProducer", "config": {"every": "1s"}}]}  => producers[0].config.every: "1s": expected one of address, message, period
            """)
    void aWrongFileIsOneLineThatNamesIt(String json, String message) throws Exception {
        String file = file(json);
        assertRefused("sluice: " + file + ": " + message, "run", NODE, "-conf", file);
    }

    @Test
    void aMissingFileIsOneLine() throws Exception {
        assertRefused("sluice: no/such.json: no such file", "-conf", "no/such.json");
    }

    @Test
    void aMissingOptionsFileIsOneLine() throws Exception {
        assertRefused("sluice: no/such.json: no such file", "-conf", QUICK, "-options", "no/such.json");
    }

    @Test
    void aDirectoryIsNoConfiguration() throws Exception {
        assertRefused(
                "sluice: conf: cannot be read as UTF-8 text: java.io.IOException: Is a directory", "-conf", "conf");
    }

    @Test
    void aWrongInlineConfigurationIsOneLine() throws Exception {
        assertRefused(
                "sluice: -conf: http.port: -1: expected a whole number from 0 to 65535",
                "-conf",
                "{\"http\": {\"port\": -1}}");
    }

    @Test
    void aPortInUseIsOneLine() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();
            assertRefused(
                    "sluice: -conf: cannot listen on 127.0.0.1:" + port + ": Address already in use",
                    "-conf",
                    QUICK.replace("\"port\": 0", "\"port\": " + port));
        }
    }

    @Test
    void aStreamCannotHaveTheNameOfAFile() throws Exception {
        Path webroot = Files.createDirectory(directory.resolve("web"));
        Files.writeString(webroot.resolve("events"), "a file");
        String json = new JsonObject()
                .put("http", new JsonObject().put("webroot", webroot.toString()))
                .encode();
        assertRefused(
                "sluice: -conf: streams.events: \"events\": expected another name: " + webroot
                        + " has a file of this one",
                "-conf",
                json);
    }

    @Test
    void aTemplateCannotHaveTheNameOfADirectory() throws Exception {
        Path webroot = Files.createDirectory(directory.resolve("web"));
        Files.createDirectory(webroot.resolve("chat"));
        String json = new JsonObject()
                .put("http", new JsonObject().put("webroot", webroot.toString()))
                .put("streams", new JsonObject().put("chat/*", new JsonObject()))
                .encode();
        assertRefused(
                "sluice: -conf: streams.chat/*: \"chat/*\": expected another name: " + webroot
                        + " has a file of this one",
                "-conf",
                json);
    }

    @Test
    void noInstanceIsNoNode() throws Exception {
        assertRefused(
                WRONG_USAGE, "sluice: run: -instances 0: expected 1 or more", "run", "-conf", QUICK, "-instances", "0");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            tial        => "tial": no such command; did you mean tail?
            --frob      => "--frob": no such option; --help lists what there is
            run -confg  => "-confg": no such option; did you mean -conf?
            tail --jsn  => tail: --jsn: no such option; did you mean --json?
            """)
    void anUnknownCommandOrOptionIsOneLine(String arguments, String line) throws Exception {
        assertRefused(WRONG_USAGE, "sluice: " + line, arguments.split(" ", -1));
    }

    @Test
    void anUnknownVerticleIsOneLine() throws Exception {
        assertRefused("sluice: io.sluice.No: no such class: io.sluice.No", "run", "io.sluice.No");
    }

    // ---- the commands beside run

    @Test
    void startWaitsUntilTheNodeListensListShowsItAndStopWaitsForItsEnd() throws Exception {
        Path place = Files.createDirectory(directory.resolve("a b"));
        Path jar = Files.copy(Path.of("target", "sluice.jar"), place.resolve("sluice.jar"));
        Path configuration = Files.writeString(place.resolve("my node.json"), QUICK);
        String id = "it-" + UUID.randomUUID().toString().substring(0, 8);
        List<String> start = List.of(
                "start",
                "-conf",
                configuration.toString(),
                "-id",
                id,
                "--log",
                place.resolve("log").toString());
        String line = printed(0, jar, start);
        try {
            Matcher started = Pattern.compile(id + " listens on (http://127.0.0.1:\\d+)/, its log is .*log")
                    .matcher(line);
            assertTrue(started.matches(), line);
            assertEquals(200, get(started.group(1) + "/health/ready").statusCode());
            assertEquals("sluice: start: -id " + id + ": a node of this id runs already", printed(1, jar, start));
            try (NodeProcess other = NodeProcess.start("-conf", QUICK).awaitStart()) {
                List<String> listed = said("list");
                assertTrue(listed.stream().anyMatch(node -> node.startsWith(id + " ")), () -> String.valueOf(listed));
                assertTrue(
                        listed.stream().anyMatch(node -> node.startsWith(other.pid() + " ")),
                        () -> String.valueOf(listed));
            }
        } finally {
            assertEquals(List.of(id + " has stopped"), said("stop", id));
        }
        assertTrue(Files.readString(place.resolve("log")).endsWith("Sluice has stopped\n"));
    }

    @Test
    void startSaysInOneLineWhyANodeCannot() throws Exception {
        Path jar = Path.of("target", "sluice.jar");
        String log = directory.resolve("log").toString();
        assertEquals(
                "sluice: -conf: http.port: -1: expected a whole number from 0 to 65535",
                printed(1, jar, List.of("start", "--log", log, "-conf", "{\"http\": {\"port\": -1}}")));
    }

    /** The one line of a command, and its exit code. */
    private static String printed(int code, Path jar, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", jar.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(code, process.waitFor(), printed);
        return printed.strip();
    }

    @Test
    void versionNamesSluiceVertxAndJava() throws Exception {
        String java = System.getProperty("java.version");
        assertTrue(String.join("", said("--version"))
                .matches("sluice [0-9][^ ]* \\(Vert\\.x 5\\.[^ ]*, Java \\Q" + java + "\\E\\)"));
    }

    @Test
    void helpOfACommandIsThatOfTheCommand() throws Exception {
        assertEquals(Help.text("tail").lines().toList(), said("tail", "http://localhost/", "--help"));
        assertEquals(Help.text("sluice").lines().toList(), said("--help"));
    }

    @Test
    void checkIsOneLineAndAnExitCode() throws Exception {
        assertEquals(
                List.of("conf/node.json is right: streams events, chat/*"),
                said("check", "-conf", "conf/node.json").stream()
                        .map(line -> line.replaceFirst("events, .*chat", "events, chat"))
                        .map(line -> line.replaceFirst("chat/\\*.*", "chat/*"))
                        .toList());
        String file = file("{\"http\": {\"tls\": {\"certificate\": \"no.pem\", \"key\": \"no.key\"}}}");
        assertRefused(
                "sluice: " + file + ": http.tls.certificate: \"no.pem\": expected a file that can be read",
                "check",
                "-conf",
                file);
    }

    // ---- helpers

    private static void assumePortIsFree(int port) {
        boolean free;
        try (ServerSocket probe = new ServerSocket(port)) {
            free = probe.isBound();
        } catch (IOException e) {
            free = false;
        }
        assumeTrue(free, "something else listens on port " + port + ", which the shipped configuration takes");
    }

    private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return CLIENT.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    private static void assertServesTheDemo(NodeProcess node) throws IOException, InterruptedException {
        assertTrue(get(node.url() + "/").body().contains("<title>Sluice</title>"), "the page");
        try (Subscriber subscriber = Subscriber.open(node.url() + "/events")) {
            SseBlock first = subscriber.next();
            String data = first == null ? null : first.data();
            assertNotNull(data, "the first block has data: " + first);
            assertEquals("Hello World", new JsonObject(data).getString("message"));
        }
    }

    private static List<SseBlock> messages(Subscriber subscriber) throws IOException {
        return subscriber.rest().stream().filter(SseBlock::isMessage).toList();
    }

    private static void assertOneTickEach(Duration period, List<SseBlock> messages) {
        long first = messages.get(0).n();
        assertEquals(
                LongStream.range(first, first + messages.size()).boxed().toList(),
                messages.stream().map(SseBlock::n).toList());
        long millis = Duration.between(timestamp(messages.get(0)), timestamp(messages.get(messages.size() - 1)))
                .toMillis();
        long periods = Math.round((double) millis / period.toMillis());
        int ticks = messages.size() - 1;
        assertTrue(ticks >= 5 && Math.abs(ticks - periods) <= 1, ticks + " ticks in " + millis + " ms");
    }

    private static Set<String> threadsThatSay(String pattern, List<String> lines) {
        Pattern line = Pattern.compile("\\[(.*?)] .*" + pattern + ".*");
        return lines.stream()
                .map(line::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .collect(Collectors.toSet());
    }

    private static Instant timestamp(SseBlock message) {
        return new JsonObject(String.valueOf(message.data())).getInstant("timestamp");
    }

    private static void assertDrained(Subscriber subscriber) throws IOException {
        List<SseBlock> rest = subscriber.rest();
        SseBlock last = rest.get(rest.size() - 1);
        assertEquals("close", last.event());
        assertEquals("{\"reason\":\"drain\"}", last.data());
    }

    /** Gives the stream more events than all the buffers between two sockets hold. */
    private static void fill(NodeProcess node) throws IOException, InterruptedException {
        String line = '"' + "x".repeat(200_000) + "\"\n";
        HttpRequest post = HttpRequest.newBuilder(URI.create(node.url() + "/events"))
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(line.repeat(40)))
                .build();
        for (int i = 0; i < 4; i++) {
            assertEquals(201, CLIENT.send(post, BodyHandlers.ofString()).statusCode());
        }
    }

    /** A client that has seen the first byte of its answer, and takes no more. */
    private static Socket neverReading(NodeProcess node) throws IOException, InterruptedException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port()));
        socket.getOutputStream()
                .write("GET /events?replay=all HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        assertEquals('H', socket.getInputStream().read());
        return socket;
    }

    private static void assertRefused(String line, String... arguments) throws Exception {
        assertRefused(1, line, arguments);
    }

    private static void assertRefused(int code, String line, String... arguments) throws Exception {
        try (NodeProcess node = NodeProcess.start(arguments)) {
            assertEquals(code, node.awaitExit(START));
            assertEquals(List.of(line), node.err());
            assertEquals(List.of(), node.out());
        }
    }

    private static List<String> said(String... arguments) throws Exception {
        try (NodeProcess node = NodeProcess.start(arguments)) {
            assertEquals(0, node.awaitExit(START));
            assertEquals(List.of(), node.err());
            return node.out();
        }
    }

    @Test
    void theEnvironmentBeatsTheFileAndAHangupReadsItAgain(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("node.json"), QUICK);
        try (NodeProcess node = NodeProcess.start(
                directory,
                List.of(),
                Map.of("SLUICE_STREAMS_EVENTS_LIFETIME", "7s", "SLUICE_LOGGING_FORMAT", "json"),
                "-conf",
                file.toString())) {
            assertTrue(new JsonObject(node.awaitLine("\\{.*lifetime 7s.*").group())
                    .getString("message")
                    .startsWith("Sluice"));
            Files.writeString(file, QUICK.replace("\"port\": 0", "\"port\": 0, \"maxTopics\": 7"));
            node.hangUp();
            node.awaitLine("nothing is new; as before: logging");
            node.awaitLine("http.maxTopics: the default -> 7 takes a restart");
        }
    }

    @Test
    void filesThatRunOutAreALineAndOneWhenThatIsOver(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("node.json"), QUICK);
        List<Socket> clients = new ArrayList<>();
        try (NodeProcess node = NodeProcess.start("-conf", file.toString())) {
            int port = node.port();
            node.limitFiles(5);
            for (int i = 0; i < 20; i++) {
                clients.add(new Socket(InetAddress.getLoopbackAddress(), port));
            }
            node.awaitLine(
                    "WARN .*no more files can be opened \\(ulimit -n is \\d+\\): new connections wait until others close; raise it");
            for (Socket client : clients) {
                client.close();
            }
            node.awaitLine("INFO .*connections are accepted again, after \\d+ s");
            assertEquals(
                    1,
                    node.out().stream()
                            .filter(line -> line.contains("no more files"))
                            .count());
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }
}
