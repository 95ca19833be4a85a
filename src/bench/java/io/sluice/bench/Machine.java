package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The machine on which figures are measured. */
final class Machine {

    // Open files that are no connections.
    private static final int SPARE_FILES = 200;
    private static final int PLENTY = 1_000_000;

    private Machine() {}

    static String text() {
        return "machine: %d cores, %s; %s %s; JDK %s, %s%n"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        line("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch")),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("java.version"),
                        System.getProperty("java.vm.name"));
    }

    /** How many files a process may have open, {@code ulimit -n}. */
    static int openFiles() {
        return line("/proc/self/limits", "Max open files")
                .map(line -> line.split("\\s+", -1)[0])
                .filter(limit -> limit.matches("\\d+"))
                .map(Integer::valueOf)
                .orElse(PLENTY);
    }

    /** As many of the wanted connections as there may be open files; says so where that is fewer. */
    static int allow(int connections) {
        int most = openFiles() - SPARE_FILES;
        if (connections > most) {
            System.out.println(
                    "connections: " + most + " in the place of " + connections + ": ulimit -n is " + openFiles());
        }
        return Math.min(connections, most);
    }

    /** The numbers of the cores that this process may use. Empty if they are unknown. */
    static List<Integer> cores() {
        List<Integer> cores = new ArrayList<>();
        for (String range :
                line("/proc/self/status", "Cpus_allowed_list").orElse("").split(",", -1)) {
            String[] ends = range.split("-", -1);
            if (!range.isEmpty()) {
                IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
                        .forEach(cores::add);
            }
        }
        return cores;
    }

    /** The value after a name, in a file of Linux. */
    private static Optional<String> line(String file, String name) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(name.length()).replaceFirst("^[\\s:]+", ""))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
