package io.sluice.testing.process;

import static org.junit.jupiter.api.Assertions.fail;

import io.sluice.testing.Skipped;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A real Redis on a port of its own, with its files in a directory of its own; it may be ended in any way, and started again. */
public final class RedisServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long BETWEEN_TRIES_MILLIS = 20;

    private final Path directory;
    private final List<String> options;
    private final int port;
    private Process process;

    private RedisServer(Path directory, List<String> options, int port) throws IOException, InterruptedException {
        this.directory = directory;
        this.options = options;
        this.port = port;
        this.process = launch();
        awaitReady();
    }

    /** Starts one that keeps nothing, unless options say so. */
    public static RedisServer start(Path directory, String... options) throws IOException, InterruptedException {
        return new RedisServer(directory, List.of(options), freePort());
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    /** Starts one that has on disk whatever it has acknowledged. */
    public static RedisServer startDurable(Path directory) throws IOException, InterruptedException {
        return start(directory, "--appendonly", "yes", "--appendfsync", "always");
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(program("redis-server"), "--bind", "127.0.0.1", "--save", ""));
        command.addAll(List.of("--port", String.valueOf(port), "--dir", directory.toString()));
        command.addAll(options);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("redis.log").toFile()))
                .start();
    }

    private static String program(String name) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(part -> new File(part, name))
                .filter(File::canExecute)
                .findFirst()
                .map(File::toString)
                .orElseThrow(() -> Skipped.because(
                        "the test with " + name, "it is not on the PATH; apt-get install redis-server"));
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!run("ping").matches("PONG|NOAUTH.*")) {
            if (System.nanoTime() > deadline || ends(BETWEEN_TRIES_MILLIS)) {
                fail("no Redis: " + Files.readString(directory.resolve("redis.log")));
            }
        }
    }

    public int port() {
        return port;
    }

    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /** What it answers to a command. */
    public String run(String... command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(program("redis-cli"), "-p", String.valueOf(port)));
        all.addAll(List.of(command));
        Process client = new ProcessBuilder(all).redirectErrorStream(true).start();
        String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        client.waitFor();
        return answer;
    }

    // ---- its ends

    /** As SIGTERM does. */
    public void stop() throws InterruptedException {
        process.toHandle().destroy();
        awaitEnd();
    }

    /** As {@code kill -9} does. */
    public void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        awaitEnd();
    }

    /** Starts it again with the files that it has. */
    public void startAgain() throws IOException, InterruptedException {
        process = launch();
        awaitReady();
    }

    /** Writes a snapshot, which it is started with again where it is not durable. */
    public void save() throws IOException, InterruptedException {
        run("save");
    }

    private void awaitEnd() throws InterruptedException {
        if (!ends(PATIENCE.toMillis())) {
            fail("Redis does not end");
        }
    }

    private boolean ends(long millis) throws InterruptedException {
        try {
            process.onExit().get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }
}
