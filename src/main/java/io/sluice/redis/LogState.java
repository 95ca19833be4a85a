package io.sluice.redis;

import io.sluice.log.Epochs;
import io.vertx.redis.client.Response;

/**
 * The reply of {@code state.lua}: how far a log has come.
 *
 * @param last the last position
 * @param first the number of the oldest kept event, or the last position + 1 if none is kept
 * @param mark the mark of the event that was asked for, or empty if it is not kept
 */
record LogState(Epochs epochs, long last, long first, String mark) {

    static LogState read(Response reply) {
        return new LogState(
                Epochs.parse(reply.get(0).toString()),
                Long.parseLong(reply.get(1).toString()),
                Long.parseLong(reply.get(2).toString()),
                reply.get(3).toString());
    }

    /** The position before the oldest event that readers may get: its epoch is known, and it is not before the past. */
    long start() {
        long known = epochs.list().get(0).first() - 1;
        return Math.max(first - 1, Math.max(epochs.past(), known));
    }

    /** Whether a position of other epochs is a position of this log, judged by the epochs alone. */
    boolean contains(Epochs others, long n) {
        return epochs.contains(others.id(n));
    }

    /**
     * Whether the log has, or has evicted, what a node has read up to a position.
     *
     * @param read the mark of the event that the node has there, or empty if it has none
     */
    boolean has(Epochs others, long n, String read) {
        return contains(others, n) && n <= last && (read.isEmpty() || n < first || read.equals(mark));
    }
}
