package io.sluice.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.sluice.testing.process.FreePorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose standard output is a pipe that nobody reads. */
@Timeout(180)
class QueueingAppenderTest {

    private static final int REQUESTS = 2000;
    private static final Pattern DROPPED = Pattern.compile(".* WARN .* \\d+ lines of the log were dropped.*");

    @TempDir
    private Path directory;

    @Test
    void theNodeGoesOnAndCountsTheLinesThatItDrops() throws Exception {
        int port = FreePorts.any();
        Process node = start(port);
        try {
            Await.await("the node listens", () -> isAlive(port));
            for (int i = 0; i < REQUESTS; i++) {
                try (RawClient client = RawClient.get(port, "/events")) {
                    client.head();
                }
            }
            assertTrue(isAlive(port), "2 lines of the log for each");
            try (BufferedReader output = new BufferedReader(new InputStreamReader(node.getInputStream(), UTF_8))) {
                String line = output.readLine();
                while (!DROPPED.matcher(line).matches()) {
                    line = output.readLine();
                }
                node.toHandle().destroy();
                assertTrue(output.lines().anyMatch(last -> last.endsWith("Sluice has stopped")));
            }
            assertTrue(node.waitFor(30, TimeUnit.SECONDS));
        } finally {
            node.destroyForcibly();
        }
    }

    @Test
    void theNodeEndsThoughNobodyReadsItsLastLine() throws Exception {
        int port = FreePorts.any();
        Process node = start(port);
        try {
            Await.await("the node listens", () -> isAlive(port));
            for (int i = 0; i < REQUESTS; i++) {
                try (RawClient client = RawClient.get(port, "/events")) {
                    client.head();
                }
            }
            node.toHandle().destroy();
            assertTrue(node.waitFor(30, TimeUnit.SECONDS));
        } finally {
            node.destroyForcibly();
        }
    }

    private static boolean isAlive(int port) throws IOException {
        try (RawClient client = RawClient.get(port, "/health/live")) {
            return client.head().startsWith("HTTP/1.1 200");
        } catch (ConnectException e) {
            return false;
        }
    }

    private Process start(int port) throws IOException {
        Path logback = Files.writeString(directory.resolve("logback.xml"), """
                <configuration>
                  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%d %-5level %logger{0} - %msg%n</pattern></encoder>
                  </appender>
                  <appender name="queue" class="io.sluice.node.QueueingAppender">
                    <appender-ref ref="console"/>
                  </appender>
                  <logger name="io.sluice" level="DEBUG"/>
                  <root level="WARN"><appender-ref ref="queue"/></root>
                </configuration>
                """);
        Path config = Files.writeString(directory.resolve("node.json"), """
                { "http": { "host": "127.0.0.1", "port": %d }, "streams": { "events": { "lifetime": "0s" } } }
                """.formatted(port));
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dlogback.configurationFile=" + logback,
                        "io.sluice.node.Main",
                        "run",
                        "io.sluice.node.NodeVerticle",
                        "-conf",
                        config.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
