package io.sluice.sse;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/**
 * How bytes reach one client. Event loop only.
 *
 * <p>Any of the calls may call back before it returns: a socket may fill and drain within one write, or turn out to be gone.
 */
interface WritePath {

    /**
     * Says whom to call. Called once, first.
     *
     * @param drained when it is no longer full
     * @param gone when the response has ended or cannot go on, for whatever reason; perhaps more than once
     */
    void connect(Runnable drained, Runnable gone);

    /** Whether what was written waits for the socket, so that more would only pile up in memory. */
    boolean isFull();

    /** How many bytes wait for the socket: it falls as the client reads. */
    long unsent();

    /** Writes whole blocks; the first goes out together with the response's head. */
    void write(Buffer blocks);

    /** Writes the last blocks and ends the response; completes when the socket has taken them, or fails. */
    Future<Void> end(Buffer blocks);

    /** Gives up, and frees what waits for a socket that takes nothing. */
    void abort();
}
