package io.sluice.sse;

import io.sluice.log.Journal;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The rated groups of one stream at one event loop: there from the first subscription with a rate on. Event loop only. */
final class RatedGroups {

    /** What it takes to arm a group, in units of a {@link TurnBudget}. */
    private static final int ARM_UNITS = 8;

    private final Journal journal;
    private final Turns turns;
    private final BlockWriter writer;
    private final Map<RatedGroup.Key, RatedGroup> byKey = new HashMap<>();

    /** Those that have nothing to do until an event comes, and have seats. The others are armed by whoever arrives. */
    private final Set<RatedGroup> idle = new LinkedHashSet<>();

    RatedGroups(Journal journal, Turns turns, BlockWriter writer) {
        this.journal = journal;
        this.turns = turns;
        this.writer = writer;
    }

    Turns turns() {
        return turns;
    }

    RateTimer timer() {
        return turns.rateTimer();
    }

    CatchUp behind() {
        return turns.catchUp();
    }

    BlockWriter writer() {
        return writer;
    }

    /** The audience of the group of a key, with one more subscription. */
    Audience join(RatedGroup.Key key) {
        RatedGroup group = byKey.computeIfAbsent(key, added -> new RatedGroup(added, journal, this));
        group.audience.join();
        return group.audience;
    }

    /** Counts one subscription of a group less. The last one takes the group with it. */
    void leave(RatedGroup group) {
        if (group.audience.leave()) {
            byKey.remove(group.key);
            idle.remove(group);
            group.close();
        }
    }

    boolean isEmpty() {
        return byKey.isEmpty();
    }

    /** Says whether a group is to be woken by the next event. */
    void idle(RatedGroup group, boolean isIdle) {
        if (isIdle) {
            idle.add(group);
        } else {
            idle.remove(group);
        }
    }

    /** There may be new events: arms the groups that are idle. Returns whether it has come to all of them. */
    boolean wake(TurnBudget turn) {
        for (int left = idle.size(); left > 0; left--) {
            Iterator<RatedGroup> first = idle.iterator();
            RatedGroup group = first.next();
            first.remove();
            group.arm();
            if (turn.spend(ARM_UNITS)) {
                return idle.isEmpty();
            }
        }
        return true;
    }

    /** The stream has ended: nobody waits for a turn any more. */
    void end() {
        byKey.values().forEach(RatedGroup::arm);
    }

    /** Whether all that is left to do waits for sockets, or for the journal. */
    boolean areIdle() {
        return byKey.values().stream().allMatch(RatedGroup::isIdle);
    }
}
