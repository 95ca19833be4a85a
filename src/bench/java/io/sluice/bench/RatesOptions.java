package io.sluice.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The options of {@link Rates}.
 *
 * @param perSecond the events of each topic in a second
 * @param rate the writes a second to each reader that asks for it
 * @param seconds of each measurement, and before it
 */
record RatesOptions(int connections, int topics, int perSecond, int rate, int seconds, Path jar, Cores cores) {

    private static final Set<String> NAMES =
            Set.of("--connections", "--topics", "--per-second", "--rate", "--seconds", "--jar", "--cores");

    /** @throws IllegalArgumentException that names what is wrong, and what is expected */
    static RatesOptions of(List<String> given) {
        Arguments arguments = new Arguments(given, NAMES, Set.of());
        return new RatesOptions(
                Machine.allow(arguments.integer("--connections", 1000, 1)),
                arguments.integer("--topics", 50, 1),
                arguments.integer("--per-second", 20, 1),
                arguments.integer("--rate", 5, 1),
                arguments.integer("--seconds", 5, 1),
                Path.of(arguments.text("--jar", "target/sluice.jar")),
                Cores.of(arguments.text("--cores", "")));
    }
}
