package io.sluice.node;

import io.sluice.log.EventId;
import io.sluice.log.Receipt;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What the log has of a request.
 *
 * @param last the id of the last event; null if there is none
 * @param count the number of the events
 */
record Taken(@Nullable EventId last, long count) {

    static final Taken NOTHING = new Taken(null, 0);

    static Taken of(Receipt receipt) {
        return NOTHING.plus(receipt);
    }

    Taken plus(Receipt receipt) {
        return new Taken(receipt.last(), count + receipt.count());
    }

    /** As the answer to the client has it. */
    JsonObject toJson() {
        return new JsonObject().put("id", last == null ? null : last.toString()).put("count", count);
    }

    /** For a message. */
    @Override
    public String toString() {
        if (last == null) {
            return "no event was taken";
        }
        return count + (count == 1 ? " event was" : " events were") + " taken, the last is " + last;
    }
}
