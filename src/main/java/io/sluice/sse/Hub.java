package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import io.sluice.log.Encoding;
import io.sluice.log.EventId;
import io.sluice.log.Journal;
import io.sluice.stream.TopicFilter;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One event loop's subscriptions to one stream, and the way of an event to them.
 *
 * <pre>
 *    journal   . . | 41 | 42 | 43 | 44 | 45 | 46 |
 *                         ^              ^    ^
 *                      cursor          head  the journal's head
 *                  of one behind     of this hub: where every live subscription stands
 *
 *    wake-up --> turn:  1. the slice: what is new since the hub's head, at most 64 kB,
 *                          joined once per filter, written once to each live subscription
 *                       2. those behind that can be written to: each reads on from its own cursor
 *                       3. more to do? the next turn
 * </pre>
 *
 * <p><b>Live and behind.</b> A live subscription has nothing unsent; it has no position of its own, so that an event it does
 * not want costs it nothing and cannot leave it behind. When its socket is full as a slice comes, it gets a cursor, and is
 * behind. When the socket drains it goes on from there, and at the hub's head it is live again. A new one that wants history
 * begins behind: replaying and catching up are one loop, {@link Backlog}.
 *
 * <p><b>Lapped.</b> When a cursor falls out of the journal the client is told how much it lost, and goes on at the oldest kept
 * event. Where the log itself went back it goes on behind what it has had of it. Should the hub itself fall out, everybody live
 * gets the hub's head as a cursor, and the same loop sees to it.
 *
 * <p><b>Waking.</b> At most one turn is pending: the flag is cleared before the journal's head is read, so that an event
 * either is seen by that turn or asks for another. Without subscriptions the hub neither listens to the journal nor has a
 * timer.
 *
 * <p><b>Fair.</b> A turn works for about 5 ms and then lets the event loop do other things. Delivery stops between two
 * subscriptions and goes on in the next turn; those who have the slice stand at the head, those who are due stand before the
 * slice. At least one of those behind is served in each turn.
 *
 * <p><b>Called back.</b> Writing may call back before it returns: {@link #drained}, {@link #close}, even {@link #open} for the
 * next request of a connection. So whatever is said about a subscription is said before it is written to, and after a write
 * nothing is believed but its own state.
 *
 * <p>All state belongs to the event loop; {@link #wake()} and {@link #execute} may be called from anywhere.
 */
final class Hub {

    private static final Comparator<Subscription> WAITING_ORDER = Comparator.<Subscription>comparingLong(
                    subscription -> subscription.cursor().position())
            .thenComparingLong(subscription -> subscription.id);

    private static final Logger LOG = LoggerFactory.getLogger(Hub.class);

    private final EventExecutor loop;
    private final String stream;
    private final SseOptions options;
    private final Journal journal;
    private final Encoding encoding;
    private final Backlog backlog;
    private final SubscriptionLimits admission;
    private final Duration lag;
    private final LongSupplier nanoTime;
    private final SubscriptionTimers upkeep;
    private final Runnable wakeUp = this::wake;
    private final AtomicBoolean woken = new AtomicBoolean();

    // Event loop only:
    private final Audiences audiences = new Audiences();
    private final Queue<Audience> dirty = new ArrayDeque<>(); // those with a slice under way
    private final Queue<Subscription> ready = new ArrayDeque<>(); // those behind that can be written to
    private final TreeSet<Subscription> waiting = new TreeSet<>(WAITING_ORDER); // for the journal to get further
    private long head; // every live subscription has what is up to here, or is due to get it
    private long sliceStart; // where those stand who are due
    private long opened; // ever
    private int open; // now
    private boolean saidFailure; // once is enough: where memory runs out, it does so for many
    private @Nullable Drain drain; // once it is closed

    Hub(
            EventExecutor loop,
            String stream,
            SseOptions options,
            Journal journal,
            SubscriptionLimits admission,
            Duration lag,
            LongSupplier nanoTime) {
        this.loop = loop;
        this.stream = stream;
        this.options = options;
        this.journal = journal;
        this.encoding = journal.use(SseFormat.INSTANCE);
        this.backlog = new Backlog(journal, encoding, options.slow());
        this.admission = admission;
        this.lag = lag;
        this.nanoTime = nanoTime;
        this.upkeep = new SubscriptionTimers(this, loop, options);
    }

    /** Runs something on the hub's event loop: now, where this is it. */
    void execute(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    /** Says that there may be something to do. Any thread. */
    void wake() {
        if (woken.compareAndSet(false, true)) {
            loop.execute(this::turn);
        }
    }

    // ---- birth and death

    /** Where a client begins that comes with an id. It waits if this node has not read that far, and another node may have. */
    StartPosition startAfter(TopicFilter filter, String lastEventId) {
        Cursor.Waiting waiting =
                lag.isZero() ? null : new Cursor.Waiting(lastEventId, SubscriptionTimers.now() + lag.toMillis());
        return StartPosition.after(journal, filter, lastEventId, waiting);
    }

    /**
     * Opens a subscription, and writes at once what it gets first: history, or its position.
     *
     * @return null where there is no room for it; then the client was told so, and ended
     */
    @Nullable
    Subscription open(WritePath path, String address, TopicFilter filter, StartPosition start) {
        if (drain != null || !admission.enter(address)) {
            CloseReason reason = drain == null ? CloseReason.OVERLOAD : CloseReason.DRAIN;
            path.end(ControlFrames.close(null, RetrySlots.any(options.retry().toMillis(), admission.held()), reason));
            return null;
        }
        if (open++ == 0) {
            journal.addWakeUp(wakeUp);
            head = journal.head();
        }
        long now = SubscriptionTimers.now();
        long lifetime = options.lifetime().toMillis();
        long endsAt = lifetime == 0 ? Long.MAX_VALUE : now + lifetime;
        Subscription subscription = new Subscription(++opened, path, audiences.join(filter), address, now, endsAt);
        subscription.lastIdSent = start.lastIdSent();
        subscription.cursor = start.cursor();
        upkeep.begin(subscription);
        LOG.debug(
                "{}: subscription {} to {} opens after {}",
                stream,
                subscription.id,
                filter,
                start.cursor().position());
        connect(subscription);
        begin(subscription, start.preface(), new TurnBudget(nanoTime));
        return subscription;
    }

    private void connect(Subscription subscription) {
        try {
            subscription.path.connect(new Client(subscription));
        } catch (RuntimeException e) { // the application has ended the response already
            LOG.debug("{}: subscription {} cannot begin", stream, subscription.id, e);
            close(subscription, CloseReason.GONE);
        }
    }

    /** What a subscription's write path tells, from whatever thread. */
    private final class Client implements WritePath.Listener {

        private final Subscription subscription;

        Client(Subscription subscription) {
            this.subscription = subscription;
        }

        @Override
        public void drained() {
            execute(() -> Hub.this.drained(subscription));
        }

        @Override
        public void gone() {
            execute(() -> close(subscription, CloseReason.GONE));
        }
    }

    private void begin(Subscription subscription, FrameBatch blocks, TurnBudget turn) {
        // Up to the journal's own head, so that nobody waits for a turn that is pending to get what is there already.
        backlog.read(subscription, blocks, journal.head(), turn);
        if (blocks.isEmpty()) {
            blocks.append(
                    subscription.cursor().isReading() ? tellPosition(subscription) : ControlFrames.heartbeat(null));
        }
        writeAlone(subscription, blocks);
        subscription.started = true;
        settle(subscription);
    }

    private byte[] tellPosition(Subscription subscription) {
        long position = subscription.cursor().position();
        subscription.lastIdSent = position;
        return ControlFrames.position(journal.id(position));
    }

    /** The one way to end a subscription: idempotent. */
    void close(Subscription subscription, CloseReason reason) {
        if (subscription.closed) {
            return;
        }
        long position = position(subscription);
        if (subscription.waiting() != null) {
            waiting.remove(subscription);
        }
        subscription.closed = true;
        if (subscription.isLive()) {
            subscription.audience.unseat(subscription);
        }
        audiences.leave(subscription.audience);
        upkeep.end(subscription);
        admission.leave(subscription.address);
        if (--open == 0) {
            journal.removeWakeUp(wakeUp);
            forgetSlices();
            ready.clear(); // of those who have ended; no turn would
        }
        LOG.debug("{}: subscription {} ends at {}: {}", stream, subscription.id, position, reason);
        switch (reason) {
            case GONE -> {}
            case DEAD -> subscription.path.abort();
            default -> end(subscription, ControlFrames.close(id(position), retryMillis(reason), reason));
        }
        rest();
    }

    /** Writes the last words. A socket that does not take them in time is given up. */
    private void end(Subscription subscription, byte[] lastWords) {
        try {
            upkeep.await(subscription, subscription.path.end(lastWords));
        } catch (RuntimeException e) { // of a handler that the application has put on the response
            LOG.debug("{}: subscription {} could not be told of its end", stream, subscription.id, e);
        }
    }

    /**
     * Ends every subscription with {@link CloseReason#DRAIN}, one after the other over a time, and each one to come at once.
     *
     * @return completes when each client's socket has its last words, or is gone
     */
    Future<Void> close(Duration over) {
        if (drain == null) {
            drain = new Drain(open, admission.held());
            upkeep.endAll(over);
            rest();
        }
        return drain.done.future();
    }

    private long retryMillis(CloseReason reason) {
        long base = options.retry().toMillis();
        return reason == CloseReason.DRAIN && drain != null
                ? drain.retryMillis(base)
                : RetrySlots.any(base, admission.held());
    }

    boolean isDraining() {
        return drain != null;
    }

    /** Without anybody to look after, a hub that is being closed is closed. */
    void rest() {
        if (drain != null && open == 0 && upkeep.isIdle()) {
            drain.done.tryComplete();
        }
    }

    // ---- the way of an event

    private void turn() {
        woken.set(false); // before the journal's head is read
        if (open == 0) {
            return;
        }
        TurnBudget turn = new TurnBudget(nanoTime);
        if (dirty.isEmpty()) {
            collect();
        }
        deliver(turn);
        enqueueReached(turn);
        serveReady(turn);
        if (!isIdle()) {
            wake();
        }
    }

    /** Whether nothing is left to do but what waits for sockets. */
    boolean isIdle() {
        return open == 0 || (dirty.isEmpty() && ready.isEmpty() && !isReached() && head == journal.head());
    }

    /** Takes the next slice from the journal and moves the head behind it. */
    private void collect() {
        long until = journal.head();
        sliceStart = head;
        int bytes = 0;
        while (head < until && bytes < Backlog.TURN_BYTES) {
            Journal.Entry entry = journal.read(head + 1);
            if (entry == null) {
                lapse(until);
                return;
            }
            byte[] frame = entry.frame(encoding);
            head++;
            bytes += frame.length;
            audiences.collect(head, entry.event().topic(), frame, dirty);
        }
        dirty.forEach(Audience::prepare);
    }

    /** The hub was too slow for its journal: everybody live reads on alone from where all of them stand. */
    private void lapse(long until) {
        forgetSlices();
        LOG.debug("{}: event {} left the history before it was sent; subscribers are told", stream, head + 1);
        for (Audience audience : audiences.all()) {
            for (Subscription s = audience.anyLive(); s != null; s = audience.anyLive()) {
                fallBehind(s, sliceStart);
                enqueue(s);
            }
        }
        head = until;
    }

    private void forgetSlices() {
        dirty.forEach(Audience::discard);
        dirty.clear();
    }

    /** Writes the slice to those who are due, until the deadline. */
    private void deliver(TurnBudget turn) {
        long now = SubscriptionTimers.now();
        for (Audience audience = dirty.peek(); audience != null; audience = dirty.peek()) {
            for (Subscription s = audience.nextDue(); s != null; s = audience.nextDue()) {
                if (s.path.isFull()) {
                    fallBehind(s, sliceStart); // and waits for its socket
                } else {
                    audience.delivered();
                    s.wroteAt = now;
                    write(s, audience.slice());
                }
                if (turn.spend()) {
                    return;
                }
            }
            dirty.poll();
        }
    }

    /** Whether the journal has reached what the first one waits for. */
    private boolean isReached() {
        return !waiting.isEmpty() && waiting.first().cursor().position() <= journal.head();
    }

    private void enqueueReached(TurnBudget turn) {
        while (isReached()) {
            enqueue(waiting.pollFirst());
            if (turn.spend()) {
                return;
            }
        }
    }

    private void serveReady(TurnBudget turn) {
        int left = ready.size(); // each at most once in a turn
        do {
            Subscription subscription = ready.poll();
            if (subscription == null) {
                return;
            }
            subscription.queued = false;
            if (!subscription.closed && !subscription.isLive()) { // it may have got there since it was queued
                catchUp(subscription, turn);
            }
        } while (--left > 0 && !turn.isSpent());
    }

    // ---- those behind

    /** The socket takes more again. */
    void drained(Subscription subscription) {
        if (!subscription.closed && !subscription.isLive()) {
            enqueue(subscription);
            wake();
        }
    }

    private void catchUp(Subscription subscription, TurnBudget turn) {
        if (subscription.path.isFull()) {
            return; // drained() follows
        }
        Cursor.Waiting waits = subscription.waiting();
        if (waits != null) {
            stopWaiting(subscription, waits, turn);
            return;
        }
        FrameBatch blocks = new FrameBatch();
        if (!backlog.read(subscription, blocks, head, turn)) {
            close(subscription, CloseReason.SLOW);
            return;
        }
        if (blocks.isEmpty() && subscription.lastIdSent == Subscription.NOTHING && isAtHead(subscription)) {
            blocks.append(tellPosition(subscription));
        }
        if (!blocks.isEmpty()) {
            subscription.wroteAt = SubscriptionTimers.now();
            writeAlone(subscription, blocks);
        }
        settle(subscription);
    }

    /** Begins where the client's id is by now, or has it wait on. */
    private void stopWaiting(Subscription subscription, Cursor.Waiting waits, TurnBudget turn) {
        waiting.remove(subscription);
        StartPosition start = StartPosition.after(
                journal,
                subscription.audience.filter,
                waits.lastEventId(),
                SubscriptionTimers.now() < waits.until() ? waits : null);
        subscription.cursor = start.cursor();
        subscription.lastIdSent = start.lastIdSent();
        if (subscription.waiting() != null) {
            waiting.add(subscription);
        } else {
            subscription.wroteAt = SubscriptionTimers.now();
            begin(subscription, start.preface(), turn);
        }
    }

    /** The subscription has waited as long as it may. */
    void waitedLongEnough(Subscription subscription) {
        enqueue(subscription);
        wake();
    }

    private boolean isAtHead(Subscription subscription) {
        Cursor cursor = subscription.cursor();
        return cursor.isReading() && cursor.position() == head;
    }

    /** Live, if it stands at the head; else it waits for the journal, its socket, or its next turn. */
    private void settle(Subscription subscription) {
        if (subscription.closed) {
            return;
        }
        if (subscription.waiting() != null) {
            waiting.add(subscription);
        } else if (isAtHead(subscription)) {
            subscription.cursor = null;
            subscription.audience.seat(subscription);
        } else if (!subscription.path.isFull()) {
            enqueue(subscription);
            wake();
        }
    }

    private void fallBehind(Subscription subscription, long cursor) {
        subscription.audience.unseat(subscription);
        subscription.cursor = Cursor.after(cursor);
        LOG.debug("{}: subscription {} falls behind at {}", stream, subscription.id, cursor);
    }

    private void enqueue(Subscription subscription) {
        if (!subscription.queued) {
            subscription.queued = true;
            ready.add(subscription);
        }
    }

    private void writeAlone(Subscription subscription, FrameBatch blocks) {
        write(subscription, blocks);
        blocks.clear();
    }

    /** A client that cannot be written to, and has not said so, misses something now: it is cut off, and comes back for it. */
    private void write(Subscription subscription, FrameBatch blocks) {
        try {
            subscription.path.write(blocks);
        } catch (RuntimeException | OutOfMemoryError e) { // of the application's own handlers, or of direct memory
            LOG.atLevel(saidFailure ? Level.DEBUG : Level.WARN)
                    .log("{}: subscription {} cannot be written to, and is cut off", stream, subscription.id, e);
            saidFailure = true;
            close(subscription, CloseReason.DEAD);
        }
    }

    /** The position up to which the client was sent everything that passes, or {@link Subscription#NOTHING}. */
    private long position(Subscription subscription) {
        if (!subscription.isLive()) {
            return subscription.cursor().resumable();
        }
        return subscription.audience.isDue(subscription) ? sliceStart : head;
    }

    private @Nullable EventId id(long position) {
        return position == Subscription.NOTHING ? null : journal.id(position);
    }

    /** A comment, with the position where the client does not know it. */
    void beat(Subscription subscription) {
        long position = position(subscription);
        EventId moved = position > subscription.lastIdSent ? journal.id(position) : null;
        subscription.lastIdSent = Math.max(position, subscription.lastIdSent);
        writeAlone(subscription, new FrameBatch().append(ControlFrames.heartbeat(moved)));
    }
}
