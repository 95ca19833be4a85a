package io.sluice.bench;

import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * The result of a load.
 *
 * @param connectSeconds from the first connect to the last response's head
 * @param connectClientCores how much of a core the load generator took meanwhile
 * @param seconds those that were measured
 * @param events that came in them
 * @param latencies in microseconds
 * @param serverNanos the CPU time of the process measured, in those seconds, or {@link ProcessTree#UNKNOWN}
 * @param clientNanos that of the load generator itself
 * @param memoryBefore of the process measured, in bytes, before anybody connected
 * @param memoryAfter with all connected
 * @param strangers events without a sequence number
 * @param faults what went wrong, a sentence each
 */
record LoadReport(
        long connections,
        double connectSeconds,
        double connectClientCores,
        double seconds,
        long events,
        Histogram latencies,
        long serverNanos,
        long clientNanos,
        long memoryBefore,
        long memoryAfter,
        long strangers,
        List<String> faults) {

    private static final double NANOS = 1e9;
    private static final double MICROS = 1e3;
    private static final double MEGA = 1e6;

    LoadReport {
        faults = List.copyOf(faults);
    }

    double connectsPerSecond() {
        return connections / connectSeconds;
    }

    double eventsPerSecond() {
        return events / seconds;
    }

    /** CPU time of the process measured for each event received. NaN if it is unknown. */
    double cpuMicrosPerEvent() {
        return serverNanos < 0 || events == 0 ? Double.NaN : serverNanos / MICROS / events;
    }

    /** How much of a core the load generator took: near 1, it is the client that was measured. */
    double clientCores() {
        return clientNanos / NANOS / seconds;
    }

    double bytesPerConnection() {
        return memoryBefore < 0 || memoryAfter < 0 || connections == 0
                ? Double.NaN
                : (double) (memoryAfter - memoryBefore) / connections;
    }

    double millisAt(double percentile) {
        return latencies.getTotalCount() == 0 ? Double.NaN : latencies.getValueAtPercentile(percentile) / MICROS;
    }

    /** Lines for people. */
    String text() {
        StringBuilder text = new StringBuilder();
        line(text, "connections", "%d, %.0f a second", connections, connectsPerSecond());
        line(text, "events", "%d in %.1f s, %.0f a second", events, seconds, eventsPerSecond());
        if (strangers > 0) {
            line(text, "of those", "%d without a sequence number, from which no latency is known", strangers);
        }
        if (latencies.getTotalCount() > 0) {
            line(
                    text,
                    "latency, ms",
                    "p50 %.2f   p90 %.2f   p99 %.2f   p99.9 %.2f   max %.2f",
                    millisAt(50),
                    millisAt(90),
                    millisAt(99),
                    millisAt(99.9),
                    latencies.getMaxValue() / MICROS);
        }
        if (serverNanos >= 0) {
            line(
                    text,
                    "server CPU",
                    "%.3f us per event, %.2f cores",
                    cpuMicrosPerEvent(),
                    serverNanos / NANOS / seconds);
        }
        line(text, "client CPU", "%.2f cores", clientCores());
        if (memoryAfter >= 0) {
            line(
                    text,
                    "server memory",
                    "%.1f MB, before %.1f MB: %.0f bytes per connection",
                    memoryAfter / MEGA,
                    memoryBefore / MEGA,
                    bytesPerConnection());
        }
        faults.forEach(fault -> line(text, "FAULT", "%s", fault));
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String format, Object... values) {
        text.append("  %-14s ".formatted(name))
                .append(String.format(Locale.ROOT, format, values))
                .append('\n');
    }
}
