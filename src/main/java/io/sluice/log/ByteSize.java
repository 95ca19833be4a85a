package io.sluice.log;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, written with a unit: {@code 512B}, {@code 256kB}, {@code 64MB}, {@code 2GB}; a kB is 1024 bytes.
 *
 * @param bytes 0 or more
 */
public record ByteSize(long bytes) {

    /** The texts that {@link #parse} reads, for an error message. */
    public static final String EXPECTED = "a size such as \"512B\", \"256kB\", \"64MB\" or \"2GB\"";

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})\\s*([kmg]?b)", Pattern.CASE_INSENSITIVE);

    /** Largest first. */
    private enum Unit {
        GB(1 << 30),
        MB(1 << 20),
        KB(1 << 10),
        B(1);

        private final long bytes;

        Unit(long bytes) {
            this.bytes = bytes;
        }
    }

    public static ByteSize ofMegabytes(long megabytes) {
        return new ByteSize(megabytes << 20);
    }

    /**
     * Reads a number with a unit.
     *
     * @throws IllegalArgumentException if the text is no size
     */
    public static ByteSize parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        return new ByteSize(
                Long.parseLong(matcher.group(1)) * Unit.valueOf(matcher.group(2).toUpperCase(Locale.ROOT)).bytes);
    }

    @Override
    public String toString() {
        for (Unit unit : Unit.values()) {
            if (bytes >= unit.bytes && bytes % unit.bytes == 0) {
                return bytes / unit.bytes + (unit == Unit.KB ? "kB" : unit.name());
            }
        }
        return "0B";
    }
}
