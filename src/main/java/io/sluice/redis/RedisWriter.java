package io.sluice.redis;

import io.sluice.log.Batch;
import io.sluice.log.EventId;
import io.sluice.log.LogSetup;
import io.sluice.log.NewEvent;
import io.sluice.log.NotTakenException;
import io.sluice.log.OutcomeUnknownException;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Appends to a log in Redis: one script appends all batches of a call, or none.
 *
 * <p>If the connection is lost before the reply, the writer sends the script again over the next connection, under the same
 * number. A script whose number Redis has seen appends nothing, and replies what it replied then.
 */
final class RedisWriter {

    /** The time to wait for the next connection. */
    private static final long RECONNECT_MILLIS = 2000;

    /** The time after which the outcome counts as unknown; a publisher has its answer within 10 s. */
    private static final long DEADLINE_MILLIS = 7500;

    /** The time for which Redis remembers the newest number, which is longer than the deadline. */
    private static final long REMEMBER_MILLIS = 60_000;

    private final ReconnectingRedis redis;
    private final RedisKeys keys;
    private final int events;
    private final long age;
    private final long idempotency;
    private final String self = UUID.randomUUID().toString();
    private long newest;

    RedisWriter(ReconnectingRedis redis, RedisKeys keys, LogSetup setup) {
        this.redis = redis;
        this.keys = keys;
        this.events = setup.history().events();
        this.age = setup.history().age().toMillis();
        this.idempotency = setup.idempotency().toMillis();
    }

    /** Appends all batches or none, one call at a time. Fails with {@link NotTakenException} if nothing was appended. */
    Future<List<Receipt>> append(List<Batch> batches) {
        if (!redis.isUp()) {
            return redis.context().failedFuture(redis.unavailable());
        }
        long number = ++newest;
        return send(batches, number)
                .recover(failure ->
                        isUnanswered(failure) ? sendAgain(batches, number) : Future.failedFuture(refused(failure)))
                .timeout(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
                .recover(failure ->
                        Future.failedFuture(failure instanceof TimeoutException ? unknown(failure) : failure))
                .map(RedisWriter::receipts);
    }

    private Future<Response> sendAgain(List<Batch> batches, long number) {
        return redis.awaitUp(RECONNECT_MILLIS)
                .compose(v -> send(batches, number))
                .recover(failure -> Future.failedFuture(unknown(failure)));
    }

    private Future<Response> send(List<Batch> batches, long number) {
        List<String> all = new ArrayList<>(keys.script());
        all.add(keys.writer(self));
        batches.stream()
                .map(Batch::key)
                .filter(key -> key != null && idempotency > 0)
                .forEach(key -> all.add(keys.idempotency(Objects.requireNonNull(key))));
        return RedisScript.APPEND.run(redis, all, arguments -> write(arguments, number, batches));
    }

    /** Writes the arguments of {@code append.lua}. */
    private void write(Request arguments, long number, List<Batch> batches) {
        arguments
                .arg(EventId.fresh().epoch())
                .arg(number)
                .arg(REMEMBER_MILLIS)
                .arg(idempotency)
                .arg(events)
                .arg(age)
                .arg(batches.size());
        for (Batch batch : batches) {
            boolean keyed = batch.key() != null;
            arguments
                    .arg(keyed && idempotency > 0 ? "key" : "")
                    .arg(keyed ? batch.digest() : 0)
                    .arg(batch.events().size());
            for (NewEvent event : batch.events()) {
                RedisRecord.write(arguments, event);
            }
        }
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
        return failure instanceof NotTakenException || reason.startsWith("ERR ")
                ? failure
                : new NotTakenException("Redis at " + redis.address() + " refuses: " + reason + "; try again");
    }

    private OutcomeUnknownException unknown(Throwable failure) {
        return new OutcomeUnknownException(
                "Redis at " + redis.address() + " was lost (" + ReconnectingRedis.reason(failure) + ")");
    }

    /** Reads the reply of {@code append.lua}. */
    private static List<Receipt> receipts(Response reply) {
        return reply.toString().lines().map(RedisWriter::receipt).toList();
    }

    private static Receipt receipt(String line) {
        String[] words = line.split(" ", -1);
        EventId last = Objects.requireNonNull(EventId.parse(words[0]), line);
        return new Receipt(last, Integer.parseInt(words[1]), Long.parseLong(words[2]));
    }
}
