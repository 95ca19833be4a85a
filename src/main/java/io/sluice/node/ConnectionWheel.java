package io.sluice.node;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When each connection of an event loop is to be looked at next: a hashed timing wheel, whose elements are the connections'
 * handlers themselves. One timer for all, and none where there is no connection. Event loop only.
 */
final class ConnectionWheel {

    /** The time of a connection that is in no wheel. */
    static final long OUT = Long.MIN_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionWheel.class);

    /** How long it works in one turn of the event loop. */
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    // A power of two. A later time waits for another turn of the wheel.
    private static final int SLOTS = 128;

    private final EventLoop loop;
    private final long tickMillis;
    private final @Nullable ConnectionTimer[] slots = new ConnectionTimer[SLOTS];
    private @Nullable ScheduledFuture<?> timer;
    // Taken out of the wheel, and not looked at yet.
    private final Queue<ConnectionTimer> due = new ArrayDeque<>();
    // The last tick that was looked at.
    private long tick;
    private int size;

    /**
     * Makes a wheel.
     *
     * @param tickMillis how exact it is
     */
    ConnectionWheel(EventLoop loop, long tickMillis) {
        this.loop = loop;
        this.tickMillis = tickMillis;
        this.tick = now() / tickMillis;
    }

    /** Milliseconds of the event loop's clock, which never steps. */
    long now() {
        return TimeUnit.NANOSECONDS.toMillis(loop.ticker().nanoTime());
    }

    /** Has the connection looked at when {@code due} has passed, or earlier if it is in the wheel for an earlier time. */
    void lookBy(ConnectionTimer connection, long due) {
        if (connection.due == OUT || connection.due > due) {
            remove(connection);
            add(connection, due);
        }
    }

    private void add(ConnectionTimer connection, long due) {
        if (timer == null) {
            tick = now() / tickMillis;
            timer = loop.scheduleWithFixedDelay(this::tick, tickMillis, tickMillis, TimeUnit.MILLISECONDS);
        }
        connection.due = Math.max(due, (tick + 1) * tickMillis);
        int slot = slot(connection);
        ConnectionTimer first = slots[slot];
        connection.next = first;
        if (first != null) {
            first.previous = connection;
        }
        slots[slot] = connection;
        size++;
    }

    /** Takes it out; does nothing where it is out already. */
    void remove(ConnectionTimer connection) {
        if (connection.due == OUT) {
            return;
        }
        ConnectionTimer next = connection.next;
        ConnectionTimer previous = connection.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            slots[slot(connection)] = next;
        }
        connection.next = null;
        connection.previous = null;
        connection.due = OUT;
        size--;
    }

    private void tick() {
        long now = now();
        long until = now / tickMillis;
        for (long t = Math.max(tick + 1, until - SLOTS + 1); t <= until; t++) {
            for (ConnectionTimer c = slots[(int) t & (SLOTS - 1)]; c != null; c = c.next) {
                if (c.due <= now) {
                    due.add(c);
                }
            }
        }
        tick = until;
        due.forEach(this::remove);
        lookSoon();
    }

    /**
     * After a long pause of the event loop everything is due, and what the clients have sent in time is not read yet: it is, before
     * this looks.
     */
    private void lookSoon() {
        if (!due.isEmpty()) {
            ScheduledFuture<?> unused = loop.schedule(this::lookAtDue, 1, TimeUnit.MILLISECONDS);
        } else if (timer != null && size == 0) {
            timer.cancel(false);
            timer = null;
        }
    }

    /** A crowd of connections may come, and be due, at once: the loop does other things in between. */
    private void lookAtDue() {
        long start = loop.ticker().nanoTime();
        while (!due.isEmpty() && loop.ticker().nanoTime() - start < TURN_NANOS) {
            look(due.remove());
        }
        lookSoon();
    }

    private void look(ConnectionTimer connection) {
        try {
            connection.look(now());
        } catch (RuntimeException e) {
            // Otherwise the clock would stop for all.
            LOG.warn("a connection could not be looked after", e);
        }
    }

    private int slot(ConnectionTimer connection) {
        return (int) ((connection.due + tickMillis - 1) / tickMillis) & (SLOTS - 1);
    }
}
