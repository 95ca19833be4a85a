package io.sluice.redis;

import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.NewEvent;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An event as an entry of a Redis stream: its id is {@code n-0}, its fields are time, epoch, topic, type, data, and random bits,
 * which tell apart what two lives of a log have in one place.
 *
 * @param epoch empty, as the bits are, where the entry is nobody's that writes logs
 * @param size about how many bytes it has
 */
record RedisRecord(long n, String epoch, String bits, Map<String, String> fields, int size) {

    /** Adds what {@code append.lua} takes of a publication. */
    static void write(Request arguments, NewEvent publication) {
        arguments
                .arg(publication.topic())
                .arg(publication.type() == null ? "" : publication.type())
                .arg(publication.data())
                .arg(Integer.toHexString(ThreadLocalRandom.current().nextInt()));
    }

    /** Reads an entry, as XREAD has it: the id, and fields with their values. */
    static RedisRecord read(Response entry) {
        String id = entry.get(0).toString();
        Response texts = entry.get(1);
        Map<String, String> fields = new HashMap<>();
        int size = id.length();
        for (int i = 0; i + 1 < texts.size(); i += 2) {
            String value = texts.get(i + 1).toString();
            fields.put(texts.get(i).toString(), value);
            size += value.length();
        }
        long n = Long.parseLong(id, 0, id.indexOf('-'), 10);
        return new RedisRecord(n, fields.getOrDefault("epoch", ""), fields.getOrDefault("bits", ""), fields, size);
    }

    /** What {@code look.lua} says of an event, to compare. */
    String mark() {
        return epoch + ' ' + bits;
    }

    /**
     * The event that it is.
     *
     * @throws IllegalArgumentException where it is none
     */
    Event event(Epochs epochs) {
        String type = field("type");
        NewEvent publication = new NewEvent(field("topic"), type.isEmpty() ? null : type, field("data"));
        return Event.of(epochs.id(n), Instant.ofEpochMilli(Long.parseLong(field("time"))), publication);
    }

    private String field(String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("entry " + n + "-0 has no " + name);
        }
        return value;
    }
}
