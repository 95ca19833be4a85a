package io.sluice.node;

import io.sluice.sse.SseHandler;
import io.sluice.sse.SseOptions;
import io.sluice.stream.EventStream;
import io.sluice.webroot.Webroot;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.healthchecks.Status;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.healthchecks.HealthCheckHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What a node serves at which path: its streams, its health, and the files of its webroot. Of one event loop. */
final class Routes {

    /** A probe asks by any name that it has for the node. */
    static final String HEALTH = "/health/";

    private static final String READING = "GET, HEAD, OPTIONS";

    private final Vertx vertx;
    private final NodeConfig config;
    private final List<EventStream> streams;
    private final ClientBounds bounds;
    private final Optional<String> member;
    private final BooleanSupplier listening;
    private final CorsRules pages;
    private final List<SseHandler> handlers = new ArrayList<>();

    /**
     * @param member the name of this node in its cluster
     * @param listening whether the server takes requests, and goes on doing so
     */
    Routes(
            Vertx vertx,
            NodeConfig config,
            List<EventStream> streams,
            ClientBounds bounds,
            Optional<String> member,
            BooleanSupplier listening) {
        this.vertx = vertx;
        this.config = config;
        this.streams = streams;
        this.bounds = bounds;
        this.member = member;
        this.listening = listening;
        this.pages = new CorsRules(config.http().cors());
    }

    /** Serves every request. */
    Handler<HttpServerRequest> handler() {
        return new RequestGate(router(), HostRules.of(config), methods());
    }

    /** The streams come first: each request pays for the routes that it passes. */
    private Router router() {
        Router router = Router.router(vertx);
        if (!config.http().cors().origins().isEmpty()) {
            streams.forEach(stream -> router.route("/" + stream.name()).handler(pages::handle));
        }
        streams.forEach(stream -> mount(router, stream));
        mountHealth(router);
        router.options()
                .handler(routing ->
                        allow(routing, READING).response().setStatusCode(204).end());
        // For every method: otherwise a missing file would be 405, without an Allow header.
        router.route()
                .handler(
                        Webroot.of(vertx, config.http().webroot(), config.http().followSymlinks()));
        ProblemDetails.handle(router);
        return router;
    }

    /** Ends every subscription, one after the other over a time. */
    Future<Void> drain(Duration over) {
        return Future.join(handlers.stream().map(handler -> handler.close(over)).toList())
                .mapEmpty();
    }

    private void mountHealth(Router router) {
        mount(
                router,
                HEALTH + "live",
                HealthCheckHandler.create(vertx).register("event-loop", answer -> answer.complete(Status.OK())));
        HealthCheckHandler ready = HealthCheckHandler.create(vertx);
        ready.register("listening", answer -> answer.complete(status(listening.getAsBoolean())));
        streams.forEach(stream ->
                ready.register("stream/" + stream.name(), answer -> answer.complete(status(stream.isFollowing()))));
        mount(router, HEALTH + "ready", ready);
    }

    private static void mount(Router router, String path, HealthCheckHandler checks) {
        reading(router, path).handler(Routes::describeHealth).handler(checks);
        refuseOthers(router, path, READING);
    }

    /** It is true only now. */
    private static void describeHealth(RoutingContext routing) {
        routing.response()
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Content-Type-Options", "nosniff");
        routing.next();
    }

    /** A probe may ask for the head alone. */
    private static Route reading(Router router, String path) {
        return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
    }

    private static Status status(boolean ok) {
        return ok ? Status.OK() : Status.KO();
    }

    private void mount(Router router, EventStream stream) {
        String path = "/" + stream.name();
        SseOptions options = config.stream(stream)
                .sse()
                .withDeadAfter(config.http().timeouts().deadAfter())
                .withMaxTopics(config.http().limits().maxTopics());
        SseHandler sse = SseHandler.create(stream, options, bounds.subscriptions(), member.orElse(null));
        handlers.add(sse);
        reading(router, path).handler(QueryText::read).handler(sse);
        NodeConfig.Publish publish = config.publish();
        if (publish.enabled()) {
            BodyReader.Bounds bodies = new BodyReader.Bounds(
                    publish.maxBody(), config.http().timeouts().body(), bounds.bodies());
            router.post(path)
                    .handler(pages::requirePublisher)
                    .handler(QueryText::read)
                    .handler(new PublishHandler(stream, publish, bodies));
        }
        refuseOthers(router, path, methods());
    }

    /** The methods of a stream, which are all that the node knows. */
    private String methods() {
        return config.publish().enabled() ? READING + ", POST" : READING;
    }

    private static void refuseOthers(Router router, String path, String allow) {
        router.options(path)
                .handler(routing ->
                        allow(routing, allow).response().setStatusCode(204).end());
        router.route(path)
                .handler(routing -> allow(routing, allow).fail(new HttpException(405, "expected one of " + allow)));
    }

    private static RoutingContext allow(RoutingContext routing, String methods) {
        routing.response().putHeader("Allow", methods);
        return routing;
    }
}
