package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.testing.process.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose memory runs out, as far as its bounds allow that: here eight streams may have a quarter of the heap each. */
@Timeout(120)
class OutOfMemoryIT {

    /** The status with which {@code -XX:+ExitOnOutOfMemoryError} ends the JVM. */
    private static final int OUT_OF_MEMORY = 3;

    private static final String ENDLESS = """
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "streams": { STREAMS },
              "publish": { "enabled": true, "anonymous": true }
            }
            """;

    private static final List<String> STREAMS = List.of("a", "b", "c", "d", "e", "f", "g", "h");

    @TempDir
    // JUnit sets it.
    @SuppressWarnings("NullAway")
    private Path directory;

    @Test
    void aNodeWithoutMemoryEndsForItsSupervisorToStartItAgain() throws Exception {
        String streams = STREAMS.stream()
                .map(name -> '"' + name + "\": { \"history\": { \"events\": 1000000, \"bytes\": \"2GB\" } }")
                .collect(Collectors.joining(", "));
        String file = Files.writeString(directory.resolve("node.json"), ENDLESS.replace("STREAMS", streams))
                .toString();
        String options = "@" + Path.of("conf", "jvm.options").toAbsolutePath();
        try (NodeProcess node = NodeProcess.start(directory, List.of(options, "-Xmx64m"), "-conf", file)) {
            publishUntilItIsGone(node.url());
            assertEquals(OUT_OF_MEMORY, node.awaitExit(Duration.ofSeconds(20)));
        }
    }

    /** The heap is full after some 300 of them. */
    private static void publishUntilItIsGone(String url) throws InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        try {
            for (int i = 0; i < 2000; i++) {
                client.send(post(url + '/' + STREAMS.get(i % STREAMS.size())), BodyHandlers.discarding());
            }
        } catch (IOException e) {
            // It is gone.
        }
    }

    private static HttpRequest post(String url) {
        return HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "text/plain")
                .timeout(Duration.ofSeconds(20))
                .POST(BodyPublishers.ofString("x".repeat(200_000)))
                .build();
    }
}
