package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.process.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node on a machine that has nothing for it: no webroot, a POSIX locale, whose encoding is ASCII, and a language of the user in
 * which the capital of {@code i} is no {@code I}.
 */
@Timeout(120)
class BareMachineTest {

    private static final String CONFIGURATION = """
            {
              "http": { "host": "127.0.0.1", "port": 0, "transport": "nio", "demo": true },
              "streams": { "events": { "addresses": ["tick\u00fc"], "lifetime": "300ms" } },
              "producers": [ { "verticle": "groovy:Tick.groovy" } ],
              "publish": { "enabled": true, "anonymous": true, "maxBody": "1MB" }
            }
            """;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void theDemoAndTheLogAreUtf8AndNothingIsLeftBehind(@TempDir Path directory, @TempDir Path temporary)
            throws Exception {
        Files.writeString(
                directory.resolve("Tick.groovy"),
                "vertx.setPeriodic(20) { vertx.eventBus().publish('tick\u00fc', 'of a script: gr\u00fcn') }");
        Path file = Files.writeString(directory.resolve("node.json"), CONFIGURATION);
        List<String> options =
                List.of("-Djava.io.tmpdir=" + temporary, "-Duser.language=tr", "-XX:TieredStopAtLevel=1", "-Xmx128m");
        try (NodeProcess node = NodeProcess.startFromClassPath(
                directory, options, Map.of("LC_ALL", "C"), "run", "io.sluice.node.NodeVerticle", "-conf", "" + file)) {
            node.awaitStart();
            node.awaitLine("from tick\u00fc; lifetime 300ms");
            assertEquals("text/html;charset=UTF-8", type(get(node, "/")));
            assertEquals("text/javascript;charset=UTF-8", type(get(node, "/app.js")));
            assertEquals(404, get(node, "/missing.js").statusCode());
            assertEquals(201, post(node, "gr\u00fcn").statusCode());
            String stream = get(node, "/events?replay=all").body();
            assertTrue(stream.contains("data: gr\u00fcn\n"), stream);
            assertTrue(stream.contains("data: of a script: gr\u00fcn\n"), stream);
            node.kill();
            node.awaitExit(Duration.ofSeconds(20));
        }
        assertEquals(List.of(), files(temporary));
    }

    private HttpResponse<String> get(NodeProcess node, String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(node.url() + path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(NodeProcess node, String text) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(node.url() + "/events"))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(text))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static String type(HttpResponse<String> response) {
        return response.headers().firstValue("Content-Type").orElse("");
    }

    /** Vert.x makes an empty directory at its start. */
    private static List<Path> files(Path directory) throws IOException {
        try (var all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().contains("hsperfdata"))
                    .toList();
        }
    }
}
