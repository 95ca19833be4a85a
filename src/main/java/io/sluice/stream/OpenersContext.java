package io.sluice.stream;

import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;

/**
 * The context of what is done now and then for many streams.
 *
 * <p>Vert.x gives out its event loops in turn. With one more context, HTTP and the log of a stream share an event loop on a machine with
 * one core, and then no two events that are published one after the other share a write: five times the work.
 */
final class OpenersContext {

    private OpenersContext() {}

    /** That of the verticle that calls, or a new one if no event loop does. */
    static ContextInternal of(Vertx vertx) {
        ContextInternal current = ((VertxInternal) vertx).getContext();
        return current != null && current.isEventLoopContext()
                ? current
                : ((VertxInternal) vertx).createEventLoopContext();
    }
}
