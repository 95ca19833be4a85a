package io.sluice.testing.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Packages of npm, for programs of other people. */
public final class NpmPackages {

    private NpmPackages() {}

    /** Copies the files of a directory to another, outside of the source tree, and adds the packages of their lock file there. */
    public static void install(Path source, Path target) throws IOException, InterruptedException {
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        install(target);
    }

    /** Adds the packages of the lock file in a directory, and nothing else. */
    public static void install(Path directory) throws IOException, InterruptedException {
        Path log = directory.resolve("npm.log");
        Process npm = new ProcessBuilder("npm", "ci")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!npm.waitFor(120, TimeUnit.SECONDS) || npm.exitValue() != 0) {
            npm.destroy();
            throw new IOException("npm ci did not succeed: " + Files.readString(log));
        }
    }
}
