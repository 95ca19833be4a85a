package io.sluice.testing.client;

import io.sluice.testing.process.NpmPackages;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/** A client in another process, which prints a line of JSON for each event. */
public final class ProcessClient implements AutoCloseable {

    private static final Path SOURCE = Path.of("src", "test", "clients");
    private static final Path TARGET = Path.of("target", "clients");

    private final Process process;

    private ProcessClient(Process process) {
        this.process = process;
    }

    /** Starts it where {@link #install} has put the programs. */
    public static ProcessClient start(EventRecorder ear, String... command) throws IOException {
        ProcessClient client = new ProcessClient(new ProcessBuilder(command)
                .directory(TARGET.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD) // where some tell of each lost connection
                .start());
        new Thread(() -> client.read(ear), command[0]).start();
        return client;
    }

    private void read(EventRecorder ear) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(line -> ear.hear(ReceivedEvent.parse(line)));
        } catch (IOException | UncheckedIOException e) {
            // it was ended
        }
    }

    /** Ends it, and what it has started. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.toHandle().destroy();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    // ---- the programs

    /** Copies the programs to the build's directory, so that the source tree stays clean. */
    public static void install() throws IOException {
        Files.walkFileTree(SOURCE, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path copy = TARGET.resolve(SOURCE.relativize(file));
                Files.createDirectories(copy.resolveSibling(""));
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Adds the packages of the lock file, and nothing else. Once: several classes of tests run at a time, and all take these. */
    public static void installPackages() throws IOException, InterruptedException {
        Path wanted = TARGET.resolve("package-lock.json");
        Path installed = TARGET.resolve("installed-lock.json");
        try (FileChannel channel = FileChannel.open(
                        TARGET.resolve("npm.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            boolean isThere = lock.isValid()
                    && Files.exists(installed)
                    && Files.readString(installed).equals(Files.readString(wanted));
            if (!isThere) {
                NpmPackages.install(TARGET);
                Files.copy(wanted, installed, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
