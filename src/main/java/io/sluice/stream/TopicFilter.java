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
 * <p>A value: filters with the same patterns are equal, so that subscriptions can share what is prepared for one of them. It
 * keeps the texts of its patterns and nothing of their length beside them.
 */
public final class TopicFilter {

    /** Every topic. */
    public static final TopicFilter ALL = new TopicFilter(List.of());

    private final List<String> patterns;
    private final Set<String> exact;
    private final String[] wildcards;

    /** @param patterns sorted, each once */
    private TopicFilter(List<String> patterns) {
        this.patterns = patterns;
        this.exact = patterns.stream().filter(p -> !isWildcard(p)).collect(Collectors.toUnmodifiableSet());
        this.wildcards = patterns.stream().filter(TopicFilter::isWildcard).toArray(String[]::new);
    }

    /**
     * The filter for some patterns; none means {@link #ALL}.
     *
     * @throws IllegalArgumentException that names the pattern and what is expected
     */
    public static TopicFilter of(Collection<String> patterns) {
        patterns.forEach(TopicFilter::requirePattern);
        return patterns.isEmpty() || patterns.contains(">")
                ? ALL
                : new TopicFilter(List.copyOf(new TreeSet<>(patterns)));
    }

    /** Whether every topic passes. */
    public boolean isAll() {
        return patterns.isEmpty();
    }

    /** Whether a pattern has a wildcard, so that {@link #exactTopics()} is not all of the filter. */
    public boolean hasWildcards() {
        return wildcards.length > 0;
    }

    /** The patterns, each once; none if every topic passes. */
    public List<String> patterns() {
        return patterns;
    }

    /** The patterns without a wildcard. */
    public Set<String> exactTopics() {
        return exact;
    }

    /** Whether events about the topic pass. Looks at each pattern, and at each up to its first token that differs. */
    public boolean matches(String topic) {
        if (isAll() || exact.contains(topic)) {
            return true;
        }
        for (String pattern : wildcards) {
            if (matches(pattern, topic)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String pattern, String topic) {
        int at = 0;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '>') {
                return true;
            }
            if (c == '*') {
                int dot = topic.indexOf('.', at);
                at = dot < 0 ? topic.length() : dot;
            } else if (at == topic.length() || topic.charAt(at++) != c) {
                return false;
            }
        }
        return at == topic.length();
    }

    private static void requirePattern(String pattern) {
        TopicRules.requireLine("topic", pattern);
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if ((c == '*' && !isToken(pattern, i))
                    || (c == '>' && !(isToken(pattern, i) && i == pattern.length() - 1))) {
                throw new IllegalArgumentException(
                        "topic \"" + pattern
                                + "\": expected * to stand for one whole token, and > only as the last, as in prices.* or prices.>");
            }
        }
    }

    /** Whether a character is a whole token. */
    private static boolean isToken(String pattern, int at) {
        boolean begins = at == 0 || pattern.charAt(at - 1) == '.';
        return begins && (at == pattern.length() - 1 || pattern.charAt(at + 1) == '.');
    }

    private static boolean isWildcard(String pattern) {
        return pattern.indexOf('*') >= 0 || pattern.indexOf('>') >= 0;
    }

    @Override
    public boolean equals(Object other) {
        return other == this || (other instanceof TopicFilter that && patterns.equals(that.patterns));
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
