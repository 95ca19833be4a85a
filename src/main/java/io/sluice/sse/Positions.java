package io.sluice.sse;

import io.sluice.log.EventId;
import io.sluice.log.Journal;
import io.sluice.stream.CloseReason;
import io.sluice.stream.TopicFilter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which positions of a stream a client is told: when it opens, in a heartbeat, in a gap, and at its end.
 *
 * <pre>
 *    journal   | 41 | 42 | 43 | 44 | 45 |     the client may see 42 and 44
 *
 *    ANY       41, 42, 43, 44, 45             at the head it stands at 45
 *    OWN           42,     44                 at the head it stands at 44; if none is kept, at 0
 * </pre>
 *
 * <p>What takes a subscription: event loop only.
 */
enum Positions {

    /** Each: the client may know that there are other events than those that it asks for. */
    ANY {
        @Override
        Cursor standingAt(long head) {
            return Cursor.after(head);
        }

        @Override
        Cursor skippingFrom(long position, Instant since, long end) {
            return Cursor.skipping(position, since, end);
        }

        @Override
        long opening(Subscription subscription) {
            return subscription.cursor().isReading() ? subscription.cursor().position() : Subscription.NOTHING;
        }

        @Override
        long passed(long position) {
            return position;
        }

        @Override
        long had(Subscription subscription) {
            return subscription.cursor().resumable();
        }

        @Override
        long gapDue(long position) {
            return position;
        }

        @Override
        byte[] gap(Subscription subscription, @Nullable String after, @Nullable Long lost, boolean isFollowed) {
            Journal journal = subscription.delivery.journal();
            long before = subscription.cursor().position();
            subscription.idSent(before);
            EventId next = before < journal.head() ? journal.id(before + 1) : null;
            return subscription.words.gap(after, journal.id(before), next, lost);
        }

        @Override
        boolean hasAll(Journal journal, TopicFilter filter, long position) {
            return position == journal.head();
        }

        @Override
        boolean isToldOf(CloseReason reason) {
            return false;
        }
    },

    /**
     * Those of the client's own events, because its rights are limited to topics: it learns of no other event, neither by an id nor by
     * a number. It gets them with the events, so that heartbeats have none.
     */
    OWN {
        @Override
        Cursor standingAt(long head) {
            return Cursor.locating(head);
        }

        @Override
        Cursor skippingFrom(long position, Instant since, long end) {
            return Cursor.skippingAndLocating(position, since, end);
        }

        /** Whatever was kept of its own was sent, or located. */
        @Override
        long opening(Subscription subscription) {
            Cursor cursor = subscription.cursor();
            boolean hasNone = cursor.isReading()
                    && cursor.position() >= subscription.delivery.end(subscription)
                    && subscription.lastIdSent() == Subscription.NOTHING;
            return hasNone ? beginning(subscription.delivery.journal()) : Subscription.NOTHING;
        }

        @Override
        long passed(long position) {
            return Subscription.NOTHING;
        }

        @Override
        long had(Subscription subscription) {
            return subscription.lastIdSent();
        }

        @Override
        long gapDue(long position) {
            return Cursor.UntoldGap.AT_HEAD;
        }

        @Override
        byte[] gap(Subscription subscription, @Nullable String after, @Nullable Long lost, boolean isFollowed) {
            Journal journal = subscription.delivery.journal();
            long before = isFollowed ? subscription.cursor().position() : newestOwn(subscription);
            subscription.idSent(before);
            if (!isFollowed) {
                return subscription.words.gap(after, journal.id(before), null, null);
            }
            EventId next = journal.id(before + 1);
            // Of its own epoch: the one before it may have another.
            return subscription.words.gap(after, next.at(next.n() - 1), next, null);
        }

        /** If that takes long to find out, the beginning: the client may get what is kept of its own once more. */
        private long newestOwn(Subscription subscription) {
            Journal journal = subscription.delivery.journal();
            TopicFilter filter = subscription.audience.filter;
            long none = beginning(journal);
            return ReplayStart.namesItsTopics(filter)
                    ? ReplayStart.newestPositions(
                                    journal, filter, subscription.cursor().position())
                            .max()
                            .orElse(none)
                    : none;
        }

        @Override
        boolean hasAll(Journal journal, TopicFilter filter, long position) {
            return ReplayStart.namesItsTopics(filter)
                    ? ReplayStart.newestPositions(journal, filter, journal.head())
                            .allMatch(newest -> newest <= position)
                    : isShort(journal, filter, position) && hasNoneAfter(journal, filter, position);
        }

        @Override
        boolean isToldOf(CloseReason reason) {
            return reason == CloseReason.END;
        }
    };

    /**
     * In place of an id, at the end of a stream that has ended, for a client that may not know the last one. It is answered as that one
     * is.
     */
    static final EventId END = new EventId("end", 0);

    static Positions of(boolean limited) {
        return limited ? OWN : ANY;
    }

    /** Where a client begins that wants no history. */
    abstract Cursor standingAt(long head);

    /** Where a client begins that wants the events of a time, and later ones, of those after a position and up to {@code end}. */
    abstract Cursor skippingFrom(long position, Instant since, long end);

    /** What a client is told that has got no event as it opens; {@link Subscription#NOTHING} if nothing, or nothing yet. */
    abstract long opening(Subscription subscription);

    /** What a client is told when it has got all that is for it up to a position. */
    abstract long passed(long position);

    /** What a client that was lapped has had, as it knows it. */
    abstract long had(Subscription subscription);

    /** The position at which a gap is told that is there since a position, if no event is found before. */
    abstract long gapDue(long position);

    /**
     * The block that tells a gap up to the client's cursor.
     *
     * @param isFollowed whether an event is written to the client next
     */
    abstract byte[] gap(Subscription subscription, @Nullable String after, @Nullable Long lost, boolean isFollowed);

    /** Whether a client has all of a stream that has ended. If that takes long to find out, it does not. */
    abstract boolean hasAll(Journal journal, TopicFilter filter, long position);

    /** Whether a client gets {@link #END} when it is ended. */
    abstract boolean isToldOf(CloseReason reason);

    /** The position before the first event, whether that is kept or not. */
    static long beginning(Journal journal) {
        return beginning(journal, journal.tail() - 1);
    }

    /** The position before the first event of the log that has a position. */
    static long beginning(Journal journal, long position) {
        return position - journal.id(position).n();
    }

    private static boolean isShort(Journal journal, TopicFilter filter, long position) {
        return (journal.head() - position) * Audience.matchUnits(filter) <= Backlog.SHARE;
    }

    private static boolean hasNoneAfter(Journal journal, TopicFilter filter, long position) {
        long head = journal.head();
        for (long next = position + 1; next <= head; next++) {
            Journal.Entry entry = journal.read(next);
            if (entry == null || filter.matches(entry.event().topic())) {
                return false;
            }
        }
        return true;
    }
}
