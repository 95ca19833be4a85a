package io.sluice.sse;

import java.util.Locale;

/**
 * The kept events that a subscriber without an id gets before the live ones.
 *
 * @param kind which of the kept events that pass its filter
 * @param count how many, with {@link Kind#NEWEST}: 0 or more
 */
public record Replay(Kind kind, int count) {

    /** The texts that {@link #parse} reads, for an error message. */
    public static final String EXPECTED =
            "\"last\", \"none\", \"all\", \"snapshot\", or a number from 0 to 1000000 (the newest so many)";

    private static final int MAX_COUNT = 1_000_000;

    /** Which kept events, always oldest first. */
    public enum Kind {
        NONE,
        /** The newest {@link Replay#count}. */
        NEWEST,
        ALL,
        /** The newest of each topic. */
        SNAPSHOT
    }

    /** The newest one. */
    public static final Replay LAST = new Replay(Kind.NEWEST, 1);

    /**
     * Reads {@code last}, {@code none}, {@code all}, {@code snapshot} or a number.
     *
     * @throws IllegalArgumentException where the text is none of them
     */
    public static Replay parse(String text) {
        return switch (text) {
            case "last" -> LAST;
            case "none" -> new Replay(Kind.NONE, 0);
            case "all" -> new Replay(Kind.ALL, 0);
            case "snapshot" -> new Replay(Kind.SNAPSHOT, 0);
            default -> new Replay(Kind.NEWEST, count(text));
        };
    }

    private static int count(String text) {
        if (!text.matches("\\d{1,7}") || Integer.parseInt(text) > MAX_COUNT) {
            throw new IllegalArgumentException(EXPECTED);
        }
        return Integer.parseInt(text);
    }

    @Override
    public String toString() {
        return equals(LAST)
                ? "last"
                : kind == Kind.NEWEST ? "" + count : kind.name().toLowerCase(Locale.ROOT);
    }
}
