package io.sluice.stream;

import io.sluice.log.TopicRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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

    private static final String EVERYTHING = ">";

    /** Every topic. */
    public static final TopicFilter ALL = new TopicFilter(true, List.of());

    /** No topic. */
    public static final TopicFilter NONE = new TopicFilter(false, List.of());

    private final boolean all;
    private final List<String> patterns;
    private final Set<String> exact;
    private final String[] wildcards;

    /** @param patterns sorted, each once */
    private TopicFilter(boolean all, List<String> patterns) {
        this.all = all;
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
        return patterns.isEmpty() || patterns.contains(EVERYTHING)
                ? ALL
                : new TopicFilter(false, List.copyOf(new TreeSet<>(patterns)));
    }

    /**
     * The filter for one topic, be it named by a stranger: no character of it is a wildcard. A text that no event can have for its
     * topic is {@link #NONE}.
     */
    public static TopicFilter exact(String topic) {
        try {
            return isWildcard(topic) ? NONE : of(List.of(topic));
        } catch (IllegalArgumentException e) {
            return NONE;
        }
    }

    /**
     * What passes this filter, and the other one too. Two patterns may have one in common that is longer than a pattern may be: that one
     * is left out, as it could match no topic but one of nearly that length with empty tokens.
     */
    public TopicFilter and(TopicFilter other) {
        if (isAll() || equals(other)) {
            return other;
        }
        if (other.isAll()) {
            return this;
        }
        Set<String> both = new TreeSet<>();
        for (String mine : patterns) {
            for (String theirs : other.patterns) {
                String common = common(mine, theirs);
                if (common != null && common.length() <= TopicRules.MAX_LENGTH) {
                    both.add(common);
                }
            }
        }
        return both.isEmpty() ? NONE : of(both);
    }

    /** What passes this filter, or the other one, or both. */
    public TopicFilter or(TopicFilter other) {
        if (isNone() || other.isAll()) {
            return other;
        }
        if (other.isNone() || isAll()) {
            return this;
        }
        Set<String> either = new TreeSet<>(patterns);
        either.addAll(other.patterns);
        return of(either);
    }

    /** The one pattern for what matches both; null if nothing does. */
    private static @Nullable String common(String one, String other) {
        String[] left = one.split("\\.", -1);
        String[] right = other.split("\\.", -1);
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < left.length || i < right.length; i++) {
            if (i < left.length && left[i].equals(EVERYTHING) && i < right.length) {
                tokens.addAll(Arrays.asList(right).subList(i, right.length));
                return String.join(".", tokens);
            }
            if (i < right.length && right[i].equals(EVERYTHING) && i < left.length) {
                tokens.addAll(Arrays.asList(left).subList(i, left.length));
                return String.join(".", tokens);
            }
            if (i >= left.length || i >= right.length) {
                return null;
            }
            if (left[i].equals("*")) {
                tokens.add(right[i]);
            } else if (right[i].equals("*") || right[i].equals(left[i])) {
                tokens.add(left[i]);
            } else {
                return null;
            }
        }
        return String.join(".", tokens);
    }

    /** Whether every topic passes. */
    public boolean isAll() {
        return all;
    }

    /** Whether no topic passes. */
    public boolean isNone() {
        return !all && patterns.isEmpty();
    }

    /** Whether a pattern has a wildcard, so that {@link #exactTopics()} is not all of the filter. */
    public boolean hasWildcards() {
        return wildcards.length > 0;
    }

    /** The patterns, each once; none if every topic passes, or no topic does. */
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
        return other == this
                || (other instanceof TopicFilter that && all == that.all && patterns.equals(that.patterns));
    }

    @Override
    public int hashCode() {
        return patterns.hashCode() + Boolean.hashCode(all);
    }

    @Override
    public String toString() {
        return isAll() ? EVERYTHING : String.join(",", patterns);
    }
}
