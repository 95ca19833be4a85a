package io.sluice.sse;

import io.sluice.stream.CloseReason;
import io.vertx.core.Future;

/**
 * How bytes reach one client. Event loop only.
 *
 * <p>Any of the calls may call back before it returns: a socket may fill and drain within one write, or turn out to be gone.
 */
interface WritePath {

    /** Is told what happens to the response. */
    interface Listener {

        /** It is no longer full. */
        void drained();

        /** The response has ended, or cannot go on, for whatever reason; perhaps more than once. */
        void gone();
    }

    /** Sets the listener. Called once, first. */
    void connect(Listener listener);

    /** Whether what was written waits for the socket, so that more would only pile up in memory. */
    boolean isFull();

    /** How many bytes it takes now without more piling up in memory than is good; 0 if it is full. The listener is told later. */
    int room();

    /** A number that is another one whenever the socket has taken some of what waits for it. */
    long progress();

    /** How many bytes of memory are kept for them, shared ones included; 0 if nothing waits. */
    long pending();

    /** Whether the blocks that it is given wait for the socket as they are, so that several clients can share them. */
    boolean isShared();

    /**
     * Whether an event of so many bytes may still come, behind blocks that are about to be written. Only an answer with an end is ever
     * full.
     */
    default boolean takes(FrameBatch blocks, int bytes) {
        return true;
    }

    /** Writes whole blocks; the first go out together with the response's head. The caller clears them. */
    void write(FrameBatch blocks);

    /** Writes the last blocks and ends the response; completes when the socket has taken them, or fails. */
    Future<Void> end(byte[] lastWords);

    /**
     * Ends a response that has not begun. A client that cannot take the reason now is not told, and nothing waits for it.
     *
     * @param words in which the client is told
     * @param retryMillis the time to wait before coming back
     */
    default void refuse(SseWords words, CloseReason reason, long retryMillis) {
        Future<Void> unused = end(words.close(null, retryMillis, reason));
    }

    /** Gives up, and frees what waits for a socket that takes nothing. */
    void abort();
}
