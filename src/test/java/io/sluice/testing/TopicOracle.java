package io.sluice.testing;

import java.util.List;

/** What a pattern of topics means, token by token, said once more. It takes its time. */
public final class TopicOracle {

    private static final int LONGEST = 255;

    private TopicOracle() {}

    /** Whether an event can have the text for its topic. */
    public static boolean isTopic(String text) {
        return isLine(text) && !text.contains("*") && !text.contains(">");
    }

    /** Whether a filter can have the text for a pattern. */
    public static boolean isPattern(String text) {
        List<String> tokens = tokens(text);
        boolean wildcardsAreTokens = tokens.stream()
                .allMatch(token ->
                        token.equals("*") || token.equals(">") || (!token.contains("*") && !token.contains(">")));
        return isLine(text)
                && wildcardsAreTokens
                && !tokens.subList(0, tokens.size() - 1).contains(">");
    }

    private static boolean isLine(String text) {
        return !text.isEmpty()
                && text.length() <= LONGEST
                && text.codePoints()
                        .noneMatch(c -> Character.getType(c) == Character.CONTROL
                                || Character.getType(c) == Character.SURROGATE);
    }

    /** Whether a topic passes a pattern. */
    public static boolean matches(String pattern, String topic) {
        return matches(tokens(pattern), tokens(topic));
    }

    private static boolean matches(List<String> pattern, List<String> topic) {
        if (pattern.isEmpty() || topic.isEmpty()) {
            return pattern.isEmpty() && topic.isEmpty();
        }
        String first = pattern.get(0);
        return first.equals(">")
                || ((first.equals("*") || first.equals(topic.get(0)))
                        && matches(pattern.subList(1, pattern.size()), topic.subList(1, topic.size())));
    }

    private static List<String> tokens(String text) {
        return List.of(text.split("\\.", -1));
    }
}
