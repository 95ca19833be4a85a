package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.stream.TopicFilter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an event finds among the filters that there are, and what that costs, counted in steps. */
class PatternIndexTest {

    private final PatternIndex index = new PatternIndex();
    private final PatternSearch search = new PatternSearch(index);
    private int steps;

    @Test
    void anAudienceIsFoundByItsTopicsItsWildcardsAndAsOneForAll() {
        Audience exact = add("prices.eur", "prices.usd");
        Audience star = add("*.eur", "a.*.c");
        Audience open = add("prices.>");
        Audience all = add();
        assertEquals(Set.of(exact, star, open, all), find("prices.eur"));
        assertEquals(Set.of(open, all), find("prices.eur.spot"));
        assertEquals(Set.of(star, all), find("a..c"));
        assertEquals(Set.of(all), find("prices"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whoeverStaysIsFoundThoughOthersComeAndGoBetweenTheSteps(long seed) {
        Random random = new Random(seed);
        List<Audience> there = new ArrayList<>();
        int found = 0;
        for (int round = 0; round < 3000; round++) {
            comeAndGo(there, random, new HashSet<>());
            String topic = String.join(".", tokens(random, "a", "b", ""));
            Set<Audience> expected = new HashSet<>(matching(there, topic));
            Set<Audience> met = new HashSet<>();
            search.begin(topic);
            while (!search.isOver()) {
                Audience audience = search.step();
                if (audience != null) {
                    assertTrue(audience.filter.matches(topic), audience.filter + " is found for " + topic);
                    met.add(audience);
                }
                if (random.nextInt(5) == 0) {
                    comeAndGo(there, random, expected);
                }
            }
            assertTrue(met.containsAll(expected), "found for " + topic);
            found += expected.size();
        }
        assertTrue(found > 3000, found + " found");
        there.forEach(audience -> index.remove(audience.places));
        assertEquals(Set.of(), find("a.b"));
        assertTrue(!index.hasWildcards(), "nothing is left");
    }

    private void comeAndGo(List<Audience> there, Random random, Set<Audience> expected) {
        for (int i = random.nextInt(3); i > 0; i--) {
            there.add(add(patterns(random)));
        }
        for (int i = random.nextInt(there.size() > 40 ? 5 : 3); i > 0 && !there.isEmpty(); i--) {
            Audience leaving = there.remove(random.nextInt(there.size()));
            index.remove(leaving.places);
            expected.remove(leaving);
        }
    }

    private static List<Audience> matching(List<Audience> audiences, String topic) {
        return audiences.stream().filter(a -> a.filter.matches(topic)).toList();
    }

    private static String[] patterns(Random random) {
        return Stream.generate(() -> pattern(random))
                .filter(pattern -> !pattern.isEmpty())
                .limit(random.nextInt(4))
                .toArray(String[]::new);
    }

    private static String pattern(Random random) {
        List<String> tokens = tokens(random, "a", "b", "", "*");
        if (random.nextInt(3) == 0) {
            tokens.add(">");
        }
        return String.join(".", tokens);
    }

    private static List<String> tokens(Random random, String... of) {
        return new ArrayList<>(random.ints(1 + random.nextInt(4), 0, of.length)
                .mapToObj(i -> of[i])
                .toList());
    }

    /** Each event asked each of them. */
    @Test
    void anEventCostsWhatItFindsAndNotTheFiltersThatThereAre() {
        for (int i = 0; i < 2000; i++) {
            int subscriber = i;
            add(IntStream.range(0, 32)
                    .mapToObj(n -> "home." + subscriber + ".*." + n)
                    .toArray(String[]::new));
            add("home." + i + ".>", "*.*." + i + ".>", "*." + i);
        }
        assertEquals(2, find("home.7.kitchen.31").size());
        assertTrue(steps < 20, steps + " steps");
    }

    @Test
    void aTopicLooksUpNoShapeThatItDoesNotFit() {
        for (int stars = 0; stars < 1 << 10; stars++) {
            add(pattern("a", stars, 10) + ".b");
            add(pattern("a", stars, 10) + ".>");
        }
        assertEquals(Set.of(), find("a.a.a.a"));
        assertTrue(steps < 20, steps + " steps");
        assertEquals(1 << 10, find("a.a.a.a.a.a.a.a.a.a.c").size());
        assertTrue(steps < 4 << 10, steps + " steps");
    }

    /** There are 2 to the power of 127 ways through its tokens. */
    @Test
    void aTopicOfManyTokensLooksUpEachShapeOnceHoweverManyWaysThereAre() {
        Set<String> patterns = new TreeSet<>();
        Random random = new Random(1);
        while (patterns.size() < 32 * 100) {
            patterns.add(pattern("a", random.nextInt(), 31) + "." + pattern("a", random.nextInt(), 32) + "."
                    + pattern("a", random.nextInt(), 32) + "." + pattern("a", random.nextInt(), 32) + ".b");
        }
        List<String> all = List.copyOf(patterns);
        for (int i = 0; i < all.size(); i += 32) {
            add(all.subList(i, i + 32).toArray(String[]::new));
        }
        String topic = String.join(".", Collections.nCopies(128, "a"));
        assertEquals(Set.of(), find(topic));
        assertTrue(steps <= patterns.size() + 2 * 128, steps + " steps for " + patterns.size() + " patterns");
    }

    /** Tokens, those as stars whose bits are set. */
    private static String pattern(String token, int stars, int count) {
        return String.join(
                ".",
                IntStream.range(0, count)
                        .mapToObj(i -> (stars >> i & 1) == 1 ? "*" : token)
                        .toList());
    }

    private Audience add(String... patterns) {
        Audience audience = PlainAudience.of(TopicFilter.of(List.of(patterns)));
        audience.places = index.add(audience);
        return audience;
    }

    private Set<Audience> find(String topic) {
        Set<Audience> found = new HashSet<>();
        search.begin(topic);
        for (steps = 0; !search.isOver(); steps++) {
            Audience audience = search.step();
            if (audience != null) {
                found.add(audience);
            }
        }
        return found;
    }
}
