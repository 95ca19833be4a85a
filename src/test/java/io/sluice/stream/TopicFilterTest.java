package io.sluice.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
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

    @Test
    void anErrorSaysWhatIsWrong() {
        Exception e = assertThrows(IllegalArgumentException.class, () -> TopicFilter.of(List.of("pri*")));
        assertEquals(
                "topic \"pri*\": expected * to stand for one whole token, and > only as the last, as in prices.* or prices.>",
                e.getMessage());
    }
}
