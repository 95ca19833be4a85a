package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code /metrics} says.
 *
 * @param values by series: {@code sluice_gaps_total{stream="events"}}
 */
record Scrape(Map<String, Double> values) {

    private static final Pattern LINE = Pattern.compile("([a-z0-9_]+)(\\{.*})? (\\S+)");
    private static final Pattern PART = Pattern.compile("_(bucket|count|sum|max)$");

    static Scrape of(String text) {
        Map<String, Double> values = new TreeMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            Matcher matcher = LINE.matcher(line);
            assertTrue(matcher.matches(), line);
            String labels = matcher.group(2) == null ? "" : matcher.group(2);
            values.put(matcher.group(1) + labels, Double.valueOf(matcher.group(3)));
        });
        return new Scrape(values);
    }

    /** The value of a series. */
    double value(String series) {
        return Objects.requireNonNull(values.get(series), () -> series + " is not in " + values.keySet());
    }

    /** All series of a name together. */
    double sum(String name) {
        return values.entrySet().stream()
                .filter(entry -> name(entry.getKey()).equals(name))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /** The names, as a query has them. */
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        values.keySet().forEach(series -> names.add(name(series)));
        return names;
    }

    /** The names of the metrics: those of a histogram's parts are its own. */
    Set<String> metrics() {
        Set<String> metrics = new TreeSet<>();
        names().forEach(name ->
                metrics.add(name.contains("_seconds_") ? PART.matcher(name).replaceFirst("") : name));
        return metrics;
    }

    private static String name(String series) {
        int brace = series.indexOf('{');
        return brace < 0 ? series : series.substring(0, brace);
    }
}
