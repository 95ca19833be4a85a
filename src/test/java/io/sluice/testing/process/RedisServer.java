package io.sluice.testing.process;

import static org.junit.jupiter.api.Assertions.fail;

import io.sluice.testing.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real Redis on a free port, with its files in a directory. It may be ended in any way, and started again. */
public final class RedisServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path directory;
    private final List<String> options;
    private final int port;
    private Process process;

    private RedisServer(Path directory, List<String> options, int port) throws Exception {
        this.directory = directory;
        this.options = options;
        this.port = port;
        this.process = launch();
        awaitReady();
    }

    /** Starts one that keeps nothing, unless options say so. */
    public static RedisServer start(Path directory, String... options) throws Exception {
        return new RedisServer(directory, List.of(options), FreePorts.any());
    }

    /** Starts one that has on disk whatever it has acknowledged. */
    public static RedisServer startDurable(Path directory) throws Exception {
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
        return Programs.require(name, "redis-server").toString();
    }

    private void awaitReady() throws Exception {
        Await.await("Redis answers", PATIENCE, () -> run("ping").matches("PONG|NOAUTH.*") || !process.isAlive());
        if (!process.isAlive()) {
            fail("no Redis: " + Files.readString(directory.resolve("redis.log")));
        }
    }

    public int port() {
        return port;
    }

    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /** Its answer to a command. */
    public String run(String... command) throws Exception {
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
    public void startAgain() throws Exception {
        process = launch();
        awaitReady();
    }

    /** Writes a snapshot, which it is started with again where it is not durable. */
    public void save() throws Exception {
        run("save");
    }

    private void awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            fail("Redis does not end");
        }
    }

    @Override
    public void close() {
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }
}
