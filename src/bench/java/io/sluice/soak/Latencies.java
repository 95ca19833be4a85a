package io.sluice.soak;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The times from the sending of a POST to each receipt of its event. Any thread. */
final class Latencies {

    private static final double NANOS_PER_MILLI = 1e6;

    private final Map<String, Long> sentAt = new ConcurrentHashMap<>();
    private long[] nanos = new long[1024];
    private int size;

    /** An event is about to be sent. */
    void sends(String topic, int sequence) {
        sentAt.put("\"" + topic + ' ' + sequence + "\"", System.nanoTime());
    }

    /** A client has an event. Those that were sent before this was made do not count. */
    synchronized void received(String data) {
        Long sent = sentAt.get(data);
        if (sent != null) {
            if (size == nanos.length) {
                nanos = Arrays.copyOf(nanos, size * 2);
            }
            nanos[size++] = System.nanoTime() - sent;
        }
    }

    /** Forgets all, and begins anew. */
    synchronized void clear() {
        sentAt.clear();
        size = 0;
    }

    /** The quantile of what was received since a count. */
    synchronized double quantileSince(int from, double part) {
        long[] sorted = Arrays.copyOfRange(nanos, Math.min(from, size), size);
        Arrays.sort(sorted);
        return sorted.length == 0
                ? Double.NaN
                : sorted[(int) Math.min(sorted.length - 1L, (long) (part * sorted.length))] / NANOS_PER_MILLI;
    }

    synchronized int count() {
        return size;
    }

    /** The latency in milliseconds that a part of the receipts, from 0 to 1, does not exceed. */
    double quantile(double part) {
        return quantileSince(0, part);
    }
}
