package io.sluice.node;

import io.vertx.ext.web.handler.HttpException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The events that a stream takes over HTTP a second: a bucket that so many tokens fill each second, and which holds no more. An event
 * costs one. Who is refused may come back after a second: the bucket is full then, if nobody else comes.
 *
 * <p>Any thread; one lock.
 */
final class PublishRate {

    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    private final int max;
    private final LongSupplier nanoTime;
    private double tokens;
    private long filled;

    /** @param max the events a second; 0 for no limit */
    PublishRate(int max, LongSupplier nanoTime) {
        this.max = max;
        this.nanoTime = nanoTime;
        this.tokens = max;
        this.filled = nanoTime.getAsLong();
    }

    /**
     * Refuses a request that cannot succeed, before its body comes.
     *
     * @throws HttpException 429 if there is no room for one event
     */
    void requireRoom() {
        if (max > 0 && !has(1, 0)) {
            throw tooMany();
        }
    }

    /**
     * Takes the events of a request.
     *
     * @throws HttpException 429 if there is no room for all of them, 413 if there never is
     */
    void take(int events) {
        if (max == 0) {
            return;
        }
        if (events > max) {
            throw new HttpException(
                    413, events + " events: expected at most " + max + ", which this stream takes a second");
        }
        if (!has(events, events)) {
            throw tooMany();
        }
    }

    private synchronized boolean has(int wanted, int taken) {
        long now = nanoTime.getAsLong();
        tokens = Math.min(max, tokens + (now - filled) / SECOND * max);
        filled = now;
        boolean enough = tokens >= wanted;
        if (enough) {
            tokens -= taken;
        }
        return enough;
    }

    private HttpException tooMany() {
        return new HttpException(429, "this stream takes " + max + " events a second: try again in a second");
    }
}
