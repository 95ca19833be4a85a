package io.sluice.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The options of a comparison.
 *
 * @param seconds of each measurement
 * @param warmUp seconds that a server gets when it has started
 * @param connections the most that there may be
 */
record ComparisonOptions(
        List<Contender> contenders,
        List<Scenario> scenarios,
        int rounds,
        int seconds,
        int warmUp,
        int connections,
        Cores cores) {

    private static final Set<String> NAMES = Set.of(
            "--servers",
            "--scenarios",
            "--rounds",
            "--seconds",
            "--warm-up",
            "--connections",
            "--transport",
            "--cores",
            "--jar");

    private static final String SERVERS = String.join(",", SluiceNode.NAME, Nchan.NAME, Express.NAME);
    private static final String SCENARIOS = "A1,A16,B1k,C10k";

    ComparisonOptions {
        contenders = List.copyOf(contenders);
        scenarios = List.copyOf(scenarios);
    }

    /** @throws IllegalArgumentException that names what is wrong, and what is expected */
    static ComparisonOptions of(List<String> given) {
        Arguments arguments = new Arguments(given, NAMES, Set.of());
        Cores cores = Cores.of(arguments.text("--cores", ""));
        Path jar = Path.of(arguments.text("--jar", "target/sluice.jar"));
        String transport = arguments.text("--transport", "auto");
        List<Scenario> scenarios =
                list(arguments.text("--scenarios", SCENARIOS)).map(Scenario::of).toList();
        int most = scenarios.stream()
                .mapToInt(scenario -> scenario.connections)
                .max()
                .orElseThrow();
        return new ComparisonOptions(
                list(arguments.text("--servers", SERVERS))
                        .map(name -> contender(name, jar, transport, cores))
                        .toList(),
                scenarios,
                arguments.integer("--rounds", 3, 1),
                arguments.integer("--seconds", 4, 1),
                arguments.integer("--warm-up", 10, 0),
                Machine.allow(Math.min(most, arguments.integer("--connections", most, 1))),
                cores);
    }

    private static Stream<String> list(String text) {
        return Stream.of(text.split(",", -1));
    }

    private static Contender contender(String name, Path jar, String transport, Cores cores) {
        return switch (name) {
            case SluiceNode.NAME, SluiceNode.MEASURED, SluiceNode.NAMED, SluiceNode.TOPICS ->
                new SluiceNode(name, jar, transport, cores);
            case Nchan.NAME -> new Nchan(cores);
            case Express.NAME -> new Express(cores);
            default ->
                throw new IllegalArgumentException("server " + name + ": expected one of " + SERVERS + ","
                        + SluiceNode.MEASURED + "," + SluiceNode.NAMED + "," + SluiceNode.TOPICS);
        };
    }
}
