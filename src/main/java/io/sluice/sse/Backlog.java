package io.sluice.sse;

import io.sluice.log.Journal;
import io.sluice.log.Resumption;
import io.sluice.log.Resumption.Gap;
import io.sluice.sse.SseOptions.Slow;
import io.sluice.stream.TopicFilter;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the journal what a subscription that is behind has still to get, a turn's worth at a time. Replaying history and
 * catching up are this one loop. Event loop only.
 */
final class Backlog {

    /** The bytes that one subscription is written in one turn. A single larger event is written whole. */
    static final int TURN_BYTES = 64 * 1024;

    /** The units of work that one subscription gets in one turn: about a tenth of it. */
    static final int SHARE = 16 * 1024;

    private final Slow slow;
    private final BlockWriter writer;

    Backlog(Slow slow, BlockWriter writer) {
        this.slow = slow;
        this.writer = writer;
    }

    private enum Step {
        DONE,
        /** The journal is about to change: go on in a later turn. */
        LATER,
        /** The answer to a poll is complete. */
        FULL,
        /** The subscription is to be closed for its slowness. */
        CLOSE
    }

    /**
     * Moves the cursor towards {@code until}, by a share of the turn, and appends what passes.
     *
     * @return false if the subscription fell out of the journal, and is to be closed for it
     */
    boolean read(Subscription subscription, FrameBatch blocks, long until, TurnBudget turn) {
        Cursor cursor = subscription.cursor();
        int units = subscription.audience.matchUnits;
        int left = SHARE;
        int room = writer.room(subscription);
        boolean spent = false;
        Step step = Step.DONE;
        while (!spent && step == Step.DONE && cursor.isBefore(until) && blocks.length() < room && left > 0) {
            step = step(subscription, cursor, blocks, until);
            left -= units;
            spent = turn.spend(units);
        }
        return step != Step.CLOSE;
    }

    private Step step(Subscription subscription, Cursor cursor, FrameBatch blocks, long until) {
        Journal journal = subscription.delivery.journal();
        if (cursor.isSkipping()) {
            skip(subscription, cursor);
            return Step.DONE;
        }
        if (cursor.isLocating()) {
            locate(subscription, cursor, blocks);
            return Step.DONE;
        }
        if (cursor.isSearching()) {
            cursor.searchOne(journal, subscription.audience.filter);
            return Step.DONE;
        }
        if (cursor.isGapDue(until)) {
            tellUntoldGap(subscription, cursor, blocks, false);
            return Step.DONE;
        }
        if (cursor.isInHole()) {
            return cross(subscription, cursor, blocks);
        }
        Journal.Entry entry = journal.read(cursor.position() + 1);
        if (entry == null) {
            return endsAtGap(subscription, blocks) ? Step.FULL : skipLost(subscription, cursor);
        }
        return take(subscription, cursor, blocks, entry);
    }

    /**
     * Goes on to the next event that is left in a hole, or out of it. If one has gone that was left as it began, or has got a successor,
     * the client is told.
     */
    private Step cross(Subscription subscription, Cursor cursor, FrameBatch blocks) {
        Journal journal = subscription.delivery.journal();
        Journal.Entry left = cursor.leftInHole(journal);
        boolean isLost = left == null && cursor.hasLostHole(journal);
        // In this order: what goes is said to be forgotten before.
        boolean isForgotten = cursor.isForgotten(journal);
        int superseded = isLost ? 0 : cursor.superseded(left);
        if (isForgotten || superseded > 0) {
            if (endsAtGap(subscription, blocks)) {
                return Step.FULL;
            }
            Hole rest = cursor.restOfHole(journal, left);
            cursor.missed(rest, gap(subscription, rest, isForgotten ? null : (Long) (long) superseded));
            return Step.DONE;
        }
        if (isLost) {
            // The log went back: its positions are others.
            return endsAtGap(subscription, blocks) ? Step.FULL : skipLost(subscription, cursor);
        }
        cursor.moveInHole(left);
        return left == null ? Step.DONE : take(subscription, cursor, blocks, left);
    }

    /** An answer to a poll tells one gap, before its events. */
    private static boolean endsAtGap(Subscription subscription, FrameBatch blocks) {
        PollPath poll = subscription.poll();
        return poll != null && poll.endsAtGap(blocks);
    }

    /** Moves behind the next event, and appends it if the client is to get it. */
    private Step take(Subscription subscription, Cursor cursor, FrameBatch blocks, Journal.Entry entry) {
        String topic = entry.event().topic();
        if (cursor.selects(entry) && subscription.audience.filter.matches(topic)) {
            return write(subscription, cursor, blocks, entry);
        }
        cursor.advance(false);
        return Step.DONE;
    }

