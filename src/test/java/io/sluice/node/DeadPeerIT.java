package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client that vanishes without a word: a host of its own, in a network namespace, whose cable is pulled. Nothing but
 * heartbeats is on its way, which its socket's buffer would take for hours: it is the kernel that finds out.
 */
@Timeout(120)
class DeadPeerIT {

    private static final String ID = Long.toString(ProcessHandle.current().pid() % 10_000);
    private static final String HOST = "sluice" + ID;
    private static final String NEAR = "near" + ID;
    private static final String FAR = "far" + ID;
    private static final String NEAR_ADDRESS = "10.231.7.1";
    private static final String FAR_ADDRESS = "10.231.7.2";
    private static final Duration DEAD_AFTER = Duration.ofSeconds(4);

    private static final String LOGBACK = """
            <configuration>
              <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%msg%n</pattern></encoder>
              </appender>
              <logger name="io.sluice" level="DEBUG"/>
              <root level="WARN"><appender-ref ref="console"/></root>
            </configuration>
            """;

    private static final String CONFIGURATION = """
            {
              "http": { "host": "%s", "port": 0, "deadAfter": "4s", "transport": "epoll" },
              "streams": { "events": { "lifetime": "0s", "heartbeat": "500ms" } }
            }
            """.formatted(NEAR_ADDRESS);

    @TempDir
    private Path directory;

    @BeforeEach
    void buildTheOtherHost() throws Exception {
        boolean allowed = Files.exists(Path.of("/proc/self/ns/net")) && run("ip", "netns", "add", HOST);
        if (!allowed) {
            System.err.println("DeadPeerIT is SKIPPED: it needs root and ip (Debian: apt-get install iproute2)");
        }
        assumeTrue(allowed);
        require("ip", "link", "add", NEAR, "type", "veth", "peer", "name", FAR);
        require("ip", "link", "set", FAR, "netns", HOST);
        require("ip", "addr", "add", NEAR_ADDRESS + "/30", "dev", NEAR);
        require("ip", "link", "set", NEAR, "up");
        there("ip", "addr", "add", FAR_ADDRESS + "/30", "dev", FAR);
        there("ip", "link", "set", FAR, "up");
    }

    @AfterEach
    void tearItDown() throws Exception {
        run("ip", "link", "del", NEAR);
        run("ip", "netns", "del", HOST);
    }

    @Test
    void aPeerWhoseCableIsPulledIsGivenUpInTime() throws Exception {
        Path logback = Files.writeString(directory.resolve("logback.xml"), LOGBACK);
        try (NodeProcess node = NodeProcess.start(
                Path.of(""), List.of("-Dlogback.configurationFile=" + logback), "-conf", CONFIGURATION)) {
            String url = "http://" + NEAR_ADDRESS + ":" + node.port() + "/events";
            Process client = new ProcessBuilder("ip", "netns", "exec", HOST, "curl", "-sN", url)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                node.awaitLine("subscription 1 to > opens");
                there("ip", "link", "set", FAR, "down");
                long start = System.nanoTime();
                node.awaitLine("subscription 1 ends");
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                assertTrue(took.compareTo(DEAD_AFTER.plusSeconds(2)) < 0, "took " + took);
            } finally {
                client.destroyForcibly().waitFor();
            }
        }
    }

    private static void there(String... command) throws IOException, InterruptedException {
        List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", HOST));
        inside.addAll(List.of(command));
        require(inside.toArray(String[]::new));
    }

    private static void require(String... command) throws IOException, InterruptedException {
        assertTrue(run(command), String.join(" ", command));
    }

    /** Whether the command is there, and succeeds. */
    private static boolean run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
