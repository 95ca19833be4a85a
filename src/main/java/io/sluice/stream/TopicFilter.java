package io.sluice.stream;

import io.sluice.log.TopicRules;
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

    /** What {@link #and} compares at most: some milliseconds. */
    private static final int MAX_PAIRS = 64 * 1024;

    /** The most patterns that {@link #and} makes of pairs that have a wildcard each. */
    private static final int MAX_COMMON = 1000;

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
     * is left out, as it could match no topic but one with many empty tokens.
     *
     * @throws IllegalArgumentException if the two have too many patterns to be compared, or too many together
     */
    public TopicFilter and(TopicFilter other) {
        if (isAll() || equals(other)) {
            return other;
        }
        if (other.isAll()) {
            return this;
        }
        long pairs = (long) patterns.size() * other.wildcards.length + (long) exact.size() + other.exact.size();
        requireAtMost(MAX_PAIRS, pairs + (long) other.exact.size() * wildcards.length, " comparisons of topic filters");
        Set<String> both = new TreeSet<>();
        exact.stream().filter(other::matches).forEach(both::add);
        other.exact.stream().filter(this::matches).forEach(both::add);
        for (String mine : wildcards) {
            for (String theirs : other.wildcards) {
                String common = common(mine, theirs);
                if (common != null && common.length() <= TopicRules.MAX_LENGTH) {
                    both.add(common);
                    requireAtMost(MAX_COMMON, both.size(), " filters for the topics of both");
                }
            }
        }
        return both.isEmpty() ? NONE : new TopicFilter(false, List.copyOf(both));
    }

    private static void requireAtMost(int max, long count, String what) {
        if (count > max) {
            throw new IllegalArgumentException(count + what + ": expected at most " + max);
        }
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
        return new TopicFilter(false, List.copyOf(either));
    }

    /** The one pattern for what matches both; null if nothing does. */
    private static @Nullable String common(String one, String other) {
        StringBuilder tokens = new StringBuilder();
        int mine = 0;
        int theirs = 0;
        while (mine <= one.length() && theirs <= other.length()) {
            if (isRest(one, mine)) {
                return tokens.append(other, theirs, other.length()).toString();
            }
            if (isRest(other, theirs)) {
                return tokens.append(one, mine, one.length()).toString();
            }
            int myEnd = end(one, mine);
            int theirEnd = end(other, theirs);
            if (isStar(one, mine)) {
                tokens.append(other, theirs, theirEnd);
            } else if (isStar(other, theirs) || isSame(one, mine, myEnd, other, theirs, theirEnd)) {
                tokens.append(one, mine, myEnd);
            } else {
                return null;
            }
            tokens.append('.');
            mine = myEnd + 1;
            theirs = theirEnd + 1;
        }
        boolean sameLength = mine > one.length() && theirs > other.length();
        return sameLength ? tokens.substring(0, tokens.length() - 1) : null;
    }

    private static int end(String pattern, int token) {
        int dot = pattern.indexOf('.', token);
        return dot < 0 ? pattern.length() : dot;
    }

    private static boolean isStar(String pattern, int token) {
        return token < pattern.length() && pattern.charAt(token) == '*';
    }

    private static boolean isRest(String pattern, int token) {
        return token < pattern.length() && pattern.charAt(token) == '>';
    }

    private static boolean isSame(String one, int mine, int myEnd, String other, int theirs, int theirEnd) {
        return myEnd - mine == theirEnd - theirs && one.regionMatches(mine, other, theirs, myEnd - mine);
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
        return isAll() ? EVERYTHING : isNone() ? "no topic" : String.join(",", patterns);
    }
}
