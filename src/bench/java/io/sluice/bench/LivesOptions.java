package io.sluice.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The options of {@link StreamLives}.
 *
 * @param atOnce how many streams live at a time
 * @param seconds those that are measured
 * @param events of each stream
 * @param size of an event's data, in bytes
 * @param quiet the streams without a subscriber whose heap is measured
 */
record LivesOptions(int atOnce, int seconds, int events, int size, int quiet, Path jar, Cores cores) {

    private static final Set<String> NAMES =
            Set.of("--at-once", "--seconds", "--events", "--size", "--quiet", "--jar", "--cores");

    /** @throws IllegalArgumentException that names what is wrong, and what is expected */
    static LivesOptions of(List<String> given) {
        Arguments arguments = new Arguments(given, NAMES, Set.of());
        return new LivesOptions(
                arguments.integer("--at-once", 32, 1),
                arguments.integer("--seconds", 10, 1),
                arguments.integer("--events", 200, 1),
                arguments.integer("--size", 100, 0),
                arguments.integer("--quiet", 10_000, 10),
                Path.of(arguments.text("--jar", "target/sluice.jar")),
                Cores.of(arguments.text("--cores", "")));
    }
}
