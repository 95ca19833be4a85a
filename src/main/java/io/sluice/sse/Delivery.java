package io.sluice.sse;

import io.sluice.log.EventId;
import io.sluice.log.Journal;
import io.sluice.log.Journal.State;
import io.sluice.stream.CloseReason;
import io.sluice.stream.TopicFilter;
import org.jspecify.annotations.Nullable;

/**
 * The way of an event from a stream's journal to the subscriptions of one event loop.
 *
 * <pre>
 *    journal   . . | 41 | 42 | 43 | 44 | 45 | 46 |
 *                         ^              ^    ^
 *                      cursor          head  the journal's head
 *                  of one behind     of the delivery: the position of every live subscription
 *
 *    turn:  1. {@link LiveSlice}: what is new since the head, at most 64 kB,
 *              joined once per filter, written once to each live subscription
 *           2. {@link CatchUp}: those behind that can be written to: each reads on from its own cursor
 * </pre>
 *
 * <p><b>Live and behind.</b> A live subscription has nothing unsent; it has no position of its own, so that an event it does
 * not want costs it nothing and cannot leave it behind. When its socket is full as a slice comes, it gets a {@link Cursor}, and
 * is behind. When the socket drains it reads on from there, and at the head it is live again. A new one that wants history
 * begins behind: replaying and catching up are one loop, {@link Backlog}.
 *
 * <p><b>At a rate.</b> Those who want the newest events so many times a second are in {@link RatedGroups}, which have turns of their own. A
 * wake-up only arms those that are idle, and there are none without such a client.
 *
 * <p><b>Lapped.</b> When a cursor falls out of the journal the client is told how much it lost, and continues at the oldest kept
 * event. If the log itself went back, it continues after what it has had of it. If the delivery itself falls out, every live
 * subscription gets the head as a cursor, and the same loop sees to it.
 *
 * <p><b>The end of the stream.</b> If it has ended, each subscription ends when it has all: the live ones after the last slice, those
 * behind when they come to the head. If it was deleted, each ends at once, or as soon as its socket takes anything.
 *
 * <p><b>Turns.</b> A delivery is there as long as its stream has a subscription at the event loop, and listens to the journal. It works
 * in its {@link Turns}, and may stop anywhere, in the middle of one event if that has many receivers.
 *
 * <p><b>Called back.</b> Writing may call back before it returns: {@link CatchUp#drained}, {@link #remove}, even {@link #join} for
 * the next request of a connection. So whatever is said about a subscription is said before it is written to, and after a write
 * nothing is believed but its own state.
 *
 * <p>All state belongs to the event loop.
 */
final class Delivery extends Turns.Due {

    /** What it takes to end a subscription, in units of a {@link TurnBudget}. */
    private static final int END_UNITS = 64;

    private static final int NOT_ENDING = -1;

    private final ServedStream stream;
    private final Turns turns;
    private final CatchUp behind;
    private final BlockWriter writer;

    private final Audiences audiences = new Audiences();
    private final JournalWaiters waiters = new JournalWaiters();
    private final LiveSlice live;

    /** From the first client with a rate on. */
    private @Nullable RatedGroups rated;

    // The audiences whose live subscriptions have still to end.
    private int ending = NOT_ENDING;

    Delivery(ServedStream stream, Turns turns, BlockWriter writer) {
        super(turns);
        this.stream = stream;
        this.turns = turns;
        this.behind = turns.catchUp();
        this.writer = writer;
        this.live = new LiveSlice(stream, audiences, behind, writer);
    }

    /** Listens to the journal until {@link #close}. */
    void open() {
        journal().addWakeUp(this);
        live.beginAt(journal().head());
    }

    void close() {
        journal().removeWakeUp(this);
    }

    ServedStream stream() {
        return stream;
    }

    Journal journal() {
        return stream.journal();
    }

    // ---- subscriptions

    /** The audience of those who want the same events in the same format, with one more subscription. */
    Audience join(TopicFilter filter, Manner manner) {
        Audience.Key key = new Audience.Key(filter, journal().use(manner.format()));
        return manner instanceof Manner.Streaming streaming && streaming.interval() > 0
                ? rated().join(new RatedGroup.Key(key, streaming.interval()))
                : audiences.join(key);
    }

    private RatedGroups rated() {
        if (rated == null) {
            rated = new RatedGroups(journal(), turns, writer);
        }
        return rated;
    }

    /** Forgets a subscription that is closed. */
    void remove(Subscription subscription) {
        waiters.remove(subscription);
        if (subscription.isLive()) {
            subscription.audience.unseat(subscription);
        }
        RatedGroup group = subscription.audience.rated;
        if (group == null || rated == null) {
            audiences.leave(subscription.audience);
        } else {
            rated.leave(group);
        }
    }

    /** Whether it has no subscription. */
    boolean isEmpty() {
        return audiences.isEmpty() && (rated == null || rated.isEmpty());
    }

    /** More or fewer of its subscriptions have a cursor. */
    void countBehind(int more) {
        writer.behind(more);
    }

    /** Those that wait for the journal. */
    JournalWaiters waiters() {
        return waiters;
    }

    /** The position up to which a subscription that is behind may read: that of the live ones, or less if it has a rate. */
    long end(Subscription subscription) {
        Pace pace = subscription.pace;
        return pace == null ? live.head() : pace.end();
    }

