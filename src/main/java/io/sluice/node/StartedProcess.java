package io.sluice.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A node that starts in the background, as its log tells of it. */
final class StartedProcess {

    private static final Pattern LISTENS = Pattern.compile("listens on (https?://\\S+)");
    private static final Pattern LAST_LINE = Pattern.compile("(?m)^sluice: (.*)$");
    private static final Duration LOOK = Duration.ofMillis(50);

    /** A cluster may take two minutes to join. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Process process;
    private final Path log;
    private final long begin;

    private StartedProcess(Process process, Path log, long begin) {
        this.process = process;
        this.log = log;
        this.begin = begin;
    }

    /** Starts it; what it prints goes behind what is in the log. */
    static StartedProcess start(List<String> command, Path log) throws IOException {
        long begin = Files.exists(log) ? Files.size(log) : 0;
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new StartedProcess(process, log, begin);
    }

    /**
     * Waits until it listens.
     *
     * @return its URL; empty if it does not
     */
    Optional<String> awaitUrl() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            boolean isAlive = process.isAlive();
            Matcher listens = LISTENS.matcher(printed());
            if (isAlive && listens.find()) {
                return Optional.of(listens.group(1));
            }
            if (!isAlive) {
                return Optional.empty();
            }
            TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
        }
        return Optional.empty();
    }

    /** Ends it if it has not ended, and says in one line why it does not listen. */
    String failure() throws IOException {
        if (process.isAlive()) {
            process.destroy();
            return "it did not listen within " + PATIENCE.toMinutes() + " minutes, and was stopped; see " + log;
        }
        String printed = printed();
        Stream<String> lines = LAST_LINE.matcher(printed).results().map(line -> line.group(1));
        String line = lines.reduce((earlier, later) -> later)
                .orElseGet(() -> "the process ended with status " + process.exitValue() + "; see " + log);
        if (begin == 0 && printed.equals("sluice: " + line + System.lineSeparator())) {
            // There is no more in it than is said here.
            Files.delete(log);
        }
        return line;
    }

    /** The code of a process that has ended. */
    int code() {
        return process.isAlive() ? 1 : Math.max(1, process.exitValue());
    }

    private String printed() throws IOException {
        byte[] all = Files.readAllBytes(log);
        int from = (int) Math.min(begin, all.length);
        return new String(all, from, all.length - from, StandardCharsets.UTF_8);
    }
}
