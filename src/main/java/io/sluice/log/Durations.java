package io.sluice.log;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as texts: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}, {@code 7d}. 0 needs no unit. */
public final class Durations {

    /** What is expected, for an error message. */
    public static final String EXPECTED = "a duration such as \"500ms\", \"10s\", \"5m\", \"1h\" or \"7d\"";

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)|0");

    /** Largest first. */
    private enum Unit {
        D(ChronoUnit.DAYS),
        H(ChronoUnit.HOURS),
        M(ChronoUnit.MINUTES),
        S(ChronoUnit.SECONDS),
        MS(ChronoUnit.MILLIS);

        private final Duration duration;

        Unit(ChronoUnit unit) {
            this.duration = unit.getDuration();
        }
    }

    private Durations() {}

    /**
     * Reads a number with a unit.
     *
     * @throws IllegalArgumentException if the text is no duration
     */
    public static Duration parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        String unit = matcher.group(2);
        return unit == null
                ? Duration.ZERO
                : Unit.valueOf(unit.toUpperCase(Locale.ROOT)).duration.multipliedBy(Long.parseLong(matcher.group(1)));
    }

    /** Whether a text is one that {@link #parse} reads. */
    public static boolean isDuration(String text) {
        return TEXT.matcher(text.strip()).matches();
    }

    /** The text with the largest unit of which the duration is a multiple, down to milliseconds. */
    public static String format(Duration duration) {
        for (Unit unit : Unit.values()) {
            if (duration.compareTo(unit.duration) >= 0 && duration.toMillis() % unit.duration.toMillis() == 0) {
                return duration.dividedBy(unit.duration) + unit.name().toLowerCase(Locale.ROOT);
            }
        }
        return "0s";
    }
}
