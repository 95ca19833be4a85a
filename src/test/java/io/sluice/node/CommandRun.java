package io.sluice.node;

import io.sluice.cli.Console;
import io.sluice.testing.Await;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A command that runs in this process, in a thread of its own, and what it prints. */
final class CommandRun {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final CompletableFuture<Integer> code = new CompletableFuture<>();

    private CommandRun() {}

    /** What a command does with its arguments. */
    interface Command {
        int run(List<String> arguments, Console console) throws InterruptedException;
    }

    static CommandRun start(Command command, String input, String... arguments) {
        CommandRun run = new CommandRun();
        Console console = new Console(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(run.out, false, StandardCharsets.UTF_8),
                new PrintStream(run.err, true, StandardCharsets.UTF_8),
                false,
                false);
        Thread thread = new Thread(() -> run.run(command, List.of(arguments), console), "command");
        thread.setDaemon(true);
        thread.start();
        return run;
    }

    private void run(Command command, List<String> arguments, Console console) {
        try {
            code.complete(command.run(arguments, console));
        } catch (InterruptedException | RuntimeException e) {
            code.completeExceptionally(e);
        }
    }

    int awaitCode() throws Exception {
        return code.get(30, TimeUnit.SECONDS);
    }

    /** Waits until it has printed so many lines, and has them all. */
    List<String> awaitLines(int count) throws Exception {
        Await.await(count + " lines, there are " + out() + err(), () -> out().size() >= count);
        return out();
    }

    List<String> out() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    List<String> err() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
