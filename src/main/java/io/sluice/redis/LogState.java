package io.sluice.redis;

import io.sluice.log.Epochs;
import io.vertx.redis.client.Response;

/**
 * Where a log stands, as {@code look.lua} says it.
 *
 * @param last the last position
 * @param first the oldest kept event's number; where none is kept, the last position + 1
 * @param mark of the event that was asked for, or empty where it is not kept
 */
record LogState(Epochs epochs, long last, long first, String mark) {

    static LogState read(Response answer) {
        return new LogState(
                Epochs.parse(answer.get(0).toString()),
                Long.parseLong(answer.get(1).toString()),
                Long.parseLong(answer.get(2).toString()),
                answer.get(3).toString());
    }

    /** The position before the oldest event that may be given out: not before the past, and not one whose epoch is forgotten. */
    long start() {
        long known = epochs.list().get(0).first() - 1;
        return Math.max(first - 1, Math.max(epochs.past(), known));
    }

    /** Whether a position of other epochs is one of this log's, by the epochs alone. */
    boolean owns(Epochs others, long n) {
        return epochs.contains(others.id(n));
    }

    /**
     * Whether it has what a node had read up to a position, or had it before it was evicted.
     *
     * @param read the mark of the event there, or empty where the node has none
     */
    boolean has(Epochs others, long n, String read) {
        return owns(others, n) && n <= last && (read.isEmpty() || n < first || read.equals(mark));
    }
}
