package io.sluice.redis;

import io.sluice.log.Bytes;
import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.NewEvent;
import io.vertx.core.buffer.Buffer;
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
record RedisRecord(long n, String epoch, String bits, Map<String, Bytes> fields, int size) {

    /** Adds what {@code append.lua} takes of a publication. */
    static void write(Request arguments, NewEvent publication) {
        arguments
                .arg(publication.topic())
                .arg(publication.type() == null ? "" : publication.type())
                .arg(Buffer.buffer(publication.data().toByteArray()))
                .arg(Integer.toHexString(ThreadLocalRandom.current().nextInt()));
    }

    /** Reads an entry, as XREAD has it: the id, and fields with their values. */
    static RedisRecord read(Response entry) {
        String id = entry.get(0).toString();
        Response texts = entry.get(1);
        Map<String, Bytes> fields = new HashMap<>();
        int size = id.length();
        for (int i = 0; i + 1 < texts.size(); i += 2) {
            Bytes value = Bytes.copyOf(texts.get(i + 1).toBytes());
            fields.put(texts.get(i).toString(), value);
            size += value.size();
        }
        long n = Long.parseLong(id, 0, id.indexOf('-'), 10);
        return new RedisRecord(n, text(fields, "epoch"), text(fields, "bits"), fields, size);
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
        String type = field("type").toString();
        NewEvent publication = new NewEvent(field("topic").toString(), type.isEmpty() ? null : type, field("data"));
        long time = Long.parseLong(field("time").toString());
        return Event.of(epochs.id(n), Instant.ofEpochMilli(time), publication);
    }

    private static String text(Map<String, Bytes> fields, String name) {
        Bytes value = fields.get(name);
        return value == null ? "" : value.toString();
    }

    private Bytes field(String name) {
        Bytes value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("entry " + n + "-0 has no " + name);
        }
        return value;
    }
}
