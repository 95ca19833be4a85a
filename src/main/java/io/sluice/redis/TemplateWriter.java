package io.sluice.redis;

import io.sluice.log.EventId;
import io.sluice.log.KeyReusedException;
import io.sluice.log.NoSuchStreamException;
import io.sluice.log.NotTakenException;
import io.sluice.log.OutcomeUnknownException;
import io.sluice.log.Receipt;
import io.sluice.log.StreamEndedException;
import io.sluice.log.TemplateRules;
import io.sluice.log.TemplateSetup;
import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the streams of a template: one script does what several callers want, each on its own, and answers with a line for each.
 *
 * <p>On its connection's context, but for {@link #receipt}.
 */
final class TemplateWriter {

    private static final String GONE = "gone";

    private final ReconnectingRedis redis;
    private final NumberedScripts scripts;
    private final TemplateKeys keys;
    private final TemplateSetup setup;
    private final TemplateRules rules;

    TemplateWriter(ReconnectingRedis redis, TemplateKeys keys, TemplateSetup setup) {
        this.redis = redis;
        this.scripts = new NumberedScripts(redis);
        this.keys = keys;
        this.setup = setup;
        this.rules = setup.rules();
    }

    /** One call at a time. Completes with a line for each write, which {@link #receipt} reads. */
    Future<List<String>> write(List<StreamWrite> writes) {
        return scripts.run(number -> send(writes, number))
                .map(reply -> reply.toString().lines().toList());
    }

    private Future<Response> send(List<StreamWrite> writes, long number) {
        List<String> all = new ArrayList<>(keys.feed().script());
        all.addAll(List.of(keys.names(), keys.times(), keys.feed().writer(scripts.self())));
        for (StreamWrite write : writes) {
            all.addAll(keys.of(write.stream()));
            if (write.isKeyed(rules)) {
                all.add(keys.idempotency(write.stream(), Objects.requireNonNull(write.key())));
            }
        }
        return RedisScript.TEMPLATE_APPEND.run(redis, all, arguments -> write(arguments, number, writes));
    }

    private void write(Request arguments, long number, List<StreamWrite> writes) {
        arguments
                .arg(EventId.fresh().epoch())
                .arg(number)
                .arg(NumberedScripts.REMEMBER_MILLIS)
                .arg(rules.idempotency().toMillis())
                .arg(rules.history().events())
                .arg(rules.history().age().toMillis())
                .arg(rules.history().latest())
                .arg(rules.idle().toMillis())
                .arg(rules.keep().toMillis())
                .arg(rules.max())
                .arg(writes.size());
        writes.forEach(write -> write.write(arguments, rules));
    }

    /**
     * The receipt of a write, or null if it has deleted the stream. Any thread.
     *
     * @throws RuntimeException why it was not done, as {@link io.sluice.log.TemplateLog#append} says
     */
    @Nullable
    Receipt receipt(StreamWrite write, String line) {
        if (line.equals(GONE)) {
            return null;
        }
        int end = line.indexOf(' ');
        String word = end < 0 ? line : line.substring(0, end);
        switch (word) {
            case "ended" -> throw new StreamEndedException(setup.fullName(write.stream()));
            case "unknown" ->
                throw new NoSuchStreamException("there is no stream " + setup.fullName(write.stream())
                        + ": expected the name of one, or PUT to make it");
            case "full" ->
                throw new NotTakenException(
                        setup.template() + "/* has " + rules.max() + " streams, as many as it may; try again");
            case "refused" -> throw redis.refuses(line.substring(end + 1));
            case "failed" ->
                throw new OutcomeUnknownException(
                        "Redis at " + redis.address() + " has failed (" + line.substring(end + 1) + ")");
            default -> {
                return checked(write, RedisWriter.receipt(line));
            }
        }
    }

    private static Receipt checked(StreamWrite write, Receipt receipt) {
        String key = write.key();
        if (key != null && receipt.digest() != write.digest()) {
            throw new KeyReusedException(key);
        }
        return receipt;
    }
}
