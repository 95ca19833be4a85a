package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The node beside its peers: each has its turn at each scenario in each round, in one order and then in the other. For the
 * scenarios with events all stay up, idle, while one has its turn; for those that only connect each turn has a fresh server.
 */
final class Comparison {

    private static final Path DIRECTORY = Path.of("target", "bench");
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

    private static final List<String> PEERS = List.of(Nchan.NAME, Express.NAME); // to hold the others to
    private static final int SPARE_FILES = 200;
    private static final int EACH_WARM_UP = 1; // seconds, before those of a measurement

    private final List<Contender> contenders;
    private final List<Scenario> scenarios;
    private final int rounds;
    private final int seconds;
    private final int warmUp;
    private final int connections;
    private final Cores cores;
    private final Results results = new Results();

    /** @throws IllegalArgumentException that names what is wrong, and what is expected */
    Comparison(List<String> given) {
        Arguments arguments = new Arguments(given, NAMES, Set.of());
        cores = Cores.of(arguments.text("--cores", ""));
        Path jar = Path.of(arguments.text("--jar", System.getProperty("sluice.jar", "target/sluice.jar")));
        List<Contender> all = List.of(
                new SluiceNode(jar, arguments.text("--transport", "auto"), cores),
                new Nchan(cores),
                new Express(cores));
        contenders = chosen(
                all, List.of(arguments.text("--servers", "sluice,nchan,express").split(",", -1)));
        scenarios = Stream.of(arguments.text("--scenarios", "A1,A16,B1k,C10k").split(",", -1))
                .map(Scenario::of)
                .toList();
        rounds = arguments.integer("--rounds", 3, 1);
        seconds = arguments.integer("--seconds", 4, 1);
        warmUp = arguments.integer("--warm-up", 10, 0);
        connections = arguments.integer("--connections", Integer.MAX_VALUE, 1);
    }

    private static List<Contender> chosen(List<Contender> all, List<String> names) {
        Map<String, Contender> byName = all.stream().collect(Collectors.toMap(Contender::name, c -> c));
        if (!byName.keySet().containsAll(names)) {
            throw new IllegalArgumentException("--servers " + names + ": expected some of " + byName.keySet());
        }
        return names.stream().map(byName::get).toList();
    }

    /** Compares, prints a table, and answers whether the node was there and has made no mistake. */
    boolean run() throws IOException, InterruptedException {
        System.out.print(Machine.text());
        System.out.println(cores.text());
        scenarios.forEach(scenario -> System.out.println(scenario.title() + ": " + scenario.what));
        warnOfFiles();
        cores.moveHere();
        List<Contender> present = contenders.stream().filter(Comparison::isHere).toList();
        try (Loop loop = new Loop()) {
            load(present, loop);
            hold(present, loop);
        }
        print();
        return contenders.stream().noneMatch(SluiceNode.class::isInstance) || results.isWhole(SluiceNode.NAME);
    }

    private static boolean isHere(Contender contender) {
        String lacks = contender.lacks();
        if (!lacks.isEmpty()) {
            leaveOut(contender, lacks);
        }
        return lacks.isEmpty();
    }

    private static void leaveOut(Contender contender, String why) {
        System.out.println(contender.name() + " is left out: " + why);
    }

    // ---- who has a turn when

    /** What one contender does in one round. */
    private interface Turn {
        void take(Scenario scenario, Contender contender, int round) throws IOException, InterruptedException;
    }

    private void takeTurns(boolean idle, Collection<Contender> who, Turn turn)
            throws IOException, InterruptedException {
        List<Contender> order = new ArrayList<>(who);
        for (int round = 0; round < rounds; round++) {
            for (Scenario scenario : scenarios) {
                if (scenario.isIdle() == idle) {
                    for (Contender contender : order) {
                        turn.take(scenario, contender, round);
                    }
                }
            }
            Collections.reverse(order);
        }
    }

    /** The scenarios with events. */
    private void load(List<Contender> present, Loop loop) throws IOException, InterruptedException {
        if (scenarios.stream().allMatch(Scenario::isIdle)) {
            return;
        }
        Map<Contender, Server> servers = new LinkedHashMap<>();
        try {
            for (Contender contender : present) {
                start(contender).ifPresent(server -> servers.put(contender, server));
            }
            for (Map.Entry<Contender, Server> each : servers.entrySet()) {
                warmUp(each.getKey(), each.getValue(), loop);
            }
            takeTurns(false, servers.keySet(), (scenario, contender, round) -> {
                Server server = Objects.requireNonNull(servers.get(contender));
                results.add(scenario, round, contender.name(), measure(scenario, contender, server, round, loop));
            });
        } finally {
            servers.values().forEach(Server::close);
        }
    }

    /** The scenarios that only connect: a server that has served before would keep what it needed then. */
    private void hold(List<Contender> present, Loop loop) throws IOException, InterruptedException {
        takeTurns(true, present, (scenario, contender, round) -> {
            Optional<Server> fresh = start(contender);
            if (fresh.isPresent()) {
                try (Server server = fresh.get()) {
                    results.add(scenario, round, contender.name(), measure(scenario, contender, server, round, loop));
                }
            }
        });
    }

    private static Optional<Server> start(Contender contender) throws InterruptedException {
        try {
            return Optional.of(contender.start(Files.createDirectories(DIRECTORY.resolve(contender.name()))));
        } catch (IOException e) {
            leaveOut(contender, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    // ---- one turn

    /** Lets a JIT compiler see both what travels together and what does not. */
    private void warmUp(Contender contender, Server server, Loop loop) throws IOException, InterruptedException {
        Progress progress = new Progress("warm-up " + contender.name());
        for (Scenario scenario : List.of(Scenario.A16, Scenario.A1)) {
            if (warmUp > 1) {
                new LoadRun(scenario.load(contender, server, most(), 0, warmUp / 2), loop, progress).run();
            }
        }
        progress.conclude("done");
    }

    private LoadReport measure(Scenario scenario, Contender contender, Server server, int round, Loop loop)
            throws IOException, InterruptedException {
        Progress progress =
                new Progress("round %d/%d %s %s".formatted(round + 1, rounds, scenario.title(), contender.name()));
        LoadOptions options = scenario.load(contender, server, most(), EACH_WARM_UP, seconds);
        LoadReport report = new LoadRun(options, loop, progress).run();
        progress.conclude(scenario.figures().stream()
                .map(figure -> figure.text(figure.of(report)) + " " + figure.title)
                .collect(Collectors.joining(", ")));
        return report;
    }

    /** How many connections there may be. */
    private int most() {
        return Math.min(connections, Machine.openFiles() - SPARE_FILES);
    }

    private void warnOfFiles() {
        int wanted = scenarios.stream()
                .mapToInt(scenario -> scenario.connections)
                .max()
                .orElse(0);
        if (Math.min(wanted, connections) > most()) {
            System.out.println("connections: at most " + most() + ", because ulimit -n is " + Machine.openFiles());
        }
    }

    // ---- what has come of it

    private void print() {
        List<String> names =
                contenders.stream().map(Contender::name).filter(results::has).toList();
        String base = PEERS.stream().filter(names::contains).findFirst().orElse("");
        System.out.println();
        System.out.print(results.table(names, base));
        System.out.println("medians of " + rounds + " rounds of " + seconds
                + " s; a ratio is the median of those of each round, with the least and the greatest");
        results.notes().forEach(System.out::println);
    }
}
