package io.sluice.redis;

import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.InitialLoad;
import io.sluice.log.LogSetup;
import io.sluice.log.PositionWaiters;
import io.sluice.log.Receipt;
import io.sluice.log.SteadyClock;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of a log that this node has read from Redis. It passes the events on to the stream's follower, and finds out whether
 * Redis still has them.
 *
 * <p>On the stream's context only.
 */
final class FollowedLog {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(FollowedLog.class);

    private final LogSetup setup;
    private final Consumer<EventId> lost;
    private final PositionWaiters waiters;

    // The stream's follower gets nothing from the load while loading is true.
    private InitialLoad load;
    private boolean loading = true;

    /** The position before the events of the load. */
    private long start;

    // The position of the follower, and the mark of the event there; null and empty if there is none.
    private @Nullable Epochs epochs;
    private long last;
    private String mark = "";

    // The entries up to the cursor are read. They may be none of this log's events.
    private long cursor;

    // The entry whose epoch was unknown, so that the log's state was read again.
    private long doubted = -1;

    FollowedLog(LogSetup setup) {
        this(
                setup,
                last -> LOG.warn(
                        "stream {}: Redis has lost events up to {}, or has others in their place; who had them is told",
                        setup.stream(),
                        last));
    }

    /** @param lost is told of the position of the follower if Redis has lost events up to it */
    FollowedLog(LogSetup setup, Consumer<EventId> lost) {
        this.setup = setup;
        this.lost = lost;
        this.waiters = new PositionWaiters(setup.context());
        this.load = newLoad();
    }

    private InitialLoad newLoad() {
        return new InitialLoad(setup.follower(), setup.history(), SteadyClock.INSTANCE);
    }

    /** The last position that the follower has, or is about to have from the load. */
    long last() {
        return last;
    }

    /** The entries behind the cursor are read next. */
    long cursor() {
        return cursor;
    }

    // ---- waiting for events

    /** Whether the events of receipts are read. */
    boolean hasRead(List<Receipt> receipts) {
        return !loading && newest(receipts) <= last && knows(receipts);
    }

    /** Whether the epochs of receipts are known. */
    boolean knows(List<Receipt> receipts) {
        Epochs known = epochs;
        return known != null
                && receipts.stream()
                        .allMatch(receipt -> known.has(receipt.last().epoch()));
    }

    /** Completes when the events of receipts are read, and after a while in any case. */
    Future<Void> awaitRead(List<Receipt> receipts) {
        return waiters.await(newest(receipts), PATIENCE).otherwiseEmpty();
    }

    private static long newest(List<Receipt> receipts) {
        return receipts.stream().mapToLong(receipt -> receipt.last().n()).max().orElse(0);
    }

    /** The number of callers that wait. */
    int waiting() {
        return waiters.size();
    }

    /** Whether {@link #caughtUp} needs newest events of topics: those with numbers up to {@link #start()}. */
    boolean lacksLatest() {
        return loading && keepsLatest();
    }

    private boolean keepsLatest() {
        return setup.history().latest() > 0;
    }

    /** The position before the events that are read. */
    long start() {
        return start;
    }

    /**
     * All entries are read. The follower gets the loaded events at once, and later ones as they come.
     *
     * @param latest the newest events of topics from before, oldest first, if it {@link #lacksLatest}
     */
    void caughtUp(LatestReader.Latest latest) {
        Epochs known = epochs;
        load.done(
                known == null
                        ? List.of()
                        : latest.records().stream()
                                .map(record -> event(known, record))
                                .filter(Objects::nonNull)
                                .toList());
        if (loading) {
            // Topics from before the events that were read; a log that has them all lacks none.
            setup.follower().lackLatest(Math.min(latest.lacking(), start));
        }
        loading = false;
        releaseWaiters();
    }

    private void releaseWaiters() {
        if (!loading) {
            waiters.complete(last);
        }
    }

    void close() {
        waiters.fail(new IllegalStateException("the log is closed"));
    }

    // ---- the state of the log

    /**
     * Compares the log with what is read.
     *
     * @return false if the log lacks what this node has read, though its epochs do not tell
     */
    boolean update(LogState state) {
        Epochs known = epochs;
        if (known == null) {
            restart(state);
        } else if (state.has(known, last, mark)) {
            continueWith(state);
        } else if (!state.contains(known, last)) {
            lost.accept(known.id(last));
            restart(state);
        } else {
            return false;
        }
        return true;
    }

    /** Reads the log again, from its oldest event on. */
    private void restart(LogState state) {
        epochs = state.epochs();
        loadBehind(state.epochs(), state.start());
    }

    private void loadBehind(Epochs known, long position) {
        load = newLoad();
        loading = true;
        moveTo(known, position);
    }

    /** Continues at a position that does not follow from the last one. */
    private void moveTo(Epochs known, long position) {
        start = position;
        last = position;
        cursor = position;
        mark = "";
        load.reset(known, position, List.of());
        releaseWaiters();
    }

    /** The log keeps no event up to a position, which it has reached. */
    void skipTo(long position) {
        Epochs known = epochs;
        if (known != null && last < position) {
            skipTo(known, position);
        }
    }

    /** Events are missing that the log does not have any more. What they have left behind comes by a load. */
    private void skipTo(Epochs known, long position) {
        if (!loading && keepsLatest()) {
            loadBehind(known, position);
        } else {
            moveTo(known, position);
        }
    }

    private void continueWith(LogState state) {
        Epochs now = state.epochs();
        if (!now.equals(epochs)) {
            epochs = now;
            load.beginEpoch(now);
        }
        if (!loading && keepsLatest() && cursor < state.start()) {
            loadBehind(now, state.start());
        }
    }

    // ---- events

    /**
     * Passes on the events of entries.
     *
     * @return false if an entry's epoch is unknown, or the entries before it are gone. The caller reads the log's state, and then again
     *     from the {@link #cursor()}
     */
    boolean append(List<RedisRecord> records) {
        Epochs known = epochs;
        if (known == null) {
            throw new IllegalStateException("entries are read before the state of the log");
        }
        List<Event> events = new ArrayList<>();
        for (RedisRecord record : records) {
            if (!record.isOf(known) && doubted != record.n()) {
                doubted = record.n();
                pass(events);
                return false;
            }
            Event event = event(known, record);
            if (event != null) {
                if (record.n() != last + 1) {
                    pass(events);
                    boolean loaded = !loading;
                    skipTo(known, record.n() - 1);
                    if (loaded && loading) {
                        return false;
                    }
                }
                events.add(event);
                last = record.n();
                mark = record.mark();
            }
            cursor = record.n();
        }
        pass(events);
        return true;
    }

    /** The event of an entry, or null if no node has written the entry. */
    private @Nullable Event event(Epochs known, RedisRecord record) {
        try {
            if (record.isOf(known) || record.isOlderThan(known)) {
                return record.event();
            }
            LOG.warn("stream {}: entry {}-0 is of no epoch of this log, and is left out", setup.stream(), record.n());
        } catch (IllegalArgumentException e) {
            LOG.warn("stream {}: entry {}-0 is left out: {}", setup.stream(), record.n(), e.getMessage());
        }
        return null;
    }

    /** If the follower throws, it lacks events: they are all read again. */
    private void pass(List<Event> events) {
        if (!events.isEmpty()) {
            try {
                load.append(List.copyOf(events));
            } catch (RuntimeException | Error e) {
                epochs = null;
                throw e;
            }
            events.clear();
            releaseWaiters();
        }
    }
}