    private Step write(Subscription subscription, Cursor cursor, FrameBatch blocks, Journal.Entry entry) {
        byte[] frame = entry.frame(subscription.audience.encoding);
        if (!subscription.path.takes(blocks, frame.length)) {
            return Step.FULL;
        }
        tellUntoldGap(subscription, cursor, blocks, true);
        blocks.appendEvent(frame);
        subscription.idSent(entry.position());
        cursor.advance(true);
        return subscription.path.takes(blocks, 0) ? Step.DONE : Step.FULL;
    }

    /** Passes over an event that is older than the client wants. If a wanted one has gone meanwhile, the client is told. */
    private static void skip(Subscription subscription, Cursor cursor) {
        Journal journal = subscription.delivery.journal();
        if (cursor.skipOne(journal)) {
            return;
        }
        Hole hole = Hole.upTo(journal.tail() - 1, null);
        if (cursor.hasDroppedWanted(journal)) {
            cursor.missed(hole, ReplayStart.gap(subscription.positions, hole.start(), null));
        } else {
            cursor.cross(hole, false);
        }
    }

    /** Tells the position of the newest event that passes, of those up to where the cursor stands. */
    private static void locate(Subscription subscription, Cursor cursor, FrameBatch blocks) {
        Journal journal = subscription.delivery.journal();
        TopicFilter filter = subscription.audience.filter;
        long own = Subscription.NOTHING;
        if (ReplayStart.namesItsTopics(filter)) {
            own = ReplayStart.newestPositions(journal, filter, cursor.position())
                    .max()
                    .orElse(own);
        } else if (cursor.searchOne(journal, filter)) {
            own = cursor.position() + 1;
        } else if (cursor.isSearching()) {
            return;
        }
        cursor.comeBack();
        long told = own == Subscription.NOTHING ? Positions.beginning(journal) : own;
        blocks.append(subscription.words.position(journal.id(told)));
        subscription.idSent(told);
    }

    /** The subscription was lapped. */
    private Step skipLost(Subscription subscription, Cursor cursor) {
        Journal journal = subscription.delivery.journal();
        Resumption next = journal.resume(cursor.position());
        Hole hole = next instanceof Gap gap ? Hole.of(journal, gap) : Hole.upTo(next.position(), 0L);
        if (cursor.isRated() && Hole.isPassedOver(journal, subscription.audience.filter, next)) {
            cursor.cross(hole, false);
            return Step.DONE;
        }
        boolean conflating = cursor.isConflating();
        boolean asked = subscription.lastIdSent() == Subscription.NOTHING || (cursor.isSnapshot() && !conflating);
        if (asked || (hole.isComplete() && !conflating)) {
            // A client that asked for what is kept misses nothing that is not kept any more.
            cursor.cross(hole, !asked);
            return Step.DONE;
        }
        boolean late = subscription.isStarted()
                && subscription.poll() == null
                && !(next instanceof Gap gap && gap.lost() == null);
        // A client that resumes is told its gap, whatever the policy; so is a poll, and each if the log itself lost
        // events.
        switch (late ? policy(subscription) : Slow.GAP) {
            case GAP ->
                cursor.missed(hole, gap(subscription, hole, conflating || cursor.isRated() ? null : hole.lost()));
            case LATEST -> {
                long had = subscription.positions.had(subscription);
                return cursor.conflate(journal, hole, had, subscription.positions) ? Step.DONE : Step.LATER;
            }
            case CLOSE -> {
                return Step.CLOSE;
            }
        }
        return Step.DONE;
    }

    /** A client with a rate gets the newest events anyway. */
    private Slow policy(Subscription subscription) {
        return slow == Slow.LATEST && subscription.pace != null ? Slow.GAP : slow;
    }

    private static Cursor.UntoldGap gap(Subscription subscription, Hole hole, @Nullable Long lost) {
        Positions positions = subscription.positions;
        String had =
                subscription.delivery.journal().id(positions.had(subscription)).toString();
        return new Cursor.UntoldGap(had, subscription.cursor().resumable(), lost, positions.gapDue(hole.start()));
    }

    private void tellUntoldGap(Subscription subscription, Cursor cursor, FrameBatch blocks, boolean isFollowed) {
        Cursor.UntoldGap gap = cursor.takeUntoldGap();
        if (gap != null) {
            Long lost = subscription.audience.filter.isAll() ? gap.lost() : null;
            blocks.append(subscription.positions.gap(subscription, gap.after(), lost, isFollowed));
            writer.gapTold(lost);
        }
    }
}
