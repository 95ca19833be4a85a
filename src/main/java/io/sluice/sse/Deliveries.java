package io.sluice.sse;

import java.util.HashMap;
import java.util.Map;

/**
 * The deliveries of a hub: one for each stream that has a subscription at the event loop, and none for the others. Each has its stream
 * from the {@link StreamSource}, and releases it at its end. Event loop only.
 */
final class Deliveries {

    private final Turns turns;
    private final BlockWriter writer;
    private final Map<ServedStream, Delivery> byStream = new HashMap<>();

    Deliveries(Turns turns, BlockWriter writer) {
        this.turns = turns;
        this.writer = writer;
    }

    /** The delivery of a stream, to which a subscription is about to come. It takes the caller's claim on the stream. */
    Delivery of(ServedStream stream) {
        Delivery known = byStream.get(stream);
        if (known != null) {
            // It has the stream already.
            stream.release();
            return known;
        }
        Delivery delivery = new Delivery(stream, turns, writer);
        byStream.put(stream, delivery);
        delivery.open();
        return delivery;
    }

    /** A subscription leaves its delivery, and if it was the last one, the delivery goes. */
    void remove(Subscription subscription) {
        Delivery delivery = subscription.delivery;
        delivery.remove(subscription);
        if (delivery.isEmpty()) {
            byStream.remove(delivery.stream());
            delivery.close();
            delivery.stream().release();
        }
    }

    /** Whether all that is left to do waits for sockets, or for the journals. */
    boolean areIdle() {
        return byStream.values().stream().allMatch(Delivery::isIdle);
    }

    int size() {
        return byStream.size();
    }
}
