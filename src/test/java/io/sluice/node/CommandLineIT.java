package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Await;
import io.sluice.testing.TestCertificate;
import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.PrintingProcess;
import io.sluice.testing.process.ProxyProcess;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code tail} and {@code publish} of the real jar as processes, with nginx between them and the node. */
@Timeout(120)
// JUnit sets it.
@SuppressWarnings("NullAway.Init")
class CommandLineIT {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SIGINT = 128 + 2;

    @TempDir
    private Path directory;

    private static NodeProcess node(int port) throws Exception {
        String configuration = """
                {
                  "http": { "host": "127.0.0.1", "port": PORT },
                  "admin": { "port": 0 },
                  "streams": {
                    "events": { "lifetime": "0s", "addresses": ["ticks"] },
                    "chat/*": { "lifetime": "1s", "retry": "200ms", "replay": "all" }
                  },
                  "producers": [ { "verticle": "io.sluice.node.TickProducer", "config": { "period": "100ms" } } ],
                  "publish": { "enabled": true, "anonymous": true }
                }
                """.replace("PORT", String.valueOf(port));
        return NodeProcess.start("-conf", configuration).awaitStart();
    }

    @Test
    void aStreamIsFollowedOverExpiryAndARestartToItsEnd() throws Exception {
        int port = FreePorts.any();
        try (NodeProcess first = node(port);
                ProxyProcess nginx =
                        ProxyProcess.nginx(directory, ProxyProcess.shippedNginx(TestCertificate.in(directory)), port)) {
            String url = "http://127.0.0.1:" + nginx.port() + "/chat/1";
            try (NodeProcess tail = NodeProcess.start("tail", url)) {
                assertEquals("500 events", publish(url, 0, 500).replaceFirst(",.*", ""));
                tail.awaitLine("^line 499$");
                Await.await("the end of a lifetime", () -> lifetimes(first) > 0);
                assertEquals("500 events", publish(url, 500, 1000).replaceFirst(",.*", ""));
                tail.awaitLine("^line 999$");
                first.terminate();
                first.awaitExit(PATIENCE);
                try (NodeProcess second = node(port)) {
                    String receipt = publish(url, 1000, 1010, "--end");
                    assertTrue(receipt.matches("10 events, last id [a-z0-9]+-10; the stream has ended"), receipt);
                    assertEquals(0, tail.awaitExit(PATIENCE));
                    second.assertQuiet();
                }
                assertEquals(lines(0, 1010), tail.out());
                assertTrue(
                        tail.err().stream().anyMatch(line -> line.startsWith("sluice: lost ")),
                        () -> "a gap in " + tail.err());
            }
        }
    }

    @Test
    void tailEndsWithItsReaderAndTellsHowToGoOn() throws Exception {
        try (NodeProcess node = node(0)) {
            String url = node.url() + "/events";
            List<String> head =
                    List.of("sh", "-c", "\"$0\" -jar \"$1\" tail \"$2\" | head -1", JAVA, "target/sluice.jar", url);
            try (PrintingProcess pipe = PrintingProcess.start(head)) {
                assertEquals(0, pipe.awaitExit());
                assertTrue(pipe.await(1).get(0).contains("Hello World"));
            }
            try (NodeProcess tail = NodeProcess.start("tail", url)) {
                tail.awaitLine("Hello World", 3);
                tail.interrupt();
                assertEquals(SIGINT, tail.awaitExit(PATIENCE));
                assertEquals(1, tail.err().size());
                assertTrue(
                        tail.err().get(0).matches("sluice: last id (\\S+); go on with --last-id \\1"),
                        () -> String.valueOf(tail.err()));
            }
        }
    }

    /** How many subscriptions have ended by their lifetime. */
    private static int lifetimes(NodeProcess node) throws Exception {
        String admin = node.awaitLine("admin on (http://[0-9.:]+)/").group(1);
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(admin + "/api/node")).build();
        String report = HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofString())
                .body();
        return new JsonObject(report)
                .getJsonArray("streams").stream()
                        .map(stream -> ((JsonObject) stream).getJsonObject("closes"))
                        .mapToInt(closes -> closes.getInteger("lifetime", 0))
                        .sum();
    }

    private static List<String> lines(int from, int to) {
        return IntStream.range(from, to).mapToObj(n -> "line " + n).toList();
    }

    /** Publishes these lines, and has the receipt. */
    private String publish(String url, int from, int to, String... options) throws Exception {
        Path input = Files.write(directory.resolve("input"), lines(from, to));
        String command = "\"$0\" -jar target/sluice.jar publish \"$1\" "
                + List.of(options).stream().collect(Collectors.joining(" ")) + " < \"$2\"";
        try (PrintingProcess publish =
                PrintingProcess.start(List.of("sh", "-c", command, JAVA, url, input.toString()))) {
            assertEquals(0, publish.awaitExit(), () -> String.valueOf(publish.lines()));
            return publish.await(1).get(0);
        }
    }
}
