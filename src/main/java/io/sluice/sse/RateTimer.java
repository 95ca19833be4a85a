package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives each of a hub's rated groups its turn when it is due: one timer for all of them, which waits for the earliest, and none if no
 * group is armed. Event loop only.
 */
final class RateTimer {

    /** The timer runs 200 times a second at most, or 16 times an interval. */
    private static final long GRID = TimeUnit.MILLISECONDS.toNanos(5);

    private static final int GRID_PARTS = 16;

    private final EventExecutor loop;
    private final LongSupplier nanoTime;
    private final long origin;
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(1, Comparator.comparingLong(Alarm::due));

    // Of the alarms, those that count.
    private int armed;
    private @Nullable ScheduledFuture<?> timer;
    private long firesAt;

    /** It counts if the group is still due then. One that does not is left in the queue: to find it there is dear. */
    private record Alarm(long due, RatedGroup group) {}

    /** What can be armed. Written by the timer only. */
    abstract static class Armed extends Turns.Due {

        private static final long NEVER = -1;

        private long due = NEVER;

        Armed(Turns turns) {
            super(turns);
        }

        boolean isArmed() {
            return due != NEVER;
        }
    }

    RateTimer(EventExecutor loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.origin = nanoTime.getAsLong();
    }

    /** In nanoseconds since the hub was made. */
    long now() {
        return nanoTime.getAsLong() - origin;
    }

    /** A time, put off so little that the rate is nearly kept, to one at which other groups are due too. */
    static long onGrid(long due, long interval) {
        long grid = Math.max(1, Math.min(GRID, interval / GRID_PARTS));
        return Math.floorDiv(due + grid - 1, grid) * grid;
    }

    /** Has a group run at a time, or at an earlier one that it is armed for. */
    void arm(RatedGroup group, long due) {
        Armed known = group;
        if (known.due != Armed.NEVER && known.due <= due) {
            return;
        }
        armed += known.due == Armed.NEVER ? 1 : 0;
        known.due = due;
        alarms.add(new Alarm(due, group));
        schedule();
    }

    void disarm(RatedGroup group) {
        if (group.isArmed()) {
            forget(group);
            schedule();
        }
    }

    private void forget(Armed group) {
        group.due = Armed.NEVER;
        armed--;
    }

    private void fire() {
        timer = null;
        long now = now();
        for (Alarm first = alarms.peek(); first != null && first.due <= now; first = alarms.peek()) {
            alarms.remove();
            if (((Armed) first.group).due == first.due) {
                forget(first.group);
                first.group.run();
            }
        }
        schedule();
    }

    private void schedule() {
        if (armed == 0) {
            alarms.clear();
            cancel();
        }
        Alarm first = alarms.peek();
        if (first == null || (timer != null && firesAt <= first.due)) {
            return;
        }
        cancel();
        firesAt = first.due;
        timer = loop.schedule(this::fire, Math.max(0, first.due - now()), TimeUnit.NANOSECONDS);
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
