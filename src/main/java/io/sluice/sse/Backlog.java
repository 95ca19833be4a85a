package io.sluice.sse;

import io.sluice.log.Event;
import io.sluice.log.Journal;
import io.sluice.sse.SseOptions.Slow;
import java.util.List;

/**
 * What a subscription that is behind has still to get: reads it from the journal, a turn's worth at a time. Replaying history
 * and catching up are this one loop. Event loop only.
 */
final class Backlog {

    /** What one subscription is written in one turn; a single larger event goes out whole. */
    static final int TURN_BYTES = 64 * 1024;

    /** Deliveries, or events read, between two looks at the clock. */
    static final int CLOCK_EVERY = 64;

    private final Journal journal;
    private final Slow slow;

    Backlog(Journal journal, Slow slow) {
        this.journal = journal;
        this.slow = slow;
    }

    /**
     * Moves the cursor towards {@code until}, and appends what passes.
     *
     * @return false where the subscription fell out of the journal, and is to be closed for it
     */
    boolean read(Subscription subscription, FrameBatch blocks, long until, long deadline) {
        appendFirst(subscription, blocks);
        int done = 0;
        while (subscription.cursor < until && blocks.length() < TURN_BYTES) {
            Event event = journal.read(subscription.cursor + 1);
            if (event == null) {
                if (!skipLost(subscription, blocks)) {
                    return false;
                }
                continue;
            }
            subscription.cursor++;
            if (subscription.audience.filter.matches(event.topic())) {
                append(subscription, subscription.cursor, event, blocks);
            }
            if (++done % CLOCK_EVERY == 0 && System.nanoTime() > deadline) {
                break;
            }
        }
        return true;
    }

    private void appendFirst(Subscription subscription, FrameBatch blocks) {
        while (subscription.first.hasNext() && blocks.length() < TURN_BYTES) {
            Journal.Entry entry = subscription.first.next();
            append(subscription, entry.position(), entry.event(), blocks);
        }
    }

    private static void append(Subscription subscription, long position, Event event, FrameBatch blocks) {
        blocks.append(event.frame());
        subscription.told = position;
    }

    /** The subscription was lapped. */
    private boolean skipLost(Subscription subscription, FrameBatch blocks) {
        long next = journal.carry(subscription.cursor);
        if (subscription.told == Subscription.NOTHING // it has only asked for what is kept
                || journal.id(next).equals(journal.id(subscription.cursor))) {
            subscription.cursor = next;
            return true;
        }
        boolean late = subscription.begun && journal.count(subscription.cursor, next) != null;
        switch (late ? slow : Slow.GAP) { // a resume is told, whatever the policy, and so is a loss of the log's own
            case GAP -> tell(subscription, blocks, next, 0);
            case LATEST -> conflate(subscription, blocks);
            case CLOSE -> {
                return false;
            }
        }
        return true;
    }

    /** Goes on with the newest of each topic, all of which came after what the client has. */
    private void conflate(Subscription subscription, FrameBatch blocks) {
        long head = journal.head();
        List<Journal.Entry> newest = journal.newestOfEachTopic(subscription.audience.filter, head);
        long before = newest.isEmpty() ? head : newest.get(0).position() - 1;
        tell(subscription, blocks, before, head - before - newest.size());
        subscription.first = newest.iterator();
        subscription.cursor = head;
        appendFirst(subscription, blocks);
    }

    /** Says what lies between the cursor and {@code before}, and how much is {@code left} out behind that. */
    private void tell(Subscription subscription, FrameBatch blocks, long before, long left) {
        long after = subscription.cursor;
        Long between = subscription.audience.filter.isAll() ? journal.count(after, before) : null;
        Long lost = between == null ? null : between + left;
        blocks.append(StartPosition.gap(journal, journal.id(after).toString(), before, lost));
        subscription.cursor = before;
        subscription.told = before;
    }
}
