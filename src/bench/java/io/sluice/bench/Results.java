package io.sluice.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The results of a comparison. A ratio is one of two figures of the same round, so that the noise of the machine hits both
 * alike; of those of all rounds, the median.
 */
final class Results {

    private static final double SATURATED = 0.9;

    private record Entry(Scenario scenario, int round, String contender, LoadReport report) {}

    private final List<Entry> entries = new ArrayList<>();

    void add(Scenario scenario, int round, String contender, LoadReport report) {
        entries.add(new Entry(scenario, round, contender, report));
    }

    boolean has(String contender) {
        return entries.stream().anyMatch(entry -> entry.contender.equals(contender));
    }

    /** The table, in Markdown, with ratios of all to the {@code base}, which may be empty. */
    String table(List<String> contenders, String base) {
        List<String> others = contenders.contains(base)
                ? contenders.stream().filter(Predicate.not(base::equals)).toList()
                : List.of();
        List<String> head = new ArrayList<>(List.of("scenario", "figure"));
        head.addAll(contenders);
        others.forEach(name -> head.add(name + " / " + base));
        StringBuilder table = new StringBuilder(row(head));
        table.append(row(Collections.nCopies(head.size(), "---")));
        for (Scenario scenario : scenarios()) {
            for (Figure figure : scenario.figures()) {
                List<String> row = new ArrayList<>(List.of(scenario.title(), figure.title));
                contenders.forEach(name -> row.add(figure.text(median(figures(scenario, figure, name)))));
                others.forEach(name -> row.add(ratio(scenario, figure, name, base)));
                table.append(row(row));
            }
        }
        return table.toString();
    }

    private static String row(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private List<Scenario> scenarios() {
        return Arrays.stream(Scenario.values())
                .filter(scenario -> entries.stream().anyMatch(entry -> entry.scenario == scenario))
                .toList();
    }

    private String ratio(Scenario scenario, Figure figure, String name, String base) {
        double[] ours = figures(scenario, figure, name);
        double[] theirs = figures(scenario, figure, base);
        double[] ratios = IntStream.range(0, Math.min(ours.length, theirs.length))
                .mapToDouble(round -> ours[round] / theirs[round])
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        return ratios.length == 0
                ? "-"
                : String.format(Locale.ROOT, "%.2f (%.2f..%.2f)", median(ratios), ratios[0], ratios[ratios.length - 1]);
    }

    /** By round; NaN for a round without. */
    private double[] figures(Scenario scenario, Figure figure, String name) {
        int rounds = 1 + entries.stream().mapToInt(Entry::round).max().orElse(-1);
        double[] figures = new double[rounds];
        Arrays.fill(figures, Double.NaN);
        entries.stream()
                .filter(entry -> entry.scenario == scenario && Objects.equals(entry.contender, name))
                .forEach(entry -> figures[entry.round] = figure.of(entry.report));
        return figures;
    }

    private static double median(double[] values) {
        double[] sorted = DoubleStream.of(values)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray();
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Notes that belong to the table: faults, and a load generator that was the narrowest place. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        for (Entry entry : entries) {
            String where = entry.contender + ", " + entry.scenario.title() + ", round " + (entry.round + 1) + ": ";
            entry.report.faults().forEach(fault -> notes.add("FAULT: " + where + fault));
            boolean idle = entry.scenario.isIdle();
            if ((idle ? entry.report.connectClientCores() : entry.report.clientCores()) > SATURATED) {
                notes.add(where + "the load generator was busy all the time; " + (idle ? "connects/s" : "events/s")
                        + " is its limit");
            }
        }
        return notes;
    }

    /** Whether a contender was there, and has made no mistake. */
    boolean isWhole(String contender) {
        return has(contender)
                && entries.stream()
                        .filter(entry -> entry.contender.equals(contender))
                        .allMatch(entry -> entry.report.faults().isEmpty());
    }
}
