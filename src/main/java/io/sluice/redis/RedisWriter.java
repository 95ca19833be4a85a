package io.sluice.redis;

import io.sluice.log.Batch;
import io.sluice.log.EventId;
import io.sluice.log.NotTakenException;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Appends to a log in Redis: a batch is one script, and so all of it or nothing.
 *
 * <p>A batch whose answer is lost with the connection is asked for once more, by its number, when there is a connection again: if
 * Redis has it, it says so.
 */
final class RedisWriter {

    private static final long RETURN_MILLIS = 2000; // of a connection that was lost
    private static final long BATCH_MILLIS = 60_000; // longer than it may take to ask again

    private final ReconnectingRedis link;
    private final RedisKeys keys;
    private final int events;
    private final long age;
    private final long idempotency;
    private final String self = UUID.randomUUID().toString();
    private long number; // of the newest batch

    /** @param age as the other two, what {@code append.lua} has to keep */
    RedisWriter(ReconnectingRedis link, RedisKeys keys, int events, Duration age, Duration idempotency) {
        this.link = link;
        this.keys = keys;
        this.events = events;
        this.age = age.toMillis();
        this.idempotency = idempotency.toMillis();
    }

    /** One batch at a time; fails with {@link NotTakenException} where nothing of it was taken. */
    Future<List<Receipt>> append(List<Batch> batch) {
        if (!link.isUp()) {
            return link.context().failedFuture(link.away());
        }
        long mine = ++number;
        return ask(batch, mine)
                .recover(failure -> isUnanswered(failure)
                        ? link.awaitUp(RETURN_MILLIS)
                                .compose(v -> ask(batch, mine))
                                .recover(again -> link.context().failedFuture(unknown(again)))
                        : link.context().failedFuture(refused(failure)))
                .map(RedisWriter::receipts);
    }

    private Future<Response> ask(List<Batch> batch, long mine) {
        List<String> all = new ArrayList<>(keys.script());
        all.add(keys.batch(self));
        batch.stream()
                .map(Batch::key)
                .filter(key -> key != null && idempotency > 0)
                .forEach(key -> all.add(keys.idempotency(Objects.requireNonNull(key))));
        return RedisScript.APPEND.run(link, all, arguments -> write(arguments, mine, batch));
    }

    private void write(Request arguments, long mine, List<Batch> batch) {
        arguments
                .arg(EventId.fresh().epoch())
                .arg(mine)
                .arg(BATCH_MILLIS)
                .arg(idempotency)
                .arg(events)
                .arg(age)
                .arg(batch.size());
        for (Batch submission : batch) {
            boolean keyed = submission.key() != null;
            arguments
                    .arg(keyed && idempotency > 0 ? "key" : "")
                    .arg(keyed ? submission.digest() : 0)
                    .arg(submission.events().size());
            submission.events().forEach(publication -> RedisRecord.write(arguments, publication));
        }
    }

    private static boolean isUnanswered(Throwable failure) {
        return !ReconnectingRedis.isAnswer(failure) && !(failure instanceof NotTakenException);
    }

    /** Redis' own codes, such as OOM, LOADING and READONLY, say that it has not begun; ERR may be anything. */
    private Throwable refused(Throwable failure) {
        String reason = ReconnectingRedis.reason(failure);
        if (reason.startsWith(RestartMarker.MISSING)) {
            link.renew();
        }
        return failure instanceof NotTakenException || reason.startsWith("ERR ")
                ? failure
                : new NotTakenException("Redis at " + link.address() + " refuses: " + reason + "; try again");
    }

    private IllegalStateException unknown(Throwable failure) {
        return new IllegalStateException("Redis at " + link.address()
                + " was lost, and nobody can say whether the log has this: " + ReconnectingRedis.reason(failure));
    }

    /** What {@code append.lua} answers. */
    private static List<Receipt> receipts(Response answer) {
        return answer.toString().lines().map(RedisWriter::receipt).toList();
    }

    private static Receipt receipt(String line) {
        String[] words = line.split(" ", -1);
        EventId last = Objects.requireNonNull(EventId.parse(words[0]), line);
        return new Receipt(last, Integer.parseInt(words[1]), Long.parseLong(words[2]));
    }
}
