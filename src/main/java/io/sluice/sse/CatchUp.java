package io.sluice.sse;

import io.sluice.stream.CloseReason;
import io.sluice.stream.ResumeResult;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The subscriptions of a hub that are behind, of whatever stream: those that begin, and those that fell behind. Each reads on from its
 * own cursor until it is at the head of its stream, and goes live there; if the stream has ended, it ends there.
 *
 * <p>Those that can be written to are in a queue, and each is served once in a turn, with a share of it ({@link Backlog#SHARE}). So
 * whoever asks for a search of the whole history waits for it, and not the others. Those that wait for their journal are in {@link
 * JournalWaiters}. Those that wait for their sockets are in neither: their sockets call.
 *
 * <p>Event loop only.
 */
final class CatchUp {

    private final Backlog backlog;
    private final BlockWriter writer;
    private final Runnable waker;
    private final Queue<Subscription> ready = new ArrayDeque<>();

    /** @param waker asks for a turn */
    CatchUp(Backlog backlog, BlockWriter writer, Runnable waker) {
        this.backlog = backlog;
        this.writer = writer;
        this.waker = waker;
    }

    /** Begins a subscription, now or when its time comes. */
    void open(Subscription subscription, TurnBudget openings) {
        if (openings.isSpent()) {
            enqueue(subscription);
        } else {
            serve(subscription, openings);
        }
    }

    /** The socket takes more again, or the subscription has waited long enough for the journal. */
    void drained(Subscription subscription) {
        if (isBehind(subscription)) {
            enqueue(subscription);
        }
    }

    /** Has a subscription served that can be written to. */
    void enqueue(Subscription subscription) {
        if (subscription.enqueue()) {
            ready.add(subscription);
        }
        waker.run();
    }

    boolean isIdle() {
        return ready.isEmpty();
    }

    private static boolean isBehind(Subscription subscription) {
        return !subscription.isClosed() && !subscription.isLive();
    }

    /** Serves each one at most once, and at least one. */
    void serve(TurnBudget turn) {
        int left = ready.size();
        do {
            Subscription subscription = ready.poll();
            if (subscription == null) {
                return;
            }
            subscription.dequeued();
            // It may have gone, or got there, since it was queued.
            if (isBehind(subscription)) {
                serve(subscription, turn);
            }
        } while (--left > 0 && !turn.isSpent());
    }

    private void serve(Subscription subscription, TurnBudget turn) {
        Cursor.Waiting waiting = subscription.waiting();
        if (subscription.delivery.isDeleted()) {
            writer.close(subscription, CloseReason.DELETED);
        } else if (writer.room(subscription) == 0) {
            // It calls when it drains. An answer to a poll stays as it is.
            answerIfDue(subscription);
        } else if (!subscription.isStarted()) {
            begin(subscription, subscription.start(), turn);
        } else if (waiting == null) {
            readOn(subscription, turn);
        } else {
            stopWaiting(subscription, waiting, turn);
        }
    }

    private void begin(Subscription subscription, StartPosition start, TurnBudget turn) {
        FrameBatch blocks = new FrameBatch();
        subscription.fallBehind(start.cursor());
        subscription.idSent(start.lastIdSent());
        ResumeResult result = start.result(subscription.audience.filter);
        if (result != null) {
            writer.resumed(result);
        }
        // Up to the journal's own head: what is there already does not wait for a turn that is pending.
        long head = subscription.delivery.journal().head();
        Pace pace = subscription.pace;
        if (pace != null) {
            pace.begin(subscription.cursor(), head);
        }
        backlog.read(subscription, blocks, head, turn);
        if (blocks.isEmpty()) {
            blocks.append(tellPosition(subscription));
        }
        subscription.started();
        write(subscription, blocks);
        goOn(subscription);
    }

    private void write(Subscription subscription, FrameBatch blocks) {
        Pace pace = subscription.pace;
        if (pace != null) {
            pace.writes();
        }
        writer.writeAlone(subscription, blocks, SubscriptionTimers.now());
    }

    private void readOn(Subscription subscription, TurnBudget turn) {
        FrameBatch blocks = new FrameBatch();
        if (!backlog.read(subscription, blocks, subscription.delivery.end(subscription), turn)) {
            writer.close(subscription, CloseReason.SLOW);
            return;
        }
        boolean knowsNothing = subscription.lastIdSent() == Subscription.NOTHING;
        if (blocks.isEmpty() && knowsNothing && subscription.delivery.isAtHead(subscription)) {
            blocks.append(tellPosition(subscription));
        }
        if (!blocks.isEmpty()) {
            write(subscription, blocks);
        }
        goOn(subscription);
    }

    /** The position, or a comment if the client is to be told none now. */
    private static byte[] tellPosition(Subscription subscription) {
        long position = subscription.positions.opening(subscription);
        if (position == Subscription.NOTHING) {
            return subscription.words.heartbeat(null);
        }
        subscription.idSent(position);
        return subscription.words.position(subscription.delivery.journal().id(position));
    }

    /** Begins at the client's id if the journal has reached it, or if the time is over. Waits on otherwise. */
    private void stopWaiting(Subscription subscription, Cursor.Waiting waiting, TurnBudget turn) {
        Delivery delivery = subscription.delivery;
        delivery.waiters().remove(subscription);
        boolean mayWait = SubscriptionTimers.now() < waiting.until();
        StartPosition start = StartPosition.after(
                delivery.journal(),
                subscription.audience.filter,
                subscription.positions,
                waiting.lastEventId(),
                mayWait ? waiting : null,
                subscription.pace != null);
        if (start.cursor().waiting() == null) {
            begin(subscription, start, turn);
        } else {
            subscription.fallBehind(start.cursor());
            delivery.waiters().add(subscription);
        }
    }

    /** Where it may read no further it goes live, or ends with its stream; a poll is answered when it can be. Otherwise it waits for the journal, its socket, or its next turn. */
    private void goOn(Subscription subscription) {
        if (subscription.isClosed()) {
            return;
        }
        Delivery delivery = subscription.delivery;
        if (subscription.waiting() != null) {
            delivery.waiters().add(subscription);
        } else if (delivery.hasAll(subscription)) {
            writer.close(subscription, CloseReason.END);
        } else if (isAnswered(subscription)) {
            writer.close(subscription, CloseReason.ANSWERED);
        } else if (delivery.isAtHead(subscription)) {
            delivery.goLive(subscription);
        } else if (writer.room(subscription) > 0) {
            enqueue(subscription);
        }
    }

    private void answerIfDue(Subscription subscription) {
        if (isAnswered(subscription)) {
            writer.close(subscription, CloseReason.ANSWERED);
        }
    }

    private boolean isAnswered(Subscription subscription) {
        PollPath poll = subscription.poll();
        return poll != null
                && poll.isDue(
                        subscription.delivery.hasCaughtUp(subscription),
                        writer.room(subscription) > 0,
                        SubscriptionTimers.now());
    }
}
