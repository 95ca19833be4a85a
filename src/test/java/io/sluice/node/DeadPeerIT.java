package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.testing.network.NetworkNamespaces;
import io.sluice.testing.process.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client that vanishes without a word: a host in a network namespace, whose cable is pulled. Nothing but
 * heartbeats is on its way, which its socket's buffer would take for hours: it is the kernel that finds out.
 */
@Timeout(120)
class DeadPeerIT {

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
            """;

    @TempDir
    private Path directory;

    // JUnit sets it before each test.
    @SuppressWarnings("NullAway")
    private NetworkNamespaces network;

    @BeforeEach
    void buildTheOtherHost() throws Exception {
        boolean allowed = NetworkNamespaces.areAllowed();
        if (!allowed) {
            System.err.println("DeadPeerIT is SKIPPED: it needs root and ip (Debian: apt-get install iproute2)");
        }
        assumeTrue(allowed);
        network = NetworkNamespaces.of(1);
    }

    @AfterEach
    void tearItDown() throws Exception {
        if (network != null) {
            network.close();
        }
    }

    @Test
    void aPeerWhoseCableIsPulledIsGivenUpInTime() throws Exception {
        Path logback = Files.writeString(directory.resolve("logback.xml"), LOGBACK);
        NetworkNamespaces.Host host = network.hosts().get(0);
        try (NodeProcess node = NodeProcess.start(
                Path.of(""),
                List.of("-Dlogback.configurationFile=" + logback),
                "-conf",
                CONFIGURATION.formatted(host.near()))) {
            List<String> command = new ArrayList<>(host.prefix());
            command.addAll(List.of("curl", "-sN", node.url() + "/events"));
            Process client = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                node.awaitLine("subscription 1 to > opens");
                host.pullOuter();
                long start = System.nanoTime();
                node.awaitLine("subscription 1 ends");
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                assertTrue(took.compareTo(DEAD_AFTER.plusSeconds(2)) < 0, "took " + took);
            } finally {
                client.destroyForcibly().waitFor();
            }
        }
    }
}