    /** Whether a subscription that is behind has got to where it may read no further. */
    boolean isAtHead(Subscription subscription) {
        Cursor cursor = subscription.cursor();
        Pace pace = subscription.pace;
        return cursor.isReading() && (pace == null ? live.takes(cursor.position()) : cursor.position() >= pace.end());
    }

    /** A subscription that is at the head is live now, or when its rate allows it. */
    void goLive(Subscription subscription) {
        Pace pace = subscription.pace;
        if (pace == null) {
            subscription.goLive();
        } else {
            pace.group.arrive(subscription, pace);
        }
    }

    /** Whether a subscription that is behind has all that the live ones have, or more. */
    boolean hasCaughtUp(Subscription subscription) {
        Cursor cursor = subscription.cursor();
        return cursor.isReading() && cursor.position() >= live.head();
    }

    /** Whether the stream has ended, and a subscription that is behind has all of it. */
    boolean hasAll(Subscription subscription) {
        Cursor cursor = subscription.cursor();
        Journal journal = journal();
        return journal.state() == State.ENDED && cursor.isReading() && cursor.position() == journal.head();
    }

    boolean isDeleted() {
        return journal().state() == State.DELETED;
    }

    /** The id that a client comes back with that is ended for a reason now; null for the one that it has. */
    @Nullable
    EventId lastId(Subscription subscription, CloseReason reason) {
        if (subscription.positions.isToldOf(reason)) {
            return Positions.END;
        }
        long position = position(subscription);
        if (position == Subscription.NOTHING && subscription.poll() != null) {
            // Its next poll goes on behind the last id that it may know.
            position = subscription.lastIdSent();
        }
        return position == Subscription.NOTHING ? null : journal().id(position);
    }

    /** The position that the client has and may be told, or {@link Subscription#NOTHING}. */
    private long position(Subscription subscription) {
        return subscription.positions.passed(passed(subscription));
    }

    /** The position up to which the client was sent everything that passes, or {@link Subscription#NOTHING}. */
    private long passed(Subscription subscription) {
        if (subscription.isLive()) {
            RatedGroup group = subscription.audience.rated;
            return group == null ? live.position(subscription) : group.position(subscription);
        }
        // One that has not begun was not told the gap that it may begin with.
        boolean knows = subscription.isStarted() && subscription.hasCursor();
        return knows ? subscription.cursor().resumable() : Subscription.NOTHING;
    }

    /** Writes a comment, with the position if the client does not know it. */
    void beat(Subscription subscription) {
        long position = position(subscription);
        EventId moved = position > subscription.lastIdSent() ? journal().id(position) : null;
        subscription.idSent(Math.max(position, subscription.lastIdSent()));
        byte[] heartbeat = subscription.words.heartbeat(moved);
        writer.writeAlone(subscription, new FrameBatch().append(heartbeat), SubscriptionTimers.now());
    }

    // ---- a turn

    @Override
    void turn(TurnBudget turn) {
        if (isEmpty()) {
            return;
        }
        // Before the head: an end that is seen comes after the last event.
        State state = journal().state();
        if (audiences.isEmpty()) {
            live.pass(journal().head(), turn);
        } else if (state != State.DELETED) {
            live.work(turn);
        }
        boolean areWoken = rated == null || wake(rated, state, turn);
        waiters.enqueueReached(reached(state), behind, turn);
        CloseReason reason = endOfLive(state);
        if (reason == null) {
            ending = NOT_ENDING;
        } else {
            endLive(reason, turn);
        }
        if (!areWoken || !isLiveIdle()) {
            run();
        }
    }

    private static boolean wake(RatedGroups groups, State state, TurnBudget turn) {
        if (state != State.OPEN) {
            groups.end();
        }
        return groups.wake(turn);
    }

    /** The position up to which none is waited for any more. */
    private long reached(State state) {
        return state == State.DELETED ? Long.MAX_VALUE : journal().head();
    }

    /** Why the live subscriptions are to end, or null if they are not. */
    private @Nullable CloseReason endOfLive(State state) {
        return switch (state) {
            case OPEN -> null;
            case ENDED -> live.isIdle(journal().head()) ? CloseReason.END : null;
            case DELETED -> CloseReason.DELETED;
        };
    }

    private void endLive(CloseReason reason, TurnBudget turn) {
        ending = ending == NOT_ENDING ? audiences.size() : ending;
        while (ending > 0) {
            Subscription subscription = audiences.anyLive(ending - 1);
            if (subscription == null) {
                ending--;
            } else {
                writer.close(subscription, reason);
            }
            if (turn.spend(END_UNITS)) {
                return;
            }
        }
    }

    /** Whether all that is left to do waits for sockets, or for the journal. */
    boolean isIdle() {
        return isLiveIdle() && (rated == null || rated.areIdle());
    }

    private boolean isLiveIdle() {
        State state = journal().state();
        boolean liveIsIdle = state == State.OPEN ? live.isIdle(journal().head()) : ending == 0;
        return isEmpty() || (liveIsIdle && !waiters.isReached(reached(state)));
    }

    @Override
    public String toString() {
        return stream.toString();
    }
}
