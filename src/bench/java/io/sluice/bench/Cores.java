package io.sluice.bench;

import io.sluice.testing.process.Programs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One core for the servers, another for the load generator, so that neither takes from the other. */
final class Cores {

    private static final String NONE = "none";

    private final Optional<Path> taskset;
    private final String server;
    private final String client;

    private Cores(Optional<Path> taskset, String server, String client) {
        this.taskset = taskset;
        this.server = server;
        this.client = client;
    }

    /** Of a text as {@code 0,1}, or {@code none}, or nothing for the first two that may be used. */
    static Cores of(String text) {
        String wanted = text.isEmpty() ? firstTwo() : text;
        String[] cores = wanted.split(",", -1);
        if (wanted.equals(NONE) || Programs.find("taskset").isEmpty()) {
            return new Cores(Optional.empty(), NONE, NONE);
        }
        if (!wanted.matches("\\d+,\\d+")) {
            throw new IllegalArgumentException("--cores " + text + ": expected two numbers as 0,1, or none");
        }
        return new Cores(Programs.find("taskset"), cores[0], cores[1]);
    }

    private static String firstTwo() {
        List<Integer> cores = Machine.cores();
        return cores.size() < 2 ? NONE : cores.get(0) + "," + cores.get(1);
    }

    String text() {
        return taskset.isEmpty()
                ? "cores: servers and load generator share what there is"
                : "cores: " + server + " for the servers, " + client + " for the load generator";
    }

    /** The command by which a server starts on its core. */
    List<String> onServerCore(List<String> command) {
        return taskset.map(path -> Stream.concat(Stream.of(path.toString(), "-c", server), command.stream())
                        .toList())
                .orElse(command);
    }

    /** Moves this process to the load generator's core. */
    void moveHere() throws IOException, InterruptedException {
        if (taskset.isPresent()) {
            String pid = String.valueOf(ProcessHandle.current().pid());
            List<String> command = new ArrayList<>(List.of(taskset.get().toString(), "-a", "-c", "-p", client, pid));
            int status = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IOException("taskset does not succeed: " + command);
            }
        }
    }
}
