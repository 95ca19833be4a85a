package io.sluice.log;

import java.util.HexFormat;

/** The rules for topics and types. Each door checks them, so that nothing has to be repaired further down. */
public final class TopicRules {

    /** The longest topic or type, in characters. */
    public static final int MAX_LENGTH = 255;

    private TopicRules() {}

    /**
     * Refuses a text that cannot be written on one line of a stream. A lone CR ends a line too, and would let a publisher
     * forge fields and events (CWE-93).
     */
    public static void requireLine(String what, String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    what + " of " + text.length() + " characters: expected 1 to " + MAX_LENGTH + " characters");
        }
        boolean surrogates = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                throw new IllegalArgumentException(what + " \"" + visible(text) + "\": expected no control character");
            }
            surrogates |= Character.isSurrogate(c);
        }
        if (surrogates) {
            requireUnicode(what, text);
        }
    }

    /** Refuses half a surrogate pair, which has no UTF-8 and would be sent as a question mark. */
    public static void requireUnicode(String what, String text) {
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw new IllegalArgumentException(what + " has half a surrogate pair: expected Unicode text");
        }
    }

    /** The text with escapes for characters that cannot be seen, or that could forge a line of a log. */
    public static String visible(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.chars()
                .forEach(c -> out.append(
                        Character.isISOControl(c) || Character.isSurrogate((char) c)
                                ? "\\u" + HexFormat.of().toHexDigits((char) c)
                                : String.valueOf((char) c)));
        return out.toString();
    }
}
