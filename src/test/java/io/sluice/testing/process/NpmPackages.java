package io.sluice.testing.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Packages of npm, for programs of other people. */
public final class NpmPackages {

    private NpmPackages() {}

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
