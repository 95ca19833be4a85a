package io.sluice.sse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the audiences whose patterns a topic matches, by tuple space search (Srinivasan, Suri and Varghese, SIGCOMM 1999).
 *
 * <pre>
 *    topic              shapes of patterns      the pattern that is looked up
 *
 *    prices.eur.spot    no wildcard             prices.eur.spot
 *                       3 tokens, * is the 2nd  prices.*.spot
 *                       2 tokens and &gt;          prices.eur.&gt;
 *                       1 token and &gt;           prices.&gt;
 * </pre>
 *
 * <p>Patterns are grouped by {@link PatternShape}. Of each shape a topic matches one pattern at most, whose text follows from the
 * topic. So an event costs a look-up for each shape of its length, and each audience that it finds, however many patterns
 * there are. Of shapes that a topic of d tokens fits there are fewer than 2 to the power of d + 1, and those that no pattern has
 * are not looked up.
 *
 * <p>A pattern costs its text and some 150 bytes, and the first of a shape some 150 more.
 *
 * <p>{@link PatternSearch} is the search. Event loop only.
 */
final class PatternIndex {

    /** An audience's place among those with one of its patterns. */
    static final class Place extends Bag.Item {

        final Audience audience;
        private final Pattern pattern;

        private Place(Audience audience, Pattern pattern) {
            this.audience = audience;
            this.pattern = pattern;
        }
    }

    /** The patterns of one shape. */
    static final class Group extends Bag.Item {

        final PatternShape shape;
        private int patterns;

        private Group(PatternShape shape) {
            this.shape = shape;
        }
    }

    /** A pattern that some audience has; one without a wildcard is in no group. */
    private record Pattern(String text, @Nullable Group group, Bag<Place> places) {}

    private static final Bag<Place> NO_PLACES = new Bag<>();
    private static final Bag<Group> NO_GROUPS = new Bag<>();

    private final Pattern everything = new Pattern(">", null, new Bag<>());
    private final Map<String, Pattern> patterns = new HashMap<>();
    private final Map<PatternShape, Group> groups = new HashMap<>();

    // By the number of tokens.
    private final List<Bag<Group>> closed = new ArrayList<>();
    private final List<Bag<Group>> open = new ArrayList<>();

    /** Adds an audience at each of its patterns; answers its places, for {@link #remove}. */
    Place[] add(Audience audience) {
        if (audience.filter.isAll()) {
            return new Place[] {place(audience, everything)};
        }
        return audience.filter.patterns().stream()
                .map(text -> place(audience, patterns.computeIfAbsent(text, this::pattern)))
                .toArray(Place[]::new);
    }

    private static Place place(Audience audience, Pattern pattern) {
        Place place = new Place(audience, pattern);
        pattern.places.add(place);
        return place;
    }

    private Pattern pattern(String text) {
        PatternShape shape = PatternShape.of(text);
        return new Pattern(text, shape.isExact() ? null : group(shape), new Bag<>());
    }

    private Group group(PatternShape shape) {
        Group group = groups.computeIfAbsent(shape, s -> {
            Group added = new Group(s);
            bag(s).add(added);
            return added;
        });
        group.patterns++;
        return group;
    }

    private Bag<Group> bag(PatternShape shape) {
        List<Bag<Group>> bags = shape.isOpen() ? open : closed;
        while (bags.size() <= shape.tokens()) {
            bags.add(new Bag<>());
        }
        return bags.get(shape.tokens());
    }

    void remove(Place[] places) {
        for (Place place : places) {
            Pattern pattern = place.pattern;
            pattern.places.remove(place);
            if (pattern.places.isEmpty()) {
                patterns.remove(pattern.text);
                leave(pattern.group);
            }
        }
    }

    private void leave(@Nullable Group group) {
        if (group != null && --group.patterns == 0) {
            groups.remove(group.shape);
            bag(group.shape).remove(group);
        }
    }

    // ---- for a search

    /** Whether a pattern has a wildcard, apart from that for every topic. */
    boolean hasWildcards() {
        return !groups.isEmpty();
    }

    /** The audiences for every topic. */
    Bag<Place> everything() {
        return everything.places;
    }

    /** The audiences with a pattern, which may be a topic. */
    Bag<Place> with(String pattern) {
        Pattern known = patterns.get(pattern);
        return known == null ? NO_PLACES : known.places;
    }

    /** The shapes of so many tokens. */
    Bag<Group> closed(int tokens) {
        return tokens < closed.size() ? closed.get(tokens) : NO_GROUPS;
    }

    /** The shapes of so many tokens and a {@code >}. */
    Bag<Group> open(int tokens) {
        return tokens < open.size() ? open.get(tokens) : NO_GROUPS;
    }
}
