package io.sluice.redis;

import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.Queue;

/** Has streams read from Redis, {@value #AT_ONCE} at a time, so that thousands of them do not wait for one reply. Its context only. */
final class StreamLoader {

    private static final int AT_ONCE = 8;

    private final ContextInternal context;
    private final Queue<WatchedStream> waiting = new ArrayDeque<>();
    private int running;

    StreamLoader(ContextInternal context) {
        this.context = context;
    }

    void add(WatchedStream stream) {
        waiting.add(stream);
        next();
    }

    private void next() {
        while (running < AT_ONCE && !waiting.isEmpty()) {
            running++;
            waiting.remove().load().onComplete(done -> {
                running--;
                // Not at once: a load that fails does so within the call.
                context.runOnContext(v -> next());
            });
        }
    }
}
