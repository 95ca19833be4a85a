package io.sluice.sse;

/** What of an event is in which field of its block. */
public enum Framing {
    /** The type is in {@code event}, the data in {@code data}. */
    PLAIN,
    /** The same, but an event without a type has its topic in {@code event}: a page listens to a topic as to a type. */
    TOPIC,
    /** Topic, type, time and data are one JSON object, in {@code data}. There is no {@code event}. */
    ENVELOPE;

    /** The texts that {@link #parse} reads, for an error message. */
    public static final String EXPECTED = "plain, topic or envelope";

    /**
     * Reads {@code plain}, {@code topic} or {@code envelope}.
     *
     * @throws IllegalArgumentException where the text is none of them
     */
    public static Framing parse(String text) {
        return switch (text) {
            case "plain" -> PLAIN;
            case "topic" -> TOPIC;
            case "envelope" -> ENVELOPE;
            default -> throw new IllegalArgumentException(EXPECTED);
        };
    }
}
