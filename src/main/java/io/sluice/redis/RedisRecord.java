package io.sluice.redis;

import io.sluice.log.Bytes;
import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An entry of a Redis stream that is an event. Its id is {@code n-0}; its fields are time, epoch, topic, type, data, random bits,
 * and forget if the event {@linkplain NewEvent#forget leaves nothing behind}. The bits tell apart two events that different runs of Redis have given the same id.
 *
 * @param epoch empty, as the bits are, if no node has written the entry
 * @param size the approximate size in bytes
 */
record RedisRecord(long n, String epoch, String bits, Map<String, Bytes> fields, int size) {

    /** Writes an event as an argument of {@code append.lua}. */
    static void write(Request arguments, NewEvent event) {
        arguments
                .arg(event.topic())
                .arg(event.type() == null ? "" : event.type())
                .arg(Buffer.buffer(event.data().toByteArray()))
                .arg(Integer.toHexString(ThreadLocalRandom.current().nextInt()))
                .arg(event.forget() ? "forget" : "");
    }

    /** Reads an entry from the reply of XREAD: the id, then fields and values in turn. */
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

    /** The mark by which {@code state.lua} identifies an event. */
    String mark() {
        return epoch + ' ' + bits;
    }

    /** Whether it is of one of a log's epochs. */
    boolean isOf(Epochs epochs) {
        return epochs.id(n).epoch().equals(epoch);
    }

    /** Whether it is older than the epochs that the log still names, as the newest event of a topic may be. */
    boolean isOlderThan(Epochs epochs) {
        return n > epochs.past() && n < epochs.list().get(0).first() && !epochs.has(epoch);
    }

    /**
     * The event of this entry.
     *
     * @throws IllegalArgumentException if the entry is no event
     */
    Event event() {
        String type = field("type").toString();
        boolean forget = fields.containsKey("forget");
        NewEvent event = new NewEvent(field("topic").toString(), type.isEmpty() ? null : type, field("data"), forget);
        long time = Long.parseLong(field("time").toString());
        return Event.of(new EventId(epoch, n), Instant.ofEpochMilli(time), event);
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
