package io.sluice.bridge;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Bus addresses that clients may use: {@code prices.eur}, {@code prices.*}, {@code prices.>}. In a pattern, {@code *} stands for
 * one dot-separated token, and a last {@code >} for one or more. The first token is always literal, so that no pattern includes
 * the addresses of the bus itself by accident.
 */
final class AddressPatterns {

    private static final int MAX_LENGTH = 255;

    /** A token of characters that can be seen; half a surrogate pair is no character. */
    private static final String LITERAL = "[^.*>\\p{Cc}\\p{Cs}]*";

    private static final Pattern VALID = Pattern.compile(LITERAL + "(\\.(\\*|" + LITERAL + "))*(\\.>)?");

    private final List<Pattern> patterns;

    /** @throws IllegalArgumentException for a text that is no pattern */
    AddressPatterns(List<String> patterns) {
        this.patterns = patterns.stream().map(AddressPatterns::compile).toList();
    }

    static boolean isValid(String pattern) {
        return !pattern.isEmpty()
                && pattern.length() <= MAX_LENGTH
                && VALID.matcher(pattern).matches();
    }

    boolean permits(String address) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(address).matches());
    }

    private static Pattern compile(String pattern) {
        if (!isValid(pattern)) {
            throw new IllegalArgumentException("address \"" + pattern + "\": expected an address or a pattern");
        }
        StringBuilder regex = new StringBuilder();
        for (String token : pattern.split("\\.", -1)) {
            regex.append(regex.isEmpty() ? "" : "\\.")
                    .append(
                            switch (token) {
                                case "*" -> "[^.]*";
                                case ">" -> ".*";
                                default -> Pattern.quote(token);
                            });
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
