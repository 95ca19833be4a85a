package io.sluice.testing.process;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A program in another process, and the lines that it prints. */
public final class PrintingProcess implements AutoCloseable {

    // The go command compiles first.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<String> command;
    private final Process process;
    // It is guarded by this.
    private final List<String> lines = new ArrayList<>();

    private PrintingProcess(List<String> command) throws IOException {
        this.command = command;
        this.process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT) // into the build's log
                .start();
    }

    public static PrintingProcess start(List<String> command) throws IOException {
        PrintingProcess started = new PrintingProcess(command);
        new Thread(started::read, command.get(0)).start();
        return started;
    }

    private void read() {
        try (BufferedReader text =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            text.lines().forEach(this::take);
        } catch (IOException | UncheckedIOException e) {
            // it was ended
        }
    }

    private synchronized void take(String line) {
        lines.add(line);
        notifyAll();
    }

    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** Waits until it has printed so many lines, and has them all. */
    public List<String> await(int count) throws InterruptedException {
        return await(count, line -> true);
    }

    /** Waits until it has printed so many such lines, and has them all. */
    public synchronized List<String> await(int count, Predicate<String> such) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (lines.stream().filter(such).count() < count) {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (millis <= 0) {
                fail(command + " has printed " + lines + " and no more");
            }
            wait(millis);
        }
        return lines.stream().filter(such).toList();
    }

    /** Waits for its end, by itself. */
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            fail(command + " still runs; it has printed " + lines());
        }
        return process.exitValue();
    }

    /** Ends it, and what it has started. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.toHandle().destroy();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
