package io.sluice.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicFilterTest {

    @ParameterizedTest
    @CsvSource({
        "prices.eur, prices.eur, true",
        "prices.eur, prices.eur.usd, false",
        "prices.eur, prices, false",
        "prices.*, prices.eur, true",
        "prices.*, prices.eur.usd, false",
        "prices.*, prices, false",
        "prices.*, prices., true",
        "*.eur, prices.eur, true",
        "*.eur, prices.usd, false",
        "*, prices, true",
        "*, prices.eur, false",
        "prices.*.usd, prices.eur.usd, true",
        "prices.>, prices.eur, true",
        "prices.>, prices.eur.usd.spot, true",
        "prices.>, prices, false",
        "*.eur.>, prices.eur.usd, true",
        "*.eur.>, prices.eur, false",
        ">, anything.at.all, true",
    })
    void starIsOneTokenAndTheLastGreaterSignOneOrMore(String pattern, String topic, boolean passes) {
        assertEquals(passes, TopicFilter.of(List.of(pattern)).matches(topic));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aPatternAndATopicAreComparedTokenByToken(long seed) {
        Random random = new Random(seed);
        int passed = 0;
        for (int i = 0; i < 20_000; i++) {
            List<String> pattern = tokens(random, "a", "bb", "", "*");
            if (random.nextInt(4) == 0) {
                pattern.set(pattern.size() - 1, ">");
            }
            List<String> topic = tokens(random, "a", "bb", "", "b");
            String one = String.join(".", pattern);
            String other = String.join(".", topic);
            if (!one.isEmpty()) {
                boolean passes = passes(pattern, topic);
                assertEquals(passes, TopicFilter.of(List.of(one)).matches(other), one + " and " + other);
                passed += passes ? 1 : 0;
            }
        }
        assertTrue(passed > 1000, passed + " passed");
    }

    private static List<String> tokens(Random random, String... of) {
        List<String> tokens = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            tokens.add(of[random.nextInt(of.length)]);
        }
        return tokens;
    }

    private static boolean passes(List<String> pattern, List<String> topic) {
        boolean open = pattern.get(pattern.size() - 1).equals(">");
        int fixed = open ? pattern.size() - 1 : pattern.size();
        boolean passes = open ? topic.size() > fixed : topic.size() == fixed;
        for (int i = 0; passes && i < fixed; i++) {
            passes = pattern.get(i).equals("*") || pattern.get(i).equals(topic.get(i));
        }
        return passes;
    }

    @Test
    void severalPatternsMeanAnyOfThem() {
        TopicFilter filter = TopicFilter.of(List.of("a", "b.*"));
        assertTrue(filter.matches("a") && filter.matches("b.c"));
        assertFalse(filter.matches("c"));
        assertEquals(Set.of("a"), filter.exactTopics());
        assertTrue(filter.hasWildcards());
    }

    @Test
    void noPatternMeansAll() {
        assertTrue(TopicFilter.of(List.of()).isAll());
        assertTrue(TopicFilter.of(List.of("a", ">")).isAll());
    }

    @Test
    void theSamePatternsAreTheSameFilter() {
        assertEquals(TopicFilter.of(List.of("b", "a", "a")), TopicFilter.of(List.of("a", "b")));
        assertEquals(
                TopicFilter.of(List.of("b", "a")).hashCode(),
                TopicFilter.of(List.of("a", "b")).hashCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "pri*",
                "a.>.b",
                ">.a",
                "a>",
                "**",
                "a.*b",
                "*a.b",
                "a.>>",
                "a.b>",
                "a\rb",
                "a\nb",
                "a\u0000b",
                "a\u007fb",
                "a\u0085b",
                "\ud800"
            })
    void aBadPatternIsRefused(String pattern) {
        assertThrows(IllegalArgumentException.class, () -> TopicFilter.of(List.of(pattern)));
    }

    /** It was an IllegalArgumentException, and the client of a limited right got 503. */
    @Test
    void patternsThatAreTooLongTogetherHaveNothingInCommon() {
        TopicFilter one = TopicFilter.of(List.of("c".repeat(250) + ".>", "a.b"));
        assertTrue(one.and(TopicFilter.of(List.of("*." + "d".repeat(250)))).isNone());
        assertEquals(TopicFilter.of(List.of("a.b")), one.and(TopicFilter.of(List.of("*." + "d".repeat(250), "a.*"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"*", ">", "users.*", "users.>", "", "a*b", "a>b", "a\nb", "a\u0000b", "\ud800", "*.a", "a.>.b"})
    void aStrangersTextIsNeverAWildcard(String text) {
        assertSame(TopicFilter.NONE, TopicFilter.exact(text));
    }

    @Test
    void aStrangersTextIsOneTopic() {
        TopicFilter filter = TopicFilter.exact("users.jos\u00e9@example.com");
        assertTrue(filter.matches("users.jos\u00e9@example.com"));
        assertFalse(filter.matches("users.jos\u00e9"));
        assertFalse(filter.hasWildcards());
        assertSame(TopicFilter.NONE, TopicFilter.exact("x".repeat(256)));
    }

    @Test
    void noneMatchesNothing() {
        assertTrue(TopicFilter.NONE.isNone());
        assertFalse(TopicFilter.NONE.isAll());
        assertFalse(TopicFilter.NONE.matches("a"));
        assertFalse(TopicFilter.NONE.matches(""));
        assertNotEquals(TopicFilter.ALL, TopicFilter.NONE);
        assertEquals("no topic", TopicFilter.NONE.toString());
    }

    @Test
    void noneAndAllAreTheEndsOfAndAndOr() {
        TopicFilter some = TopicFilter.of(List.of("a", "b.*"));
        assertSame(TopicFilter.NONE, some.and(TopicFilter.NONE));
        assertSame(TopicFilter.NONE, TopicFilter.NONE.and(some));
        assertSame(TopicFilter.NONE, TopicFilter.NONE.and(TopicFilter.ALL));
        assertSame(some, some.and(TopicFilter.ALL));
        assertSame(some, TopicFilter.ALL.and(some));
        assertSame(TopicFilter.ALL, some.or(TopicFilter.ALL));
        assertEquals(some, some.or(TopicFilter.NONE));
        assertEquals(some, TopicFilter.NONE.or(some));
    }

    @ParameterizedTest
    @CsvSource({
        "a.*, *.b, a.b",
        "a.>, *.b, a.b",
        "a.>, *.b.*, a.b.*",
        "a.>, *.>, a.>",
        "*.*.>, a.>, a.*.>",
        "a.*, a.b.c, no topic",
        "a.>, a, no topic",
        "*, >, *",
        "a.*, b.*, no topic",
        "a.*, ab.*, no topic",
        "a., a.*, a.",
        "a.>, a., a.",
    })
    void whatPassesBothIsOnePattern(String one, String other, String both) {
        TopicFilter left = TopicFilter.of(List.of(one));
        TopicFilter right = TopicFilter.of(List.of(other));
        assertEquals(both, left.and(right).toString());
        assertEquals(both, right.and(left).toString());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void andAndOrAreWhatTheirNamesSay(long seed) {
        Random random = new Random(seed);
        int passed = 0;
        for (int i = 0; i < 5000; i++) {
            TopicFilter one = filter(random);
            TopicFilter other = filter(random);
            TopicFilter both = one.and(other);
            TopicFilter either = one.or(other);
            assertEquals(both, other.and(one), one + " and " + other);
            for (int j = 0; j < 20; j++) {
                String topic = String.join(".", tokens(random, "a", "bb", "", "b"));
                boolean mine = one.matches(topic);
                boolean theirs = other.matches(topic);
                assertEquals(mine && theirs, both.matches(topic), () -> topic + " by " + one + " and " + other);
                assertEquals(mine || theirs, either.matches(topic), () -> topic + " by " + one + " or " + other);
                passed += mine && theirs ? 1 : 0;
            }
        }
        assertTrue(passed > 1000, passed + " passed");
    }

    /** Of none, some or all topics. */
    private static TopicFilter filter(Random random) {
        List<String> patterns = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            List<String> pattern = tokens(random, "a", "bb", "", "*", "b");
            if (random.nextInt(4) == 0) {
                pattern.set(pattern.size() - 1, ">");
            }
            patterns.add(String.join(".", pattern));
        }
        patterns.removeIf(String::isEmpty);
        return patterns.isEmpty() ? TopicFilter.NONE : TopicFilter.of(patterns);
    }

    /** What a request may ask for, and a token may have. */
    @Test
    void manyTopicsAndManyRightsAreComparedInNoTime() {
        TopicFilter asked = patterns("t", 1000);
        TopicFilter rights = patterns("t", 32);
        assertEquals(32, asked.and(rights).patterns().size());
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 50; i++) {
            long start = System.nanoTime();
            asked.and(rights);
            best = Math.min(best, System.nanoTime() - start);
        }
        assertTrue(best < TimeUnit.MILLISECONDS.toNanos(20), best + " ns");
    }

    @Test
    void moreThanCanBeComparedInATurnIsRefused() {
        TopicFilter asked = patterns("t", 1000);
        TopicFilter rights = patterns("u", 100);
        Exception e = assertThrows(IllegalArgumentException.class, () -> asked.and(rights));
        assertEquals("100000 comparisons of topic filters: expected at most 65536", e.getMessage());
    }

    @Test
    void twoFiltersThatMultiplyAreRefused() {
        TopicFilter asked = of(100, i -> "a" + i + ".*");
        TopicFilter rights = of(100, i -> "*.b" + i);
        assertTrue(of(30, i -> "a" + i + ".*").and(of(30, i -> "*.b" + i)).matches("a1.b1"));
        Exception e = assertThrows(IllegalArgumentException.class, () -> of(100, i -> "a" + i + ".*.*")
                .and(of(100, i -> "*.b" + i + ".*")));
        assertEquals("1001 filters for the topics of both: expected at most 1000", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> asked.and(rights));
    }

    private static TopicFilter patterns(String first, int count) {
        return of(count, i -> first + "." + i + ".*");
    }

    private static TopicFilter of(int count, IntFunction<String> pattern) {
        return TopicFilter.of(IntStream.range(0, count).mapToObj(pattern).toList());
    }

    @Test
    void anErrorSaysWhatIsWrong() {
        Exception e = assertThrows(IllegalArgumentException.class, () -> TopicFilter.of(List.of("pri*")));
        assertEquals(
                "topic \"pri*\": expected * to stand for one whole token, and > only as the last, as in prices.* or prices.>",
                e.getMessage());
    }
}
