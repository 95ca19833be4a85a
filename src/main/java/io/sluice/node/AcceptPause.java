package io.sluice.node;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time in which no connection can be accepted, since the process may open no more files: a line when it begins, and one when it is
 * over, which is when none was tried in vain for a while. On the acceptor's event loop.
 */
final class AcceptPause {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptPause.class);

    /** Netty tries again after a second. */
    private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(3);

    private boolean isOn;
    private long since;
    private long failedAt;

    /** A connection could not be accepted. */
    void noFiles(EventExecutor loop) {
        failedAt = System.nanoTime();
        if (!isOn) {
            isOn = true;
            since = failedAt;
            LOG.warn(
                    "no more files can be opened (ulimit -n is {}): new connections wait until others close; raise it",
                    OpenFiles.max());
            look(loop, CALM_NANOS);
        }
    }

    // What it runs does not fail.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void look(EventExecutor loop, long delay) {
        loop.schedule(
                () -> {
                    long calm = System.nanoTime() - failedAt;
                    if (calm < CALM_NANOS) {
                        look(loop, CALM_NANOS - calm);
                    } else {
                        isOn = false;
                        LOG.info(
                                "connections are accepted again, after {} s",
                                TimeUnit.NANOSECONDS.toSeconds(failedAt - since));
                    }
                },
                delay,
                TimeUnit.NANOSECONDS);
    }
}
