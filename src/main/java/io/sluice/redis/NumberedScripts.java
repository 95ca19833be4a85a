package io.sluice.redis;

import io.sluice.log.NotTakenException;
import io.sluice.log.OutcomeUnknownException;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;

/**
 * Runs scripts that write, one at a time, so that each takes effect once.
 *
 * <p>If the connection is lost before the reply, the script is sent again over the next connection, under the same number. A script
 * whose number Redis has seen does nothing, and replies what it replied then.
 *
 * <p>On its connection's context only.
 */
final class NumberedScripts {

    /** The time for which Redis remembers the newest number, which is longer than the deadline. */
    static final long REMEMBER_MILLIS = 60_000;

    /** The time to wait for the next connection. */
    private static final long RECONNECT_MILLIS = 2000;

    /** The time after which the outcome counts as unknown; a publisher has its answer within 10 s. */
    private static final long DEADLINE_MILLIS = 7500;

    private final ReconnectingRedis redis;
    private final String self = UUID.randomUUID().toString();
    private long newest;

    NumberedScripts(ReconnectingRedis redis) {
        this.redis = redis;
    }

    /** The name under which Redis remembers the newest number. */
    String self() {
        return self;
    }

    /**
     * Runs a script.
     *
     * @param script sends it under a number
     * @return its reply. Fails with {@link NotTakenException} if nothing was written, and with {@link OutcomeUnknownException} if
     *     there is no reply in time
     */
    Future<Response> run(LongFunction<Future<Response>> script) {
        if (!redis.isUp()) {
            return redis.context().failedFuture(redis.unavailable());
        }
        long number = ++newest;
        return script.apply(number)
                .recover(failure ->
                        isUnanswered(failure) ? runAgain(script, number) : Future.failedFuture(refused(failure)))
                .timeout(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
                .recover(failure ->
                        Future.failedFuture(failure instanceof TimeoutException ? unknown(failure) : failure));
    }

    private Future<Response> runAgain(LongFunction<Future<Response>> script, long number) {
        return redis.awaitUp(RECONNECT_MILLIS)
                .compose(v -> script.apply(number))
                .recover(failure -> Future.failedFuture(unknown(failure)));
    }

    private static boolean isUnanswered(Throwable failure) {
        return !ReconnectingRedis.isErrorReply(failure) && !(failure instanceof NotTakenException);
    }

    /** An error with a code of its own, such as OOM, LOADING or READONLY, precedes the first write. ERR may be anything. */
    private Throwable refused(Throwable failure) {
        String reason = ReconnectingRedis.reason(failure);
        if (reason.startsWith(RestartMarker.MISSING)) {
            redis.renew();
        }
        return failure instanceof NotTakenException || reason.startsWith("ERR ") ? failure : redis.refuses(reason);
    }

    private OutcomeUnknownException unknown(Throwable failure) {
        return new OutcomeUnknownException(
                "Redis at " + redis.address() + " was lost (" + ReconnectingRedis.reason(failure) + ")");
    }
}
