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
import java.util.stream.Collectors;

/**
 * The node beside its peers: each has its turn at each scenario in each round, in one order and then in the other. For the
 * scenarios with events all stay up, idle, while one has its turn; for those that only connect each turn has a fresh server.
 */
final class Comparison {

    private static final Path DIRECTORY = Path.of("target", "bench");
    // The other contenders are compared with the first of these.
    private static final List<String> PEERS = List.of(Nchan.NAME, Express.NAME, SluiceNode.TOPICS, SluiceNode.NAME);
    // Seconds of load before each measurement.
    private static final int EACH_WARM_UP = 1;

    private final ComparisonOptions options;
    private final Results results = new Results();

    Comparison(ComparisonOptions options) {
        this.options = options;
    }

    /** Compares, prints a table, and answers whether the node was there and has made no mistake. */
    boolean run() throws IOException, InterruptedException {
        System.out.print(Machine.text());
        System.out.println(options.cores().text());
        options.scenarios().forEach(scenario -> System.out.println(scenario.title() + ": " + scenario.what));
        options.cores().moveHere();
        List<Contender> present =
                options.contenders().stream().filter(Comparison::isHere).toList();
        try (Loop loop = new Loop()) {
            load(present, loop);
            hold(present, loop);
        }
        print();
        return options.contenders().stream()
                .filter(SluiceNode.class::isInstance)
                .allMatch(node -> results.isWhole(node.name()));
    }

    private static boolean isHere(Contender contender) {
        String lacks = contender.lacks();
        if (!lacks.isEmpty()) {
            leaveOut(contender, lacks);
        }
        return lacks.isEmpty();
    }

    private static void leaveOut(Contender contender, String why) {
        String oneLine = why.lines().limit(3).collect(Collectors.joining("; "));
        System.out.println(contender.name() + " is left out: " + oneLine);
    }

    // ---- the order of the turns

    /** The work of one contender in one round. */
    private interface Turn {
        void take(Scenario scenario, Contender contender, int round) throws IOException, InterruptedException;
    }

    private void takeTurns(boolean idle, Collection<Contender> who, Turn turn)
            throws IOException, InterruptedException {
        List<Contender> order = new ArrayList<>(who);
        for (int round = 0; round < options.rounds(); round++) {
            for (Scenario scenario : options.scenarios()) {
                if (scenario.isIdle() == idle) {
                    for (Contender contender : order) {
                        if (isFor(scenario, contender)) {
                            turn.take(scenario, contender, round);
                        }
                    }
                }
            }
            Collections.reverse(order);
        }
    }

    /** A contender with a stream for each can neither be told to publish one event to all, nor the other way round. */
    private static boolean isFor(Scenario scenario, Contender contender) {
        return scenario == Scenario.C10K || scenario.isOneByOne() == contender.isOneByOne();
    }

    /** The scenarios with events. */
    private void load(List<Contender> present, Loop loop) throws IOException, InterruptedException {
        if (options.scenarios().stream().allMatch(Scenario::isIdle)) {
            return;
        }
        Map<Contender, Server> servers = new LinkedHashMap<>();
        try {
            for (Contender contender : present) {
                if (contender.isOneByOne()) {
                    continue;
                }
                start(contender, Contender::start).ifPresent(server -> servers.put(contender, server));
            }
            for (Map.Entry<Contender, Server> each : servers.entrySet()) {
                warmUp(each.getKey(), each.getValue(), loop);
            }
            takeTurns(false, servers.keySet(), (scenario, contender, round) -> {
                Server server = Objects.requireNonNull(servers.get(contender));
                LoadReport report = measure(scenario, contender, server, loop, progress(scenario, contender, round));
                results.add(scenario, round, contender.name(), report);
            });
        } finally {
            servers.values().forEach(Server::close);
        }
    }

    /** The scenarios that only connect and listen: a server that has served before would keep what it needed then. */
    private void hold(List<Contender> present, Loop loop) throws IOException, InterruptedException {
        takeTurns(true, present, (scenario, contender, round) -> {
            if (round == 0 && contender.equals(present.get(0))) {
                turn(scenario, contender, loop, new ProgressLine("warm-up load generator"));
            }
            Optional<LoadReport> report = turn(scenario, contender, loop, progress(scenario, contender, round));
            report.ifPresent(r -> results.add(scenario, round, contender.name(), r));
        });
    }

    private Optional<LoadReport> turn(Scenario scenario, Contender contender, Loop loop, ProgressLine progress)
            throws IOException, InterruptedException {
        Optional<Server> fresh = start(
                contender,
                scenario.isOneByOne()
                        ? (who, directory) -> who.startPublishing(directory, scenario.connections)
                        : Contender::start);
        if (fresh.isEmpty()) {
            return Optional.empty();
        }
        try (Server server = fresh.get()) {
            return Optional.of(measure(scenario, contender, server, loop, progress));
        }
    }

    /** The start of a contender in a directory. */
    private interface Start {
        Server of(Contender contender, Path directory) throws IOException, InterruptedException;
    }

    private static Optional<Server> start(Contender contender, Start start) throws InterruptedException {
        try {
            return Optional.of(start.of(contender, Files.createDirectories(DIRECTORY.resolve(contender.name()))));
        } catch (IOException e) {
            leaveOut(contender, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    // ---- one turn

    /** Lets a JIT compiler see both what travels together and what does not. */
    private void warmUp(Contender contender, Server server, Loop loop) throws IOException, InterruptedException {
        ProgressLine progress = new ProgressLine("warm-up " + contender.name());
        int half = options.warmUp() / 2;
        for (Scenario scenario : half == 0 ? List.<Scenario>of() : List.of(Scenario.A16, Scenario.A1)) {
            LoadOptions load = scenario.load(contender, server, options.connections(), 0, half);
            new LoadRun(load, loop, progress).run();
        }
        progress.conclude("done");
    }

    private ProgressLine progress(Scenario scenario, Contender contender, int round) {
        return new ProgressLine(
                "round %d/%d %s %s".formatted(round + 1, options.rounds(), scenario.title(), contender.name()));
    }

    private LoadReport measure(Scenario scenario, Contender contender, Server server, Loop loop, ProgressLine progress)
            throws IOException, InterruptedException {
        LoadOptions load = scenario.load(
                contender,
                server,
                options.connections(),
                scenario.isOneByOne() ? options.warmUp() : EACH_WARM_UP,
                options.seconds());
        LoadReport report = new LoadRun(load, loop, progress).run();
        progress.conclude(scenario.figures().stream()
                .map(figure -> figure.text(figure.of(report)) + " " + figure.title)
                .collect(Collectors.joining(", ")));
        return report;
    }

    // ---- what has come of it

    private void print() {
        List<String> names = options.contenders().stream()
                .map(Contender::name)
                .filter(results::has)
                .toList();
        String base = PEERS.stream().filter(names::contains).findFirst().orElse("");
        System.out.println();
        System.out.print(results.table(names, base));
        System.out.println("medians of " + options.rounds() + " rounds of " + options.seconds()
                + " s; a ratio is the median of those of each round, with the least and the greatest");
        results.notes().forEach(System.out::println);
    }
}
