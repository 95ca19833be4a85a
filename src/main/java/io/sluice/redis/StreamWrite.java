package io.sluice.redis;

import io.sluice.log.Batch;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.sluice.log.TemplateRules;
import io.sluice.log.WriteQueue;
import io.vertx.redis.client.Request;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants of a stream of a template.
 *
 * @param stream the name within the template
 * @param batch what to append; null unless that is what is wanted
 * @param key the idempotency key, or null
 * @param digest tells apart what is written with one key
 */
record StreamWrite(
        Action action,
        String stream,
        @Nullable Batch batch,
        @Nullable String key,
        long digest) implements WriteQueue.Write {

    enum Action {
        APPEND,
        CREATE,
        DELETE
    }

    static StreamWrite append(String stream, Batch batch) {
        return new StreamWrite(Action.APPEND, stream, batch, batch.key(), batch.key() == null ? 0 : batch.digest());
    }

    static StreamWrite create(String stream, @Nullable String key) {
        return new StreamWrite(Action.CREATE, stream, null, key, 0);
    }

    static StreamWrite delete(String stream) {
        return new StreamWrite(Action.DELETE, stream, null, null, 0);
    }

    @Override
    public int count() {
        return batch == null ? 1 : batch.count();
    }

    @Override
    public long size() {
        return batch == null ? 0 : batch.size();
    }

    boolean isKeyed(TemplateRules rules) {
        return key != null && !rules.idempotency().isZero();
    }

    /** Writes the arguments of {@code template/append.lua}. */
    void write(Request arguments, TemplateRules rules) {
        List<NewEvent> events = batch == null ? List.of() : batch.events();
        arguments
                .arg(action.name().toLowerCase(Locale.ROOT))
                .arg(stream)
                .arg(EventId.fresh().epoch())
                .arg(action == Action.CREATE || rules.createByPublish() ? "make" : "")
                .arg(batch != null && batch.end() ? "end" : "")
                .arg(isKeyed(rules) ? "key" : "")
                .arg(digest)
                .arg(events.size());
        events.forEach(event -> RedisRecord.write(arguments, event));
    }
}
