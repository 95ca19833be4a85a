package io.sluice.sse;

import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.Journal;
import io.sluice.stream.TopicFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription begins.
 *
 * @param told the position that the client knows then, or {@link Subscription#NOTHING}
 * @param preface what it must be told first, perhaps nothing
 * @param first single events that it gets before it reads on, oldest first, all at most {@code cursor}
 * @param cursor the position to read on from
 */
record StartPosition(long told, FrameBatch preface, List<Journal.Entry> first, long cursor) {

    private static final int MAX_ECHO = 64;

    /** Right after the last event that the client has seen, or with a gap, where that cannot be. */
    static StartPosition after(Journal journal, TopicFilter filter, String lastEventId) {
        EventId id = EventId.parse(lastEventId);
        Long position = id == null ? null : journal.find(id);
        long next = position == null ? journal.tail() - 1 : journal.carry(position);
        if (position != null && journal.id(next).equals(id)) {
            return new StartPosition(next, new FrameBatch(), List.of(), next);
        }
        Long lost = position != null && filter.isAll() ? journal.count(position, next) : null;
        return new StartPosition(
                next, new FrameBatch().append(gap(journal, echo(lastEventId), next, lost)), List.of(), next);
    }

    /** For a client without an id: some of what is kept. */
    static StartPosition replaying(Journal journal, TopicFilter filter, Replay replay) {
        long head = journal.head(); // read once: what comes after it is read from the cursor on
        return switch (replay.kind()) {
            case NONE -> new StartPosition(Subscription.NOTHING, new FrameBatch(), List.of(), head);
            case ALL -> new StartPosition(Subscription.NOTHING, new FrameBatch(), List.of(), journal.tail() - 1);
            case SNAPSHOT ->
                new StartPosition(
                        Subscription.NOTHING, new FrameBatch(), journal.newestOfEachTopic(filter, head), head);
            case NEWEST -> newest(journal, filter, replay.count(), head);
        };
    }

    /** The block that says what lies between what the client had and {@code before}, the position to go on from. */
    static byte[] gap(Journal journal, @Nullable String after, long before, @Nullable Long lost) {
        EventId next = before < journal.head() ? journal.id(before + 1) : null;
        return ControlFrames.gap(after, journal.id(before), next, lost);
    }

    private static StartPosition newest(Journal journal, TopicFilter filter, int count, long head) {
        if (filter.isAll()) {
            return new StartPosition(
                    Subscription.NOTHING, new FrameBatch(), List.of(), Math.max(journal.tail() - 1, head - count));
        }
        if (count == 1) {
            Journal.Entry last = journal.newest(filter, head);
            return new StartPosition(
                    Subscription.NOTHING, new FrameBatch(), last == null ? List.of() : List.of(last), head);
        }
        long cursor = head;
        for (int found = 0; found < count && cursor >= journal.tail(); cursor--) {
            Event event = journal.read(cursor);
            if (event != null && filter.matches(event.topic())) {
                found++;
            }
        }
        return new StartPosition(Subscription.NOTHING, new FrameBatch(), List.of(), cursor);
    }

    /** What the client sent, where it can be shown; an id is never longer, and no header of ours should be made of it. */
    private static @Nullable String echo(String lastEventId) {
        boolean printable = lastEventId.chars().allMatch(c -> c > ' ' && c < 0x7f);
        return printable && lastEventId.length() <= MAX_ECHO ? lastEventId : null;
    }
}
