package io.sluice.auth;

import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The line of new tokens that wait for their check, or for keys that may check them. It has a bound. Any thread. */
final class WaitingTokens {

    /** A second's work with RS256. */
    static final int MAX = 4000;

    private static final Logger LOG = LoggerFactory.getLogger(WaitingTokens.class);
    private static final long PAUSE_NANOS = 10_000_000_000L;

    private final int max;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong saidAt = new AtomicLong(System.nanoTime() - PAUSE_NANOS);

    /** @param max how many wait at once */
    WaitingTokens(int max) {
        this.max = max;
    }

    /**
     * Begins the check of a token, which waits until all of it is done.
     *
     * @return what the check says; fails with {@link TooManyTokensException} if the line is full, without a check
     */
    <T> Future<T> add(Supplier<Future<T>> check) {
        if (waiting.incrementAndGet() > max) {
            waiting.decrementAndGet();
            sayFull();
            return Future.failedFuture(new TooManyTokensException());
        }
        return Future.succeededFuture().compose(v -> check.get()).onComplete(done -> waiting.decrementAndGet());
    }

    /** An attack would repeat it for each token. */
    private void sayFull() {
        long now = System.nanoTime();
        long before = saidAt.get();
        if (now - before >= PAUSE_NANOS && saidAt.compareAndSet(before, now)) {
            LOG.warn("{} new tokens wait for their check: the clients with more of them are answered with 503", max);
        }
    }
}
