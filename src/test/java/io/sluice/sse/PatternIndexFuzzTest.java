package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.sluice.stream.TopicFilter;
import io.sluice.testing.TopicOracle;
import io.sluice.testing.Topics;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The index finds whom each filter alone would find, and keeps nothing of those who have gone. */
class PatternIndexFuzzTest {

    /** A filter may also be what two have in common, as with limited rights. */
    @Property(tries = 600, edgeCases = EdgeCasesMode.NONE)
    void anEventFindsThoseWhoseFilterItPasses(
            @ForAll("filters") List<List<String>> filters,
            @ForAll("patterns") String limit,
            @ForAll("topics") List<String> topics) {
        PatternIndex index = new PatternIndex();
        List<Audience> audiences = filters.stream()
                .flatMap(
                        patterns -> List.of(
                                TopicFilter.of(patterns),
                                TopicFilter.of(patterns).and(TopicFilter.of(List.of(limit))))
                                .stream())
                .map(PlainAudience::of)
                .toList();
        audiences.forEach(audience -> audience.places = index.add(audience));
        for (String topic : topics) {
            Set<Audience> expected = new HashSet<>();
            for (int i = 0; i < audiences.size(); i++) {
                List<String> patterns = filters.get(i / 2);
                boolean passes = (patterns.isEmpty()
                                || patterns.stream().anyMatch(pattern -> TopicOracle.matches(pattern, topic)))
                        && (i % 2 == 0 || TopicOracle.matches(limit, topic));
                if (passes) {
                    expected.add(audiences.get(i));
                }
            }
            assertEquals(expected, found(index, topic), topic);
        }
        audiences.forEach(audience -> index.remove(audience.places));
        assertFalse(index.hasWildcards());
        topics.forEach(topic -> assertEquals(Set.of(), found(index, topic)));
    }

    private static Set<Audience> found(PatternIndex index, String topic) {
        PatternSearch search = new PatternSearch(index);
        Set<Audience> found = new HashSet<>();
        search.begin(topic);
        while (!search.isOver()) {
            Audience audience = search.step();
            if (audience != null) {
                found.add(audience);
            }
        }
        return found;
    }

    @Provide
    Arbitrary<List<List<String>>> filters() {
        return Topics.patterns().list().ofMaxSize(4).list().ofMaxSize(5);
    }

    @Provide
    Arbitrary<String> patterns() {
        return Topics.patterns();
    }

    @Provide
    Arbitrary<List<String>> topics() {
        // Longer ones may pass both of two filters, and not what they have in common.
        return Topics.topics()
                .filter(topic -> topic.length() < 250)
                .list()
                .ofMinSize(1)
                .ofMaxSize(5);
    }
}
