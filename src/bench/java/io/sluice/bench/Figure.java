package io.sluice.bench;

import java.util.Locale;

/** One number of a report, as the comparison has it in a row of its table. */
enum Figure {
    CPU("CPU us/event", "%.2f"),
    EVENTS("events/s", "%.0f"),
    P50("p50 ms", "%.2f"),
    P99("p99 ms", "%.2f"),
    CONNECTS("connects/s", "%.0f"),
    MEMORY("bytes/connection", "%.0f");

    final String title;
    private final String format;

    Figure(String title, String format) {
        this.title = title;
        this.format = format;
    }

    double of(LoadReport report) {
        return switch (this) {
            case CPU -> report.cpuMicrosPerEvent();
            case EVENTS -> report.eventsPerSecond();
            case P50 -> report.millisAt(50);
            case P99 -> report.millisAt(99);
            case CONNECTS -> report.connectsPerSecond();
            case MEMORY -> report.bytesPerConnection();
        };
    }

    String text(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
}
