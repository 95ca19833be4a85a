package io.sluice.node;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.function.Consumer;

/**
 * A request that waits until something is known, with its body unread: a handler that comes too late would miss its beginning. Usually
 * nothing has to be waited for. Event loop only.
 */
final class HeldRequest {

    private final RoutingContext routing;
    private final HttpServerRequest request;
    private final PendingBodies.Body held;
    private final UnreadBytes unread;
    private boolean over;

    private HeldRequest(RoutingContext routing, PendingBodies bodies) {
        this.routing = routing;
        this.request = routing.request();
        Context context = routing.vertx().getOrCreateContext();
        String full = "the node holds " + bodies.max() + " of bodies that have not ended; try again";
        this.held =
                bodies.begin(() -> context.runOnContext(v -> end(() -> routing.fail(new HttpException(503, full)))));
        this.unread = new UnreadBytes(routing, held::hold);
    }

    /**
     * Goes on with a request when something is known; it fails if that does, or if the step throws. A client that has gone meanwhile
     * is forgotten.
     *
     * @param known completes on the event loop of the request
     * @param bodies count what comes meanwhile
     * @param step what is next, which may read the body
     */
    static <T> void until(Future<T> known, RoutingContext routing, PendingBodies bodies, Consumer<T> step) {
        if (known.succeeded()) {
            step.accept(known.result());
        } else if (known.failed()) {
            routing.fail(known.cause());
        } else {
            new HeldRequest(routing, bodies).await(known, step);
        }
    }

    private <T> void await(Future<T> known, Consumer<T> step) {
        request.pause().exceptionHandler(failure -> end(() -> BodyReader.breakOff(routing, failure)));
        unread.watch();
        known.onComplete(result -> end(() -> step.accept(result)), failure -> end(() -> routing.fail(failure)));
    }

    /** Ends the wait once: whatever comes first counts. */
    private void end(Runnable step) {
        if (over) {
            return;
        }
        over = true;
        unread.forget();
        held.end();
        if (routing.response().closed()) {
            return;
        }
        try {
            step.run();
        } catch (RuntimeException e) {
            routing.fail(e);
        }
        if (!request.isEnded()) {
            // Whoever reads the body has said so by now.
            request.resume();
        }
    }
}
