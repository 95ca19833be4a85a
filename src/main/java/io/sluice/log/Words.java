package io.sluice.log;

import org.jspecify.annotations.Nullable;

/** The topics and types that came last, so that equal ones are in memory once. One thread only. */
final class Words {

    private static final int SLOTS = 256;

    private final @Nullable String[] known = new @Nullable String[SLOTS];

    /** The same text, or an equal one from before. */
    @Nullable
    String shared(@Nullable String word) {
        if (word == null) {
            return null;
        }
        int slot = Math.floorMod(word.hashCode(), SLOTS);
        if (!word.equals(known[slot])) {
            known[slot] = word;
        }
        return known[slot];
    }
}
