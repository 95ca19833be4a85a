package io.sluice.testing.process;

import static java.util.function.Predicate.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The real jar as a process, {@code java -jar target/sluice.jar}, or the one with all languages, with all that it
 * prints. Closing it ends it, and fails the test where it said that an event loop was blocked or a buffer leaked.
 */
public final class NodeProcess implements AutoCloseable {

    // The time for a start, on a busy machine.
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    // The build's options for the JVMs of the tests: see test.jvm in the pom.
    private static final List<String> JVM = Stream.of(
                    System.getProperty("sluice.test.jvm", "").split(" ", -1))
            .filter(not(String::isEmpty))
            .toList();
    // Options that may not go with an archive of classes.
    private static final Pattern OF_THE_JVM = Pattern.compile("^(@|-XX|-javaagent)");
    private static final Pattern START =
            Pattern.compile(".* listens on https?://([^/]+):(\\d+)/ with (\\d+) event loops?.*");
    private static final Pattern TROUBLE = Pattern.compile("WARN|ERROR|Exception|^\\s+at ");
    private static final Pattern LEAK = Pattern.compile("LEAK:");
    private static final Pattern ALARM = Pattern.compile("has been blocked for|" + LEAK);

    private final Process process;
    private final List<String> out = Collections.synchronizedList(new ArrayList<>());
    private final List<String> err = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Matcher> started = new CompletableFuture<>();
    private final CompletableFuture<Void> lastWord;
    private volatile boolean paused;

    private NodeProcess(Process process) {
        this.process = process;
        this.lastWord = CompletableFuture.allOf(
                        read(process.getInputStream(), out), read(process.getErrorStream(), err))
                .whenComplete((v, e) -> started.completeExceptionally(new IllegalStateException("it has ended")));
    }

    /** Starts the jar with these arguments, in this process's directory. */
    public static NodeProcess start(String... arguments) throws IOException {
        return startIn(Path.of(""), arguments);
    }

    public static NodeProcess startIn(Path directory, String... arguments) throws IOException {
        return start(directory, List.of(), arguments);
    }

    /** Starts it with options for the JVM. */
    public static NodeProcess start(Path directory, List<String> options, String... arguments) throws IOException {
        return start(directory, options, Map.of(), arguments);
    }

    /** Starts it with options for the JVM and something in its environment. */
    public static NodeProcess start(
            Path directory, List<String> options, Map<String, String> environment, String... arguments)
            throws IOException {
        return start(List.of(), jar(), directory, options, environment, arguments);
    }

    /** Starts it with something before the command. */
    public static NodeProcess start(
            List<String> prefix, List<String> options, Map<String, String> environment, String... arguments)
            throws IOException {
        return start(prefix, jar(), Path.of(""), options, environment, arguments);
    }

    /** Starts the jar with the languages. */
    public static NodeProcess startPolyglot(Path directory, Map<String, String> environment, String... arguments)
            throws IOException {
        Path jar = Path.of(System.getProperty("sluice-polyglot.jar", "target/sluice-polyglot.jar"));
        return start(List.of(), jar, directory, List.of(), environment, arguments);
    }

    /** Starts the node's main class with more than the jar in its class path. */
    public static NodeProcess startWith(Path classes, String... arguments) throws IOException {
        String classPath = jar() + File.pathSeparator + classes;
        List<String> program = List.of("-cp", classPath, "io.sluice.node.Main");
        return launch(List.of(), program, Path.of(""), List.of(), Map.of(), arguments);
    }

