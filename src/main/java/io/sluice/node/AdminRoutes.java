package io.sluice.node;

import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * What the admin listener serves at which path. Each {@link AdminPart} adds its own, and need not ask who comes: {@link AdminRules}
 * has done so. Of one event loop.
 */
final class AdminRoutes {

    private static final String READING = AllowedMethods.READING;
    private static final String CHANGING = "OPTIONS, POST";
    private static final String BOTH = READING + ", POST";

    /** Of what is no page. */
    private static final String NO_PAGE = "default-src 'none'; frame-ancestors 'none'";

    private final Vertx vertx;
    private final AdminRules rules;
    private final Router router;

    AdminRoutes(Vertx vertx, AdminRules rules) {
        this.vertx = vertx;
        this.rules = rules;
        this.router = Router.router(vertx);
    }

    Vertx vertx() {
        return vertx;
    }

    AdminRules rules() {
        return rules;
    }

    /** For what asks nobody. */
    Router router() {
        return router;
    }

    /** Adds what can be read, by GET and HEAD. */
    void get(String path, Handler<RoutingContext> handler) {
        read(path, handler);
        AllowedMethods.refuseOthers(router, path, READING);
    }

    /** Adds what changes something, by POST; its handler reads the body. */
    void post(String path, Handler<RoutingContext> handler) {
        change(path, handler);
        AllowedMethods.refuseOthers(router, path, CHANGING);
    }

    /** Adds what can be read and changed. */
    void getAndPost(String path, Handler<RoutingContext> read, Handler<RoutingContext> change) {
        read(path, read);
        change(path, change);
        AllowedMethods.refuseOthers(router, path, BOTH);
    }

    /** Adds a stream: its handler asks {@link AdminRules#watchers} for the rights, and describes its answer itself. */
    void stream(String path, Handler<RoutingContext> handler) {
        AllowedMethods.reading(router, path).handler(QueryText::read).handler(handler);
        AllowedMethods.refuseOthers(router, path, READING);
    }

    private void read(String path, Handler<RoutingContext> handler) {
        AllowedMethods.reading(router, path)
                .handler(AdminRoutes::describe)
                .handler(QueryText::read)
                .handler(rules.readers())
                .handler(handler);
    }

    private void change(String path, Handler<RoutingContext> handler) {
        router.post(path)
                .handler(rules.changers())
                .handler(AdminRoutes::describe)
                .handler(QueryText::read)
                .handler(handler);
    }

    /** It is true only now, and is data. */
    private static void describe(RoutingContext routing) {
        MultiMap headers = routing.response().headers();
        headers.set("Cache-Control", "no-store")
                .set("X-Content-Type-Options", "nosniff")
                .set("Content-Security-Policy", NO_PAGE);
        routing.next();
    }

    /** Answers with a text, unless the client has gone. */
    static void answer(RoutingContext routing, String type, String text) {
        if (!routing.response().closed()) {
            routing.response().putHeader("Content-Type", type).end(text);
        }
    }

    /** Serves every request, when all parts are mounted. */
    Handler<HttpServerRequest> handler() {
        router.options().handler(routing -> AllowedMethods.tell(routing, READING)
                .response()
                .setStatusCode(204)
                .end());
        // For every method: otherwise a path that is not there would be 405, without an Allow header.
        router.route().handler(routing -> routing.fail(404));
        ProblemDetails.handle(router);
        return new RequestGate(router, rules.hosts(), new NamedPath(List.of()), BOTH);
    }
}
