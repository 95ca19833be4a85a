package io.sluice.node;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;

/** The methods of a path, as in a header {@code Allow}: {@code GET, HEAD, OPTIONS}. */
final class AllowedMethods {

    static final String READING = "GET, HEAD, OPTIONS";

    private AllowedMethods() {}

    /** Whoever may get something may ask for its head alone. */
    static Route reading(Router router, String path) {
        return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
    }

    /** Answers OPTIONS, and refuses every method that no route before has taken. */
    static void refuseOthers(Router router, String path, String allow) {
        answerOptions(router, path, allow);
        router.route(path).handler(routing -> refuse(routing, allow));
    }

    static void refuse(RoutingContext routing, String allow) {
        tell(routing, allow).fail(new HttpException(405, "expected one of " + allow));
    }

    static void answerOptions(Router router, String path, String allow) {
        router.options(path)
                .handler(routing ->
                        tell(routing, allow).response().setStatusCode(204).end());
    }

    /** Has the answer name the methods. */
    static RoutingContext tell(RoutingContext routing, String allow) {
        routing.response().putHeader("Allow", allow);
        return routing;
    }
}
