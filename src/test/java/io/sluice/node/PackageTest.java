package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of the packages agree with each other, and with the node. */
class PackageTest {

    private static final Path SOURCES = Path.of("src/main/package");

    /** For sockets that take no bytes, and for what closes after them. */
    private static final Duration AFTER_THE_DRAIN = Duration.ofSeconds(5);

    private static String text(String file) throws IOException {
        return Files.readString(SOURCES.resolve(file));
    }

    private static NodeConfig config(String file) throws IOException {
        JsonObject json = ConfigReader.parse(
                text(file).replace("env:CLUSTER_SECRET", "a secret of more than 32 bytes for a test"));
        return NodeConfig.read(json);
    }

    private static Duration seconds(String file, String pattern) throws IOException {
        Matcher found = Pattern.compile(pattern, Pattern.MULTILINE).matcher(text(file));
        assertTrue(found.find(), file + ": " + pattern);
        return Duration.ofSeconds(Long.parseLong(found.group(1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"deb/node.json", "container/node.json", "kubernetes/node.json"})
    void aConfigurationOfAPackageHasNoDemoAndLetsNobodyPublish(String file) throws IOException {
        NodeConfig config = config(file);
        assertFalse(config.http().demo());
        assertEquals(List.of(), config.producers());
        assertFalse(config.publish().enabled());
        assertEquals(8080, config.http().port());
        assertEquals(8081, Objects.requireNonNull(config.admin()).port());
    }

    @Test
    void aNodeHasTheTimeToDrain() throws IOException {
        Map<String, Duration> stops = Map.of(
                "deb/node.json", seconds("systemd/sluice.service", "^TimeoutStopSec=(\\d+)$"),
                "container/node.json", seconds("container/compose.yaml", "stop_grace_period: (\\d+)s"),
                "kubernetes/node.json",
                        seconds("kubernetes/statefulset.yaml", "terminationGracePeriodSeconds: (\\d+)")
                                .minus(seconds("kubernetes/statefulset.yaml", "\"sleep\", \"(\\d+)\"")));
        for (Map.Entry<String, Duration> stop : stops.entrySet()) {
            Duration needed = config(stop.getKey()).http().drain().plus(AFTER_THE_DRAIN);
            assertTrue(stop.getValue().compareTo(needed) >= 0, stop + ": expected " + needed + " or more");
        }
    }

    @Test
    void theProbesAndPortsAreThoseOfTheNode() throws IOException {
        String set = text("kubernetes/statefulset.yaml");
        NodeConfig config = config("kubernetes/node.json");
        assertTrue(set.contains("{ name: http, containerPort: " + config.http().port() + " }"), set);
        assertTrue(
                set.contains("{ name: admin, containerPort: "
                        + Objects.requireNonNull(config.admin()).port() + " }"),
                set);
        for (String path : List.of("live", "ready")) {
            assertTrue(set.contains("path: " + Health.PATH + path + ","), path);
        }
        assertTrue(text("kubernetes/network.yaml")
                .contains("ports: [{ port: " + config.http().port() + " }]"));
        assertNotNull(config.cluster());
    }

    @Test
    void theManPageNamesTheCommandsThatThereAre() throws IOException {
        String page = text("deb/doc/sluice.1");
        for (String command : List.of("run", "check", "tail", "publish", "info")) {
            assertTrue(page.contains('"' + command + ' '), command);
        }
    }

    @Test
    void theUnitIsRight(@TempDir Path directory) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "systemd-analyze is not here");
        Path unit = directory.resolve("sluice.service");
        // What is not installed on this machine cannot be found there.
        Files.writeString(
                unit,
                text("systemd/sluice.service")
                        .replace("ExecStart=/usr/bin/sluice", "ExecStart=/bin/true")
                        .replace("User=sluice", "User=root")
                        .replace("Group=sluice", "Group=root")
                        .replace("Documentation=man:sluice(1)\n", ""));
        Path output = directory.resolve("output");
        Process verify = new ProcessBuilder("systemd-analyze", "verify", "--man=no", unit.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertTrue(verify.waitFor(30, TimeUnit.SECONDS));
        String said = Files.readString(output);
        assertFalse(said.contains("sluice.service"), said);
    }
}