    /** Starts the node's main class out of this process's class path, in place of the jar. */
    public static NodeProcess startFromClassPath(
            Path directory, List<String> options, Map<String, String> environment, String... arguments)
            throws IOException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        return launch(
                List.of(),
                List.of("-cp", classPath, "io.sluice.node.Main"),
                directory,
                options,
                environment,
                arguments);
    }

    private static Path jar() {
        return Path.of(System.getProperty("sluice.jar", "target/sluice.jar"));
    }

    private static NodeProcess start(
            List<String> prefix,
            Path jar,
            Path directory,
            List<String> options,
            Map<String, String> environment,
            String... arguments)
            throws IOException {
        List<String> program = new ArrayList<>();
        if (jar.equals(jar()) && options.stream().noneMatch(OF_THE_JVM.asPredicate())) {
            program.addAll(SharedClasses.of(jar.toAbsolutePath()));
        }
        program.addAll(List.of("-jar", jar.toAbsolutePath().toString()));
        return launch(prefix, program, directory, options, environment, arguments);
    }

    private static NodeProcess launch(
            List<String> prefix,
            List<String> program,
            Path directory,
            List<String> options,
            Map<String, String> environment,
            String... arguments)
            throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(java.toString(), "-Dio.netty.leakDetection.level=paranoid"));
        command.addAll(JVM);
        command.addAll(options);
        command.addAll(program);
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toAbsolutePath().toFile());
        // The JVM announces this variable on the standard error stream.
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(environment);
        return new NodeProcess(builder.start());
    }

    /** Reads line by line in another thread, to the last one. */
    private CompletableFuture<Void> read(InputStream in, List<String> lines) {
        return CompletableFuture.runAsync(
                () -> {
                    try (BufferedReader text = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                        text.lines().forEach(line -> take(line, lines));
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> new Thread(task, "node-" + process.pid()).start());
    }

    private void take(String line, List<String> lines) {
        // The build's log has the line, too.
        System.out.println("node " + process.pid() + ": " + line);
        synchronized (lines) {
            lines.add(line);
            lines.notifyAll();
        }
        Matcher start = START.matcher(line);
        if (start.matches()) {
            started.complete(start);
        }
    }

    // ---- a node that runs

    /** Waits for the start line. */
    public NodeProcess awaitStart() throws InterruptedException {
        start();
        return this;
    }

    public int port() throws InterruptedException {
        return Integer.parseInt(start().group(2));
    }

    public int eventLoops() throws InterruptedException {
        return Integer.parseInt(start().group(3));
    }

    /** Its address; loopback if it listens everywhere. */
    private String host() throws InterruptedException {
        String host = start().group(1);
        return host.equals("localhost") ? "127.0.0.1" : host;
    }

    public String url() throws InterruptedException {
        return "http://" + host() + ':' + port();
    }

    /** Waits until a part of a line on its standard output matches, if none did yet. */
    public Matcher awaitLine(String pattern) throws InterruptedException {
        return awaitLine(pattern, 1);
    }

    /** Waits until a part of that many lines matches, and has the last of them. */
    public Matcher awaitLine(String pattern, int times) throws InterruptedException {
        Pattern part = Pattern.compile(pattern);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        synchronized (out) {
            int found = 0;
            for (int next = 0; ; ) {
                for (; next < out.size(); next++) {
                    Matcher matcher = part.matcher(out.get(next));
                    if (matcher.find() && ++found == times) {
                        return matcher;
                    }
                }
                long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (millis <= 0) {
                    return fail("the node did not say " + pattern);
                }
                out.wait(millis);
            }
        }
    }

    private Matcher start() throws InterruptedException {
        try {
            return started.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return fail("the node did not start; it said " + out + " and " + err, e);
        }
    }

    public long pid() {
        return process.pid();
    }

    // ---- its end

    /** Asks it to end, as {@code kill} does. Not {@link Process#destroy()}, which also closes what it says. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /**
     * Has it stand still until {@link #resume}: nothing of it runs, and the system keeps its sockets open. From now on it may say
     * that its threads were blocked.
     */
    public void pause() throws IOException, InterruptedException {
        paused = true;
        signal("-STOP");
    }

    public void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    /** Asks it to read its configuration again, as {@code kill -HUP} does. */
    public void hangUp() throws IOException, InterruptedException {
        signal("-HUP");
    }

    /** Lets it open so many files more than it has open now: its {@code ulimit -n}. */
    public void limitFiles(int more) throws IOException, InterruptedException {
        long limit;
        try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(process.pid()), "fd"))) {
            limit = open.count() + more;
        }
        Process prlimit = new ProcessBuilder("prlimit", "--pid=" + process.pid(), "--nofile=" + limit + ":" + limit)
                .redirectErrorStream(true)
                .start();
        assertEquals(0, prlimit.waitFor(), () -> "prlimit of " + process.pid());
    }

    private void signal(String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("/bin/kill", signal, String.valueOf(process.pid()))
                .redirectErrorStream(true)
                .start();
        assertEquals(0, kill.waitFor(), () -> "kill " + signal + " " + process.pid());
    }

    /** Asks it to end, as Ctrl-C does. */
    public void interrupt() throws IOException, InterruptedException {
        signal("-INT");
    }

    /** Ends it at once, as {@code kill -9} does. */
    public void kill() {
        process.toHandle().destroyForcibly();
    }

    /** Waits for it to end by itself, and has all that it said. */
    public int awaitExit(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            fail("the node still runs after " + patience.toMillis() + " ms; it said " + out + " and " + err);
        }
        awaitLastWord();
        return process.exitValue();
    }

    public List<String> out() {
        return List.copyOf(out);
    }

    public List<String> err() {
        return List.copyOf(err);
    }

    /** It has not said what its user should not have to read. */
    public void assertQuiet() {
        assertQuietBut(Pattern.compile("(?!)"));
    }

    /** So, but for lines in which this is. */
    public void assertQuietBut(Pattern expected) {
        assertEquals(List.of(), err());
        List<String> trouble = DoubleCompletion.removedFrom(out()).stream()
                .filter(TROUBLE.asPredicate())
                .filter(not(expected.asPredicate()))
                .toList();
        assertEquals(List.of(), trouble);
    }

    @Override
    public void close() {
        terminate();
        process.onExit()
                .completeOnTimeout(process, 10, TimeUnit.SECONDS)
                .thenAccept(ended -> ended.toHandle().destroyForcibly())
                .join();
        awaitLastWord();
        List<String> alarms = Stream.concat(out().stream(), err().stream())
                .filter((paused ? LEAK : ALARM).asPredicate())
                .toList();
        assertEquals(List.of(), alarms, "what a node said of blocked threads and leaks");
    }

    private void awaitLastWord() {
        lastWord.copy().orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
    }
}
