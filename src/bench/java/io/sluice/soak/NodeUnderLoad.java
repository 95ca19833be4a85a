package io.sluice.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The real jar as a process, and what Linux and the JVM say of it. */
final class NodeUnderLoad implements AutoCloseable {

    private static final Pattern START = Pattern.compile(" listens on http://[^/]+:(\\d+)/");
    private static final long START_MILLIS = 60_000;
    private static final long LOOK_EVERY_MILLIS = 50;
    private static final String LISTENING = "0A";
    private static final String TIME_WAIT = "06";

    private static final String LOGBACK = """
            <configuration>
              <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%%d %%-5level [%%thread] %%logger{0} - %%msg%%n</pattern></encoder>
              </appender>
              <logger name="io.sluice" level="INFO"/>
              <logger name="io.sluice.sse" level="%s"/>
              <root level="WARN"><appender-ref ref="console"/></root>
            </configuration>
            """;

    private final Process process;
    private final Path log;
    private final int port;

    private NodeUnderLoad(Process process, Path log) throws IOException, InterruptedException {
        this.process = process;
        this.log = log;
        this.port = awaitPort();
    }

    /** Starts a node with a configuration, with options of the JVM, and with a logger of subscriptions at a level. */
    static NodeUnderLoad start(Path directory, String json, List<String> options, String level)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path logback = Files.writeString(directory.resolve("logback.xml"), LOGBACK.formatted(level));
        Path configuration = Files.writeString(directory.resolve("node.json"), json);
        Path log = directory.resolve("node.log");
        List<String> command = new ArrayList<>();
        command.add(tool("java"));
        command.addAll(options);
        command.add("-Dlogback.configurationFile=" + logback);
        command.addAll(List.of("-jar", "target/sluice.jar", "run", "io.sluice.node.NodeVerticle", "-conf"));
        command.addAll(List.of(configuration.toString(), "-instances", "2"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            return new NodeUnderLoad(process, log);
        } catch (IOException | RuntimeException e) {
            process.destroy();
            throw e;
        }
    }

    /** Something that can be counted. */
    interface Gauge {
        long read() throws IOException, InterruptedException;
    }

    /** Something that becomes true. */
    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    /** Waits for a condition, as long as the node runs. */
    boolean await(long seconds, Condition condition) throws IOException, InterruptedException {
        long deadline = ClientCrowd.now() + TimeUnit.SECONDS.toMillis(seconds);
        while (!condition.holds()) {
            if (ClientCrowd.now() > deadline || process.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return true;
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private int awaitPort() throws IOException, InterruptedException {
        long deadline = ClientCrowd.now() + START_MILLIS;
        while (ClientCrowd.now() < deadline && !process.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
            Matcher start = START.matcher(Files.readString(log, UTF_8));
            if (start.find()) {
                return Integer.parseInt(start.group(1));
            }
        }
        throw new IllegalStateException("the node does not start: " + Files.readString(log, UTF_8));
    }

    int port() {
        return port;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    Path log() {
        return log;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    // ---- what it holds

    int openFiles() throws IOException {
        try (Stream<Path> files = Files.list(proc("fd"))) {
            return (int) files.count();
        }
    }

    int threads() throws IOException {
        return (int) status("Threads");
    }

    long megabytes() throws IOException {
        return status("VmRSS") / 1024;
    }

    private long status(String name) throws IOException {
        return Files.readAllLines(proc("status")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private Path proc(String name) {
        return Path.of("/proc", String.valueOf(process.pid()), name);
    }

    /** The node's ends of connections, in whatever state a process can hold them. */
    long connections() throws IOException {
        String local = ":%04X".formatted(port);
        List<String> lines = new ArrayList<>(Files.readAllLines(Path.of("/proc/net/tcp")));
        lines.addAll(Files.readAllLines(Path.of("/proc/net/tcp6")));
        return lines.stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(column -> column[1].endsWith(local))
                .filter(column -> !column[3].equals(LISTENING) && !column[3].equals(TIME_WAIT))
                .count();
    }

    /** Live instances after a full collection, of all classes whose names match. */
    long instances(String pattern) throws IOException, InterruptedException {
        Pattern name = Pattern.compile(pattern);
        return histogram().stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(column -> column.length >= 4 && name.matcher(column[3]).matches())
                .mapToLong(column -> Long.parseLong(column[1]))
                .sum();
    }

    /** Lines of rank, instances, bytes, class. */
    private List<String> histogram() throws IOException, InterruptedException {
        Path file = log.resolveSibling("histogram.txt");
        Process jcmd = new ProcessBuilder(tool("jcmd"), String.valueOf(process.pid()), "GC.class_histogram")
                .redirectErrorStream(true)
                .redirectOutput(file.toFile())
                .start();
        if (!jcmd.waitFor(60, TimeUnit.SECONDS) || jcmd.exitValue() != 0) {
            throw new IllegalStateException("jcmd fails: " + Files.readString(file, UTF_8));
        }
        return Files.readAllLines(file, UTF_8);
    }

    // ---- what it said

    /** The lines of its log in which a pattern is found. */
    List<String> said(String pattern) throws IOException {
        Pattern part = Pattern.compile(pattern);
        try (Stream<String> lines = Files.lines(log, UTF_8)) {
            return lines.filter(line -> part.matcher(line).find()).toList();
        }
    }

    /** Asks it to end. */
    int terminate() throws InterruptedException {
        process.toHandle().destroy();
        return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
