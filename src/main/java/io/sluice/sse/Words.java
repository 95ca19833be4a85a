package io.sluice.sse;

import io.sluice.log.EventId;
import io.sluice.stream.CloseReason;
import org.jspecify.annotations.Nullable;

/** How a client is told what is no event of the stream. What it is not told is an empty array. */
interface Words {

    /** The client's position, if it has got no event from which it could know it. */
    byte[] position(EventId position);

    /** Something, so that the connection is not silent; with the position if the client does not know it yet. */
    byte[] heartbeat(@Nullable EventId position);

    /**
     * What a client has missed.
     *
     * @param after the id that the client had, as it says; null if it had none
     * @param position just before the next event
     * @param next the oldest kept event, or null if there is none
     * @param lost how many events of the subscription lie between, or null if it cannot be known
     */
    byte[] gap(@Nullable String after, EventId position, @Nullable EventId next, @Nullable Long lost);

    /**
     * The last words.
     *
     * @param position to resume from; null if there is none
     * @param retryMillis the time to wait before coming back
     */
    byte[] close(@Nullable EventId position, long retryMillis, CloseReason reason);
}
