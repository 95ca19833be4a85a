package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has a task run on an event loop. At most one run is pending, however often it is asked for: the flag is cleared before the
 * task looks for work, so that work either is seen by that run, or asks for another.
 */
final class Waker implements Runnable {

    private final EventExecutor loop;
    private final Runnable task;
    private final AtomicBoolean pending = new AtomicBoolean();

    Waker(EventExecutor loop, Runnable task) {
        this.loop = loop;
        this.task = task;
    }

    /** Says that there may be something to do. Any thread. */
    @Override
    public void run() {
        if (pending.compareAndSet(false, true)) {
            loop.execute(this::runTask);
        }
    }

    private void runTask() {
        pending.set(false);
        task.run();
    }
}
