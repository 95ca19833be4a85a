package io.sluice.log;

import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;

/**
 * The context of what serves many streams: presence, the bus' door, the log of a template.
 *
 * <p>Vert.x gives out its event loops in turn. With one more context, HTTP and the log of a stream share an event loop on a machine with
 * one core, and then no two events that are published one after the other share a write: five times the work.
 */
public final class OpenersContext {

    private OpenersContext() {}

    /** That of the verticle that calls, or a new one if no event loop does. */
    public static ContextInternal of(Vertx vertx) {
        ContextInternal current = ((VertxInternal) vertx).getContext();
        return current != null && current.isEventLoopContext()
                ? current.unwrap()
                : ((VertxInternal) vertx).createEventLoopContext();
    }
}
