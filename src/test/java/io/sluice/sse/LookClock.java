package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A clock that moves on by a millisecond with each look at it. So the turns of a hub end after some units of work, and not after
 * some time: after six looks.
 */
final class LookClock implements LongSupplier {

    /** The most looks within one task of an event loop: those of a turn, and some to begin others with. */
    static final int TURN = 8;

    final AtomicLong looks = new AtomicLong();

    @Override
    public long getAsLong() {
        return TimeUnit.MILLISECONDS.toNanos(looks.incrementAndGet());
    }

    /** Runs on a loop between any two other tasks, and sees how long each one has worked. */
    Stranger stranger(EventExecutor loop) {
        Stranger stranger = new Stranger(loop);
        loop.execute(stranger);
        return stranger;
    }

    final class Stranger implements Runnable {

        private final EventExecutor loop;
        private final AtomicBoolean stopped = new AtomicBoolean();
        private long last = looks.get();
        private long longest;

        private Stranger(EventExecutor loop) {
            this.loop = loop;
        }

        @Override
        public void run() {
            longest = Math.max(longest, looks.get() - last);
            last = looks.get();
            if (!stopped.get()) {
                loop.execute(this);
            }
        }

        /** Answers the most milliseconds that a task has worked. */
        long stop() {
            stopped.set(true);
            return longest;
        }
    }
}
