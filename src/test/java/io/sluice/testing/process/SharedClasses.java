package io.sluice.testing.process;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The classes of the node's jar, read and checked once for all processes (JEP 350): a node of the tests lives for seconds, and half
 * of what it cost was that. Which classes there are, and what they do, stays the same.
 */
final class SharedClasses {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Map<Path, List<String>> OPTIONS = new ConcurrentHashMap<>();

    private SharedClasses() {}

    /** The JVM's options for a jar: its archive, which the first process of a build that asks makes. */
    static List<String> of(Path jar) {
        return OPTIONS.computeIfAbsent(jar, SharedClasses::options);
    }

    private static List<String> options(Path jar) {
        try {
            Path archive = jar.resolveSibling(jar.getFileName() + ".jsa");
            try (FileChannel one = FileChannel.open(
                    jar.resolveSibling(jar.getFileName() + ".lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE)) {
                one.lock();
                if (!Files.exists(archive) || isOlder(archive, jar)) {
                    make(archive);
                }
            }
            // A JVM that makes none goes without.
            return Files.exists(archive) ? List.of("-XX:SharedArchiveFile=" + archive) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isOlder(Path archive, Path jar) throws IOException {
        return Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) < 0;
    }

    /** Has a node, in a cluster of its own, do a bit of what nodes do. */
    private static void make(Path archive) throws IOException, InterruptedException {
        Path made = archive.resolveSibling(archive.getFileName() + ".tmp");
        JsonObject configuration = new JsonObject()
                .put("http", JsonObject.of("host", "127.0.0.1", "port", 0))
                .put("streams", JsonObject.of("events", new JsonObject().put("lifetime", "1ms")));
        try (NodeProcess node = NodeProcess.start(
                Path.of(""),
                List.of("-XX:ArchiveClassesAtExit=" + made, "-Xlog:disable"),
                Map.of("SLUICE_MEMBERS", "127.0.0.1:" + FreePorts.any()),
                "-cluster",
                "-conf",
                configuration.encode())) {
            try (InputStream events = URI.create(node.url() + "/events").toURL().openStream()) {
                events.readAllBytes();
            }
            node.terminate();
            node.awaitExit(PATIENCE);
        }
        if (Files.exists(made)) {
            Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
