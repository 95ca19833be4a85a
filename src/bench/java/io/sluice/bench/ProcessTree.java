package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Figures of a process and its descendants, on Linux. Elsewhere each is {@link #UNKNOWN}. */
final class ProcessTree {

    static final long UNKNOWN = -1;

    // The first collection may only queue objects with cleaners.
    private static final int COLLECTIONS = 2;
    private static final long COLLECTION_SECONDS = 60;
    private static final long KILO = 1024;
    // The instances, and their bytes.
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +[0-9]+ +([0-9]+)");

    private final long pid;
    private final boolean descendants;

    private ProcessTree(long pid, boolean descendants) {
        this.pid = pid;
        this.descendants = descendants;
    }

    /** A process with those that it has started, and they. */
    static ProcessTree of(long pid) {
        return new ProcessTree(pid, true);
    }

    /** This process, without the servers that it may have started. */
    static ProcessTree self() {
        return new ProcessTree(ProcessHandle.current().pid(), false);
    }

    /** The time that all their threads have run, in nanoseconds. */
    long cpuNanos() {
        return sum(ProcessTree::cpuNanos);
    }

    /** Their memory, in bytes. */
    long residentBytes() {
        return sum(ProcessTree::residentBytes);
    }

    private interface Figure {
        long of(Path process) throws IOException;
    }

    private long sum(Figure figure) {
        long sum = 0;
        try {
            for (long each : pids()) {
                sum += figure.of(Path.of("/proc", String.valueOf(each)));
            }
        } catch (IOException e) {
            return UNKNOWN;
        }
        return sum == 0 ? UNKNOWN : sum;
    }

    private List<Long> pids() {
        return ProcessHandle.of(pid).stream()
                .flatMap(root -> Stream.concat(Stream.of(root), descendants ? root.descendants() : Stream.empty()))
                .map(ProcessHandle::pid)
                .toList();
    }

    /** By task, because the clock ticks of {@code /proc/PID/stat} are too coarse for a server with little to do. */
    private static long cpuNanos(Path process) throws IOException {
        try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
            return tasks.mapToLong(ProcessTree::runNanos).sum();
        }
    }

    private static long runNanos(Path task) {
        try {
            String text = Files.readString(task.resolve("schedstat"));
            return Long.parseLong(text.substring(0, text.indexOf(' ')));
        } catch (IOException e) {
            // The thread has just ended.
            return 0;
        }
    }

    private static long residentBytes(Path process) throws IOException {
        return KILO
                * Files.readAllLines(process.resolve("smaps_rollup")).stream()
                        .filter(line -> line.startsWith("Rss:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum();
    }

    /** Has a JVM collect its garbage. */
    void collectGarbage() throws IOException, InterruptedException {
        for (int i = 0; i < COLLECTIONS; i++) {
            jcmd("GC.run");
        }
    }

    /** What a JVM has in its heap after a collection, in bytes. */
    long heapBytes() throws IOException, InterruptedException {
        collectGarbage();
        Matcher total = TOTAL.matcher(jcmd("GC.class_histogram"));
        if (!total.find()) {
            throw new IOException("jcmd " + pid + " GC.class_histogram does not say a total");
        }
        return Long.parseLong(total.group(1));
    }

    /** What a JVM says to a command. */
    private String jcmd(String command) throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Path said = Files.createTempFile("jcmd", ".txt");
        try {
            Process process = new ProcessBuilder(jcmd, String.valueOf(pid), command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            if (!process.waitFor(COLLECTION_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroy();
                throw new IOException("jcmd " + pid + ' ' + command + " does not succeed");
            }
            return Files.readString(said);
        } finally {
            Files.delete(said);
        }
    }
}
