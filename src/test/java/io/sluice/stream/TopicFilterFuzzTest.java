package io.sluice.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.NewEvent;
import io.sluice.testing.Texts;
import io.sluice.testing.TopicOracle;
import io.sluice.testing.Topics;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Filters of any text, against a second look that takes its time. */
class TopicFilterFuzzTest {

    @Property(tries = 800, edgeCases = EdgeCasesMode.NONE)
    void aTextIsAPatternOrRefused(@ForAll("texts") String text) {
        if (TopicOracle.isPattern(text)) {
            assertTrue(TopicFilter.of(List.of(text)).isAll()
                    || text.equals(TopicFilter.of(List.of(text)).toString()));
        } else {
            assertThrows(IllegalArgumentException.class, () -> TopicFilter.of(List.of(text)));
        }
    }

    @Property(tries = 800, edgeCases = EdgeCasesMode.NONE)
    void aFilterPassesWhatOneOfItsPatternsDoes(
            @ForAll("patternLists") List<String> patterns, @ForAll("topics") String topic) {
        boolean passes =
                patterns.isEmpty() || patterns.stream().anyMatch(pattern -> TopicOracle.matches(pattern, topic));
        assertEquals(passes, TopicFilter.of(patterns).matches(topic));
    }

    @Property(tries = 1200, edgeCases = EdgeCasesMode.NONE)
    void andPassesWhatBothDoAndOrWhatEitherDoes(
            @ForAll("filters") TopicFilter one, @ForAll("filters") TopicFilter other, @ForAll("topics") String topic) {
        boolean left = one.matches(topic);
        boolean right = other.matches(topic);
        // Nearly the longest that there may be: what would match it may be longer than that.
        boolean both = left && right && (topic.length() < 250 || one.and(other).matches(topic));
        assertEquals(both, one.and(other).matches(topic), "and");
        assertEquals(both, other.and(one).matches(topic), "and, the other way round");
        assertEquals(left || right, one.or(other).matches(topic), "or");
        assertEquals(left || right, other.or(one).matches(topic), "or, the other way round");
        assertEquals(one, one.and(one), "and with itself");
        assertEquals(one, one.or(one), "or with itself");
        assertEquals(one.and(other), one.and(other).and(one.and(other)), "and, once more");
    }

    @Property(tries = 800, edgeCases = EdgeCasesMode.NONE)
    void nothingPassesIfTheFilterSaysSo(@ForAll("filters") TopicFilter one, @ForAll("topics") String topic) {
        assertFalse(one.isNone() && one.matches(topic), topic);
        assertTrue(!one.isAll() || one.matches(topic), topic);
        assertEquals(TopicFilter.NONE, one.and(TopicFilter.NONE));
        assertEquals(one, one.and(TopicFilter.ALL));
        assertEquals(one, one.or(TopicFilter.NONE));
        assertEquals(TopicFilter.ALL, one.or(TopicFilter.ALL));
    }

    /** A user who is called {@code *} gets what is for that user, and nobody may be called so. */
    @Property(tries = 800, edgeCases = EdgeCasesMode.NONE)
    void aStrangersTextPassesThatTopicOnly(@ForAll("texts") String text, @ForAll("topics") String topic) {
        TopicFilter exact = TopicFilter.exact(text);
        assertEquals(TopicOracle.isTopic(text), exact.matches(text), text);
        assertEquals(text.equals(topic), exact.matches(topic), text + " and " + topic);
        assertEquals(!TopicOracle.isTopic(text), exact.isNone(), text);
        assertFalse(exact.hasWildcards(), text);
    }

    @Property(tries = 800, edgeCases = EdgeCasesMode.NONE)
    void aTextIsATopicOrNoEventHasIt(@ForAll("texts") String text) {
        if (TopicOracle.isTopic(text)) {
            assertEquals(text, new NewEvent(text, null, "").topic());
        } else {
            assertThrows(IllegalArgumentException.class, () -> new NewEvent(text, null, ""));
        }
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Texts.any(),
                Texts.nearly(Topics.patterns()),
                Topics.patterns(),
                Topics.topics(),
                Texts.any().map(text -> text + "a".repeat(Math.max(0, 256 - text.length()))));
    }

    @Provide
    Arbitrary<String> topics() {
        return Topics.topics();
    }

    @Provide
    Arbitrary<List<String>> patternLists() {
        return Topics.patterns().list().ofMaxSize(5);
    }

    @Provide
    Arbitrary<TopicFilter> filters() {
        return Arbitraries.frequencyOf(
                Tuple.of(9, patternLists().map(TopicFilter::of)), Tuple.of(1, Arbitraries.just(TopicFilter.NONE)));
    }
}
