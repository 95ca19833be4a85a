package io.sluice.sse;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** How bytes reach one client. Event loop only. */
interface WritePath {

    /** Whether what was written waits for the socket, so that more would only pile up in memory. */
    boolean isFull();

    /** Writes whole blocks; the first goes out together with the response's head. */
    void write(Buffer blocks);

    /** Writes the last blocks and ends the response; completes when the socket has taken them, or fails. */
    Future<Void> end(Buffer blocks);
}
