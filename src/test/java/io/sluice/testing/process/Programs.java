package io.sluice.testing.process;

import io.sluice.testing.Skipped;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs that this machine may have. */
public final class Programs {

    /** Debian keeps some where only root looks. */
    private static final String FOR_ROOT = "/usr/sbin";

    private Programs() {}

    /** The first of these programs that there is. */
    public static Optional<Path> find(String... names) {
        List<String> directories =
                List.of((System.getenv("PATH") + File.pathSeparator + FOR_ROOT).split(File.pathSeparator, -1));
        return Stream.of(names)
                .flatMap(name -> directories.stream().map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A program. Skips the test where there is none. */
    public static Path require(String name, String debianPackage) {
        return find(name)
                .orElseThrow(() -> Skipped.because(
                        "the test with " + name, "it is not on the PATH; apt-get install " + debianPackage));
    }
}
