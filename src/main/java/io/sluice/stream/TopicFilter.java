package io.sluice.stream;

import io.sluice.log.TopicRules;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The topics that a subscription wants: those that match any of some patterns, or all.
 *
 * <p>Topics are dot-separated. In a pattern {@code *} matches one token, and a last {@code >} matches one or more: {@code
 * prices.*} matches {@code prices.eur}, {@code prices.>} matches {@code prices.eur.usd} too.
 *
 * <p>A value: filters with the same patterns are equal, so that subscriptions can share what is prepared for one of them.
 */
public final class TopicFilter {

    /** Every topic. */
    public static final TopicFilter ALL = new TopicFilter(Set.of());

    private final Set<String> exact;
    private final List<String[]> wildcards;
    private final Set<String> patterns;

    private TopicFilter(Set<String> patterns) {
        this.patterns = patterns;
        this.exact = patterns.stream().filter(p -> !isWildcard(p)).collect(Collectors.toUnmodifiableSet());
        this.wildcards = patterns.stream()
                .filter(TopicFilter::isWildcard)
                .map(TopicFilter::tokens)
                .toList();
    }

    /**
     * The filter for some patterns; none means {@link #ALL}.
     *
     * @throws IllegalArgumentException that names the pattern and what is expected
     */
    public static TopicFilter of(Collection<String> patterns) {
        patterns.forEach(TopicFilter::requirePattern);
        return patterns.isEmpty() || patterns.contains(">") ? ALL : new TopicFilter(new TreeSet<>(patterns));
    }

    /** Whether every topic passes. */
    public boolean isAll() {
        return patterns.isEmpty();
    }

    /** Whether a pattern has a wildcard, so that {@link #exactTopics()} is not all of the filter. */
    public boolean hasWildcards() {
        return !wildcards.isEmpty();
    }

    /** The patterns without a wildcard. */
    public Set<String> exactTopics() {
        return exact;
    }

    /** Whether events about the topic pass. */
    public boolean matches(String topic) {
        if (isAll() || exact.contains(topic)) {
            return true;
        }
        for (String[] pattern : wildcards) {
            if (matches(pattern, topic)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String[] pattern, String topic) {
        // The start of the next token; past the end if there is none.
        int start = 0;
        for (String token : pattern) {
            if (start > topic.length()) {
                return false;
            }
            if (token.equals(">")) {
                return true;
            }
            int dot = topic.indexOf('.', start);
            int end = dot < 0 ? topic.length() : dot;
            if (!token.equals("*") && !(token.length() == end - start && topic.startsWith(token, start))) {
                return false;
            }
            start = end + 1;
        }
        return start > topic.length();
    }

    private static void requirePattern(String pattern) {
        TopicRules.requireLine("topic", pattern);
        String[] tokens = tokens(pattern);
        for (int i = 0; i < tokens.length; i++) {
            boolean last = i == tokens.length - 1;
            if (tokens[i].equals("*") || (tokens[i].equals(">") && last)) {
                continue;
            }
            if (tokens[i].indexOf('*') >= 0 || tokens[i].indexOf('>') >= 0) {
                throw new IllegalArgumentException(
                        "topic \"" + pattern
                                + "\": expected * to stand for one whole token, and > only as the last, as in prices.* or prices.>");
            }
        }
    }

    private static boolean isWildcard(String pattern) {
        return pattern.indexOf('*') >= 0 || pattern.indexOf('>') >= 0;
    }

    private static String[] tokens(String text) {
        return text.split("\\.", -1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TopicFilter that && patterns.equals(that.patterns);
    }

    @Override
    public int hashCode() {
        return patterns.hashCode();
    }

    @Override
    public String toString() {
        return isAll() ? ">" : String.join(",", patterns);
    }
}
