package io.sluice.log;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;

/**
 * Callers that wait until a reader has reached a position of a log. Every wait has a deadline, after which nothing of it is left.
 *
 * <p>On its context only.
 */
public final class PositionWaiters {

    private final ContextInternal context;
    private final TreeSet<Waiter> waiters =
            new TreeSet<>(Comparator.comparingLong(Waiter::position).thenComparingLong(Waiter::timer));

    private record Waiter(long position, long timer, Promise<Void> reached) {}

    /** @param context on which everything is called, and on which the futures complete */
    public PositionWaiters(ContextInternal context) {
        this.context = context;
    }

    /**
     * Waits for a position.
     *
     * @param patience at least 1 ms
     * @return completes at {@link #complete} of the position or a later one; fails with {@link TimeoutException} after the
     *     patience, with the cause of {@link #fail} before
     */
    public Future<Void> await(long position, Duration patience) {
        Promise<Void> reached = context.promise();
        long timer = context.setTimer(patience.toMillis(), id -> expire(new Waiter(position, id, reached)));
        waiters.add(new Waiter(position, timer, reached));
        return reached.future();
    }

    /** Completes every wait up to a position. */
    public void complete(long upTo) {
        while (!waiters.isEmpty() && waiters.first().position <= upTo) {
            release().complete();
        }
    }

    /** Fails every wait. */
    public void fail(Throwable cause) {
        while (!waiters.isEmpty()) {
            release().fail(cause);
        }
    }

    /** The number of waits that are neither over nor expired. */
    public int size() {
        return waiters.size();
    }

    private Promise<Void> release() {
        Waiter waiter = Objects.requireNonNull(waiters.pollFirst());
        context.owner().cancelTimer(waiter.timer);
        return waiter.reached;
    }

    private void expire(Waiter waiter) {
        waiters.remove(waiter);
        waiter.reached.tryFail(new TimeoutException("position " + waiter.position + " was not reached in time"));
    }
}
