package io.sluice.sse;

import io.sluice.sse.PatternIndex.Group;
import io.sluice.sse.PatternIndex.Place;
import org.jspecify.annotations.Nullable;

/**
 * One topic's way through a {@link PatternIndex}: the pattern that is the topic, then the filters without a pattern, then the
 * pattern of each shape. It goes step by step, and may pause after any of them although audiences come and go meanwhile: see
 * {@link Bag}. An audience is found for each of its patterns that match, perhaps more than once. Event loop only.
 */
final class PatternSearch {

    private final PatternIndex index;
    private final TopicTokens topic = new TopicTokens();

    // 0 if no pattern has a wildcard.
    private int tokens;

    // The shapes that come next: those of so many tokens, above them the filters without a pattern; 0 for no more.
    private int stage;

    private Bag<Group> groups;
    private int groupsLeft;
    private Bag<Place> places;
    private int placesLeft;

    PatternSearch(PatternIndex index) {
        this.index = index;
        this.groups = index.closed(0);
        this.places = index.everything();
    }

    void begin(String text) {
        tokens = 0;
        if (index.hasWildcards()) {
            topic.split(text);
            tokens = topic.count();
        }
        stage = tokens == 0 && index.everything().isEmpty() ? 0 : tokens + 1;
        groupsLeft = 0;
        enter(index.with(text));
    }

    void cancel() {
        stage = 0;
        groupsLeft = 0;
        placesLeft = 0;
    }

    boolean isOver() {
        return placesLeft == 0 && groupsLeft == 0 && stage == 0;
    }

    /** Goes one step. Answers the audience that it leads to, or null if it leads to none. */
    @Nullable
    Audience step() {
        if (placesLeft > 0) {
            placesLeft = Math.min(placesLeft, places.size());
            return placesLeft == 0 ? null : places.get(--placesLeft).audience;
        }
        if (groupsLeft > 0) {
            groupsLeft = Math.min(groupsLeft, groups.size());
            if (groupsLeft > 0) {
                enter(index.with(groups.get(--groupsLeft).shape.patternFor(topic)));
            }
        } else if (stage > 0) {
            enterStage(stage--);
        }
        return null;
    }

    private void enterStage(int stage) {
        if (stage > tokens) {
            enter(index.everything());
        } else {
            groups = stage == tokens ? index.closed(stage) : index.open(stage);
            groupsLeft = groups.size();
        }
    }

    private void enter(Bag<Place> found) {
        places = found;
        placesLeft = found.size();
    }
}
