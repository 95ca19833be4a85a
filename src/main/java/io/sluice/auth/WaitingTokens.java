package io.sluice.auth;

import io.sluice.log.RareLine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The line of new tokens that wait for their check, or for keys that may check them. It has a bound. Any thread. */
final class WaitingTokens {

    /** A second's work with RS256. */
    static final int MAX = 4000;

    private static final Logger LOG = LoggerFactory.getLogger(WaitingTokens.class);

    private final int max;
    private final AtomicInteger waiting = new AtomicInteger();
    private final RareLine full = new RareLine();
    private final Promise<Void> gone = Promise.promise();
    private volatile boolean isLeft;

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
            if (full.next() >= 0) {
                LOG.warn(
                        "{} new tokens wait for their check: the clients with more of them are answered with 503", max);
            }
            return Future.failedFuture(new TooManyTokensException());
        }
        return Future.succeededFuture().compose(v -> check.get()).onComplete(done -> {
            if (waiting.decrementAndGet() == 0 && isLeft) {
                gone.tryComplete();
            }
        });
    }

    /** Completes when none waits any more. No more come. */
    Future<Void> gone() {
        isLeft = true;
        if (waiting.get() == 0) {
            gone.tryComplete();
        }
        return gone.future();
    }
}
