package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import io.sluice.log.Encoding;
import io.sluice.log.EventId;
import io.sluice.log.Journal;
import io.sluice.sse.SseOptions.Slow;
import io.sluice.stream.TopicFilter;
import java.util.function.LongSupplier;
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
 *    wake-up --> turn:  1. {@link LiveSlice}: what is new since the head, at most 64 kB,
 *                          joined once per filter, written once to each live subscription
 *                       2. those behind that can be written to: each reads on from its own cursor
 *                       3. more to do? the next turn
 * </pre>
 *
 * <p><b>Live and behind.</b> A live subscription has nothing unsent; it has no position of its own, so that an event it does
 * not want costs it nothing and cannot leave it behind. When its socket is full as a slice comes, it gets a {@link Cursor}, and
 * is behind. When the socket drains it reads on from there, and at the head it is live again. A new one that wants history
 * begins behind: replaying and catching up are one loop, {@link Backlog}.
 *
 * <p><b>Lapped.</b> When a cursor falls out of the journal the client is told how much it lost, and continues at the oldest kept
 * event. If the log itself went back, it continues after what it has had of it. If the delivery itself falls out, every live
 * subscription gets the head as a cursor, and the same loop sees to it.
 *
 * <p><b>Waking.</b> At most one turn is pending: see {@link Waker}. Without subscriptions the delivery does not listen to the
 * journal.
 *
 * <p><b>Fair.</b> A turn works for about 5 ms and then lets the event loop do other things: see {@link TurnBudget}. It stops
 * anywhere, in the middle of one event if that has many receivers, and continues in the next turn. The live ones come first. Those
 * behind are served in turn, each with a share of the turn ({@link Backlog#SHARE}), and at least one in each. So whoever asks for
 * a search of the whole history waits for it, and not the others. All that opens in one turn of the event loop, of whatever
 * stream, shares 5 ms too; who opens after that begins behind the others. Each stream has turns of its own: the turn of an event
 * loop with work for several streams takes 5 ms for each.
 *
 * <p><b>Called back.</b> Writing may call back before it returns: {@link #drained}, {@link #remove}, even {@link #add} for the
 * next request of a connection. So whatever is said about a subscription is said before it is written to, and after a write
 * nothing is believed but its own state.
 *
 * <p>All state belongs to the event loop.
 */
final class Delivery {

    private final EventExecutor loop;
    private final Journal journal;
    private final Backlog backlog;
    private final BlockWriter writer;
    private final LongSupplier nanoTime;
    private final Waker waker;

    private final Audiences audiences = new Audiences();
    private final CatchUp behind = new CatchUp();

    private final LiveSlice live;

    Delivery(EventExecutor loop, String stream, Journal journal, Slow slow, BlockWriter writer, LongSupplier nanoTime) {
        this.loop = loop;
        this.journal = journal;
        Encoding encoding = journal.use(SseFormat.INSTANCE);
        this.backlog = new Backlog(journal, encoding, slow, writer);
        this.writer = writer;
        this.nanoTime = nanoTime;
        this.waker = new Waker(loop, this::turn);
        this.live = new LiveSlice(stream, journal, encoding, audiences, behind, writer);
    }

    // ---- subscriptions

    /** The audience of a filter, with one more subscription that is about to be added. */
    Audience join(TopicFilter filter) {
        if (audiences.isEmpty()) {
            journal.addWakeUp(waker);
            live.beginAt(journal.head());
        }
        return audiences.join(filter);
    }

    /**
     * Begins a subscription, and writes what it gets first: history, or its position. At once, unless others that opened in this
     * turn of the event loop have spent it. Then it takes its place behind them.
     */
    void add(Subscription subscription) {
        TurnBudget openings = TurnBudget.forOpenings(loop, nanoTime);
        if (openings.isSpent()) {
            behind.enqueue(subscription);
            waker.run();
        } else if (writer.room(subscription) > 0) {
            begin(subscription, subscription.start(), openings);
            writer.report();
        }
    }

    private void begin(Subscription subscription, StartPosition start, TurnBudget turn) {
        FrameBatch blocks = start.preface();
        if (!blocks.isEmpty()) {
            writer.gapTold(start.lost());
        }
        subscription.fallBehind(start.cursor());
        subscription.idSent(start.lastIdSent());
        // Up to the journal's own head: what is there already does not wait for a turn that is pending.
        backlog.read(subscription, blocks, journal.head(), turn);
        if (blocks.isEmpty()) {
            blocks.append(start.cursor().isReading() ? tellPosition(subscription) : ControlFrames.heartbeat(null));
        }
        subscription.started();
        writer.writeAlone(subscription, blocks, SubscriptionTimers.now());
        goLiveOrWait(subscription);
    }

    private byte[] tellPosition(Subscription subscription) {
        long position = subscription.cursor().position();
        subscription.idSent(position);
        return ControlFrames.position(journal.id(position));
    }

    /** Forgets a subscription that is closed. */
    void remove(Subscription subscription) {
        behind.stopWaiting(subscription);
        if (subscription.isLive()) {
            subscription.audience.unseat(subscription);
        }
        audiences.leave(subscription.audience);
        if (audiences.isEmpty()) {
            journal.removeWakeUp(waker);
            live.beginAt(journal.head());
            behind.clear();
        }
    }

    /** The id from which a client can resume that is cut off now; null if it has to come back with the one it has. */
    @Nullable
    EventId resumableId(Subscription subscription) {
        long position = position(subscription);
        return position == Subscription.NOTHING ? null : journal.id(position);
    }

    /** The position up to which the client was sent everything that passes, or {@link Subscription#NOTHING}. */
    private long position(Subscription subscription) {
        if (subscription.isLive()) {
            return live.position(subscription);
        }
        // One that has not begun was not told the gap that it may begin with.
        boolean knows = subscription.isStarted() && subscription.hasCursor();
        return knows ? subscription.cursor().resumable() : Subscription.NOTHING;
    }

    /** Writes a comment, with the position if the client does not know it. */
    void beat(Subscription subscription) {
        long position = position(subscription);
        EventId moved = position > subscription.lastIdSent() ? journal.id(position) : null;
        subscription.idSent(Math.max(position, subscription.lastIdSent()));
        byte[] heartbeat = ControlFrames.heartbeat(moved);
        writer.writeAlone(subscription, new FrameBatch().append(heartbeat), SubscriptionTimers.now());
    }

    /** The socket takes more again, or the subscription has waited long enough for the journal. */
    void drained(Subscription subscription) {
        if (!subscription.isClosed() && !subscription.isLive()) {
            behind.enqueue(subscription);
            waker.run();
        }
    }

    // ---- a turn

    private void turn() {
        if (audiences.isEmpty()) {
            return;
        }
        TurnBudget turn = new TurnBudget(nanoTime);
        live.work(turn);
        behind.enqueueReached(journal.head(), turn);
        serveBehind(turn);
        writer.report();
        if (!isIdle()) {
            waker.run();
        }
    }

    /** Whether all that is left to do waits for sockets, or for the journal. */
    boolean isIdle() {
        long end = journal.head();
        return audiences.isEmpty() || (live.isIdle(end) && behind.isIdle(end));
    }

    // ---- those behind

    /** Serves each one at most once. */
    private void serveBehind(TurnBudget turn) {
        int left = behind.size();
        do {
            Subscription subscription = behind.poll();
            if (subscription == null) {
                return;
            }
            // It may have gone, or got there, since it was queued.
            if (!subscription.isClosed() && !subscription.isLive()) {
                serve(subscription, turn);
            }
        } while (--left > 0 && !turn.isSpent());
    }

    private void serve(Subscription subscription, TurnBudget turn) {
        Cursor.Waiting waiting = subscription.waiting();
        if (writer.room(subscription) == 0) {
            // It calls when it drains.
            return;
        } else if (!subscription.isStarted()) {
            begin(subscription, subscription.start(), turn);
        } else if (waiting == null) {
            readOn(subscription, turn);
        } else {
            stopWaiting(subscription, waiting, turn);
        }
    }

    private void readOn(Subscription subscription, TurnBudget turn) {
        FrameBatch blocks = new FrameBatch();
        if (!backlog.read(subscription, blocks, live.head(), turn)) {
            writer.closeSlow(subscription);
            return;
        }
        if (blocks.isEmpty() && subscription.lastIdSent() == Subscription.NOTHING && isAtHead(subscription)) {
            blocks.append(tellPosition(subscription));
        }
        if (!blocks.isEmpty()) {
            writer.writeAlone(subscription, blocks, SubscriptionTimers.now());
        }
        goLiveOrWait(subscription);
    }

    /** Begins at the client's id if the journal has reached it, or if the time is over. Waits on otherwise. */
    private void stopWaiting(Subscription subscription, Cursor.Waiting waiting, TurnBudget turn) {
        behind.stopWaiting(subscription);
        boolean mayWait = SubscriptionTimers.now() < waiting.until();
        StartPosition start = StartPosition.after(
                journal, subscription.audience.filter, waiting.lastEventId(), mayWait ? waiting : null);
        if (start.cursor().waiting() == null) {
            begin(subscription, start, turn);
        } else {
            subscription.fallBehind(start.cursor());
            behind.await(subscription);
        }
    }

    private boolean isAtHead(Subscription subscription) {
        Cursor cursor = subscription.cursor();
        return cursor.isReading() && live.takes(cursor.position());
    }

    /** Live, if it is at the head. Otherwise it waits for the journal, its socket, or its next turn. */
    private void goLiveOrWait(Subscription subscription) {
        if (subscription.isClosed()) {
            return;
        }
        if (subscription.waiting() != null) {
            behind.await(subscription);
        } else if (isAtHead(subscription)) {
            subscription.goLive();
        } else if (writer.room(subscription) > 0) {
            behind.enqueue(subscription);
            waker.run();
        }
    }
}
