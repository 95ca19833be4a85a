package io.sluice.bench;

import io.sluice.testing.process.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program of the tutorials, on Node.js. */
final class Express implements Contender {

    static final String NAME = "express";

    private static final Path SOURCE = Path.of("src", "bench", "express");
    private static final List<String> FILES = List.of(".npmrc", "package.json", "package-lock.json", "server.js");
    private static final long NPM_SECONDS = 120;

    private final Cores cores;

    Express(Cores cores) {
        this.cores = cores;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String lacks() {
        boolean there =
                Programs.find("node").isPresent() && Programs.find("npm").isPresent();
        return there ? "" : "there is no Node.js with npm; apt-get install nodejs npm";
    }

    @Override
    public Server start(Path directory) throws IOException, InterruptedException {
        boolean installed = isInstalled(directory);
        for (String file : FILES) {
            Files.copy(SOURCE.resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!installed) {
            installPackages(directory);
        }
        return Server.start(cores.onServerCore(List.of("node", "server.js")), directory, 0);
    }

    /** Whether the packages are there, and those that the source wants. */
    private static boolean isInstalled(Path directory) throws IOException {
        Path lock = directory.resolve("package-lock.json");
        // npm writes this file last.
        return Files.exists(directory.resolve("node_modules").resolve(".package-lock.json"))
                && Files.exists(lock)
                && Files.mismatch(lock, SOURCE.resolve("package-lock.json")) < 0;
    }

    /** Adds the packages of the lock file, and nothing else. */
    private static void installPackages(Path directory) throws IOException, InterruptedException {
        Path log = directory.resolve("npm.log");
        Process npm = new ProcessBuilder("npm", "ci")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!npm.waitFor(NPM_SECONDS, TimeUnit.SECONDS) || npm.exitValue() != 0) {
            npm.destroy();
            throw new IOException("npm ci does not succeed, and says: "
                    + Files.readString(log).strip());
        }
    }
}
