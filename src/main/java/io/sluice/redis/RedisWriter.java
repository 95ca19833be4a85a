package io.sluice.redis;

import io.sluice.log.Batch;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.LogSetup;
import io.sluice.log.NewEvent;
import io.sluice.log.NotTakenException;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Appends to a log in Redis: one script appends all batches of a call, or none. */
final class RedisWriter {

    private final ReconnectingRedis redis;
    private final NumberedScripts scripts;
    private final RedisKeys keys;
    private final History history;
    private final long idempotency;

    RedisWriter(ReconnectingRedis redis, RedisKeys keys, LogSetup setup) {
        this.redis = redis;
        this.scripts = new NumberedScripts(redis);
        this.keys = keys;
        this.history = setup.history();
        this.idempotency = setup.idempotency().toMillis();
    }

    /** Appends all batches or none, one call at a time. Fails with {@link NotTakenException} if nothing was appended. */
    Future<List<Receipt>> append(List<Batch> batches) {
        return scripts.run(number -> send(batches, number)).map(RedisWriter::receipts);
    }

    private Future<Response> send(List<Batch> batches, long number) {
        List<String> all = new ArrayList<>(keys.script());
        all.add(keys.writer(scripts.self()));
        all.addAll(keys.latest());
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
                .arg(NumberedScripts.REMEMBER_MILLIS)
                .arg(idempotency)
                .arg(history.events())
                .arg(history.age().toMillis())
                .arg(history.latest())
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

    /** Reads the reply of {@code append.lua}. */
    private static List<Receipt> receipts(Response reply) {
        return reply.toString().lines().map(RedisWriter::receipt).toList();
    }

    /** Reads the line that a script writes for a batch: the id, the number of events, the digest. */
    static Receipt receipt(String line) {
        String[] words = line.split(" ", -1);
        EventId last = Objects.requireNonNull(EventId.parse(words[0]), line);
        return new Receipt(last, Integer.parseInt(words[1]), Long.parseLong(words[2]));
    }
}
