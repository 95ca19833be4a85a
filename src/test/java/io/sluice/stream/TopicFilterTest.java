package io.sluice.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
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

    @Test
    void anErrorSaysWhatIsWrong() {
        Exception e = assertThrows(IllegalArgumentException.class, () -> TopicFilter.of(List.of("pri*")));
        assertEquals(
                "topic \"pri*\": expected * to stand for one whole token, and > only as the last, as in prices.* or prices.>",
                e.getMessage());
    }
}
