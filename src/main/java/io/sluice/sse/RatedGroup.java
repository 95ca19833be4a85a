package io.sluice.sse;

import io.sluice.log.Journal;
import io.sluice.stream.CloseReason;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscriptions to a stream that want the same events, in the same format, at the same rate: its state is read once for all of
 * them, joined once, and written to each.
 *
 * <pre>
 *    journal   | a1 | b1 | a2 | a3 | b2 | a4 |          what a seat gets at turn 2: a3, b2
 *              ^              ^         ^
 *            turn 1         parked    turn 2            a turn comes an interval after the last write, or at once
 *         all seats are here           the head         after a longer silence
 *
 *    IDLE --> COLLECTING --> DELIVERING --> SERVING --> IDLE
 *                 |   `---------'              |
 *                 `--> LAPPED -----------------'
 * </pre>
 *
 * <p><b>Seats.</b> A subscription with a seat has all that passes up to the group's head, or something newer of the same topic. So it
 * has no position of its own.
 *
 * <p><b>Alone.</b> One that begins, or whose socket was full, has a {@link Cursor} and a {@link Pace}. What it asked for as it came it
 * gets at once. Then it is parked until the group's turn, where it reads on up to the group's head, conflated as the others are, and
 * takes a seat there. Not before its own interval is over: if that is in the middle of the group's, it waits for another turn. A
 * client whose socket is full is not parked: its socket calls.
 *
 * <p><b>A state is one write.</b> If it has more than {@value #MAX_BYTES} bytes it goes out in parts, each in a turn of the event loop, one
 * right after the other. A socket that is full in between gets the rest when it drains.
 *
 * <p><b>Each phase may take many turns</b> of the event loop: it stops anywhere, and goes on in the next one. Seats are taken in IDLE and
 * SERVING only.
 *
 * <p><b>Lapped.</b> {@link Conflation} says whether something is lost. If it is, each one reads on alone from where all of them were, and
 * is told as any other client.
 *
 * <p><b>The end of the stream</b> is not waited for: each one gets the last state at once, and ends.
 *
 * <p>Event loop only.
 */
final class RatedGroup extends RateTimer.Armed {

    private static final Logger LOG = LoggerFactory.getLogger(RatedGroup.class);

    /** The bytes of a part. A single larger event is a part. */
    private static final int MAX_BYTES = 64 * 1024;

    /** What a write costs, and what it takes to end a subscription, in units of a {@link TurnBudget}. */
    private static final int WRITE_UNITS = 16;

    private static final int END_UNITS = 64;

    /** By which part of an interval a group's next turn is put off for one that has just caught up. */
    private static final int PATIENCE = 8;

    /** For which part of an interval it does not look for events again, at most, if none has passed: it may have a rare topic. */
    private static final int BLIND = 4;

    private static final long MAX_BLIND = TimeUnit.MILLISECONDS.toNanos(250);

    private static final long NEVER = Long.MAX_VALUE;

    /** What its subscriptions have in common. */
    record Key(Audience.Key audience, long interval) {}

    final Key key;
    final Audience audience;

    private final Journal journal;
    private final RatedGroups groups;
    private final Conflation state;
    private final Queue<Subscription> parked = new ArrayDeque<>(1);

    private Phase phase = Phase.IDLE;

    // Each seat has everything up to the start, and those that are not due up to where the state is read.
    private long start;

    // When a seat was written to last, and the first of the parked.
    private long wroteAt;
    private long parkedWroteAt = NEVER;

    // Not before this time it looks again for events that pass, after it found none.
    private long looksAt;

    // Of the turn.
    private @Nullable CloseReason ending;
    private boolean wrote;
    private boolean isFirstPart;
    private int toServe;

    private enum Phase {
        IDLE,
        COLLECTING,
        DELIVERING,
        LAPPED,
        SERVING
    }

    RatedGroup(Key key, Journal journal, RatedGroups groups) {
        super(groups.turns());
        this.key = key;
        this.audience = new Audience(key.audience, this);
        this.journal = journal;
        this.groups = groups;
        this.state = new Conflation(journal, audience.filter);
        this.wroteAt = -key.interval;
        state.standAt(journal.head());
    }

    /** The time, in nanoseconds. */
    long now() {
        return groups.timer().now();
    }

    /** The position up to which a live subscription was sent everything that passes, or what is newer. */
    long position(Subscription live) {
        return phase == Phase.LAPPED || audience.isDue(live) ? start : state.position();
    }

    // ---- those that read alone

    /** Gives a seat to a subscription that has all that it may read now, or parks it until its turn. */
    void arrive(Subscription subscription, Pace pace) {
        if (pace.isParked()) {
            return;
        }
        boolean isOpen = journal.state() == Journal.State.OPEN;
        boolean isEmpty = audience.anyLive() == null;
        boolean isSoon = isEmpty || pace.wroteAt() - wroteAt <= key.interval / PATIENCE;
        if (isOpen && isEmpty && phase == Phase.IDLE) {
            beginAt(subscription.cursor().position());
            seat(subscription, pace);
        } else if (isOpen && isSoon && takesSeats() && isHere(subscription)) {
            seat(subscription, pace);
        } else {
            park(subscription, pace);
        }
        arm();
    }

    /** Without any seat. */
    private void beginAt(long position) {
        state.standAt(position);
        audience.begin();
    }

    private boolean takesSeats() {
        return phase == Phase.IDLE || (phase == Phase.SERVING && ending == null);
    }

    private boolean isHere(Subscription subscription) {
        return subscription.cursor().position() == state.position();
    }

    private void seat(Subscription subscription, Pace pace) {
        wroteAt = Math.max(wroteAt, pace.wroteAt());
        subscription.goLive();
    }

    private void park(Subscription subscription, Pace pace) {
        pace.park(true);
        parked.add(subscription);
        parkedWroteAt = Math.min(parkedWroteAt, pace.wroteAt());
    }

    // ---- when

    /** Sees to it that it has its turn when there is something to do for it. */
    void arm() {
        if (phase != Phase.IDLE || audience.isEmpty()) {
            return;
        }
        long due = due();
        groups.idle(this, due == NEVER && audience.anyLive() != null);
        if (due == NEVER) {
            return;
        }
        if (due <= now()) {
            run();
        } else {
            groups.timer().arm(this, due);
        }
    }

    /** When it is to have its turn. */
    private long due() {
        boolean hasSeats = audience.anyLive() != null;
        if (journal.state() != Journal.State.OPEN) {
            return hasSeats || !parked.isEmpty() ? now() : NEVER;
        }
        boolean hasNews = hasSeats && state.position() < journal.head();
        long news = hasNews ? Math.max(looksAt, wroteAt + key.interval) : NEVER;
        long alone = parked.isEmpty() ? NEVER : Math.max(wroteAt, parkedWroteAt) + key.interval;
        long due = Math.min(news, alone);
        return due == NEVER ? NEVER : RateTimer.onGrid(due, key.interval);
    }

    /** Whether all that is left to do waits for sockets, or for the journal. */
    boolean isIdle() {
        return phase == Phase.IDLE && due() == NEVER;
    }

    // ---- a turn

    @Override
    void turn(TurnBudget turn) {
        if (audience.isEmpty()) {
            return;
        }
        if (phase == Phase.IDLE && due() <= now()) {
            begin();
        }
        boolean failed = true;
        try {
            work(turn);
            failed = false;
        } finally {
            if (failed) {
                // It goes on where it was, as memory that is full may allow it then.
                groups.timer().arm(this, now() + key.interval);
            }
        }
        if (phase == Phase.IDLE) {
            arm();
        } else {
            run();
        }
    }

    private void begin() {
        // Before the head: an end that is seen comes after the last event.
        ending = switch (journal.state()) {
            case OPEN -> null;
            case ENDED -> CloseReason.END;
            case DELETED -> CloseReason.DELETED;
        };
        wrote = false;
        if (ending == CloseReason.DELETED) {
            beginServing();
        } else {
            state.begin();
            beginPart(true);
        }
    }

    private void beginPart(boolean isFirst) {
        isFirstPart = isFirst;
        start = state.position();
        phase = Phase.COLLECTING;
    }

    private void work(TurnBudget turn) {
        if (phase == Phase.COLLECTING) {
            collect(turn);
        }
        if (phase == Phase.DELIVERING) {
            deliver(turn);
        }
        if (phase == Phase.LAPPED) {
            fallBehind(turn);
        }
        if (phase == Phase.SERVING) {
            serve(turn);
        }
    }

    private void collect(TurnBudget turn) {
        while (!state.isOver() && !state.isBroken() && audience.slice().length() < MAX_BYTES) {
            Journal.Entry entry = state.next();
            if (entry != null) {
                audience.collect(entry);
            }
            if (turn.spend(audience.matchUnits)) {
                return;
            }
        }
        phase = state.isBroken() ? Phase.LAPPED : Phase.DELIVERING;
    }

    private void deliver(TurnBudget turn) {
        long now = SubscriptionTimers.now();
        for (Subscription s = audience.nextDue(); s != null; s = audience.nextDue()) {
            if (s.path.isFull()) {
                // It waits for its socket.
                fallBehind(s, isFirstPart ? start : state.end());
            } else {
                wrote = true;
                audience.delivered();
                s.wrote(now);
                groups.writer().write(s, audience.slice());
            }
            if (turn.spend(WRITE_UNITS)) {
                return;
            }
        }
        groups.writer().release(audience);
        if (state.isOver()) {
            beginServing();
        } else {
            beginPart(false);
        }
    }

    /** Has a subscription read alone: now what it has a part of, and the rest in the group's next turn. */
    private Pace fallBehind(Subscription subscription, long upTo) {
        LOG.debug("{} falls behind at {}", subscription, start);
        Cursor cursor = Cursor.after(start);
        Pace pace = subscription.requirePace();
        audience.unseat(subscription);
        subscription.fallBehind(cursor);
        pace.wroteAt(isFirstPart ? wroteAt : now());
        pace.conflate(cursor, upTo);
        return pace;
    }

    /** Each reads on alone from where all of them were. */
    private void fallBehind(TurnBudget turn) {
        audience.release();
        for (Subscription s = audience.anyLive(); s != null; s = audience.anyLive()) {
            park(s, fallBehind(s, start));
            if (turn.spend(1)) {
                return;
            }
        }
        beginAt(Math.max(state.position(), state.end()));
        beginServing();
    }

    private void beginServing() {
        if (wrote) {
            wroteAt = now();
        } else if (state.position() > start) {
            looksAt = now() + Math.min(MAX_BLIND, key.interval / BLIND);
        }
        toServe = parked.size();
        parkedWroteAt = NEVER;
        phase = Phase.SERVING;
    }

    /** Gives a seat to those of the parked that have all, and has the others read up to the head if their time has come. */
    private void serve(TurnBudget turn) {
        while (toServe > 0) {
            toServe--;
            Subscription subscription = parked.remove();
            Pace pace = subscription.requirePace();
            pace.park(false);
            if (!subscription.isClosed()) {
                serve(subscription, pace);
            }
            if (turn.spend(WRITE_UNITS)) {
                return;
            }
        }
        if (ending != null && !endSeats(ending, turn)) {
            return;
        }
        phase = Phase.IDLE;
    }

    private void serve(Subscription subscription, Pace pace) {
        Cursor cursor = subscription.cursor();
        if (ending == null && isHere(subscription)) {
            seat(subscription, pace);
        } else if (ending == null && now() - pace.wroteAt() < key.interval) {
            park(subscription, pace);
        } else if (ending == CloseReason.DELETED || !subscription.path.isFull()) {
            pace.conflate(cursor, state.position());
            groups.behind().enqueue(subscription);
        }
    }

    private boolean endSeats(CloseReason reason, TurnBudget turn) {
        for (Subscription s = audience.anyLive(); s != null; s = audience.anyLive()) {
            groups.writer().close(s, reason);
            if (turn.spend(END_UNITS)) {
                return audience.anyLive() == null;
            }
        }
        return true;
    }

    /** It has no subscription any more. */
    void close() {
        groups.timer().disarm(this);
        audience.release();
        parked.clear();
        toServe = 0;
    }
}
