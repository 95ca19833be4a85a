package io.sluice.node;

import io.sluice.sse.Parameter;
import io.sluice.sse.SseHandler;
import io.sluice.sse.SseOptions;
import io.sluice.stream.EventStream;
import io.sluice.stream.Signals;
import io.sluice.stream.StreamTemplate;
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
    private static final String PUBLISHING = READING + ", POST";
    private static final String MAKING = PUBLISHING + ", PUT, DELETE";

    private final Vertx vertx;
    private final NodeConfig config;
    private final NodeStreams streams;
    private final ClientBounds bounds;
    private final Optional<String> member;
    private final BooleanSupplier listening;
    private final AccessRules rules;
    private final CorsRules pages;
    private final List<SseHandler> handlers = new ArrayList<>();
    private final Uploads uploads = new Uploads();

    /**
     * @param member the name of this node in its cluster
     * @param rules who may do what
     * @param listening whether the server takes requests, and goes on doing so
     */
    Routes(
            Vertx vertx,
            NodeConfig config,
            NodeStreams streams,
            ClientBounds bounds,
            Optional<String> member,
            AccessRules rules,
            BooleanSupplier listening) {
        this.rules = rules;
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
        return new RequestGate(router(), HostRules.of(config), new NamedPath(streams.templates()), knownMethods());
    }

    /** The streams come first: each request pays for the routes that it passes. */
    private Router router() {
        Router router = Router.router(vertx);
        if (!config.http().cors().origins().isEmpty()) {
            streams.declared()
                    .forEach(stream -> router.route("/" + stream.name()).handler(pages::handle));
            streams.templates().forEach(template -> router.route("/" + template.name() + "/*")
                    .handler(pages::handle));
            if (rules.hasTickets()) {
                router.route(TicketHandler.PATH).handler(pages::handle);
            }
        }
        streams.declared().forEach(stream -> mount(router, stream));
        streams.templates().forEach(template -> mount(router, template));
        mountTickets(router);
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

    /** Ends every upload, and every subscription one after the other over a time. */
    Future<Void> drain(Duration over) {
        List<Future<Void>> ends = new ArrayList<>();
        handlers.forEach(handler -> ends.add(handler.close(over)));
        ends.add(uploads.drain());
        return Future.join(ends).mapEmpty();
    }

    private void mountTickets(Router router) {
        if (rules.hasTickets()) {
            router.post(TicketHandler.PATH)
                    .handler(QueryText::read)
                    .handler(rules.ticketHolders())
                    .handler(new TicketHandler(rules, config, bounds.bodies()));
            refuseOthers(router, TicketHandler.PATH, "OPTIONS, POST");
        }
    }

    private void mountHealth(Router router) {
        mount(
                router,
                HEALTH + "live",
                HealthCheckHandler.create(vertx).register("event-loop", answer -> answer.complete(Status.OK())));
        HealthCheckHandler ready = HealthCheckHandler.create(vertx);
        ready.register("listening", answer -> answer.complete(status(listening.getAsBoolean())));
        streams.declared()
                .forEach(stream -> ready.register(
                        "stream/" + stream.name(), answer -> answer.complete(status(stream.isFollowing()))));
        streams.templates()
                .forEach(template -> ready.register(
                        "stream/" + template.name() + StreamNames.ANY,
                        answer -> answer.complete(status(template.isFollowing()))));
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
        SseOptions options = options(config.stream(stream).sse());
        SseHandler sse = SseHandler.create(stream, options, bounds.subscriptions(), member.orElse(null));
        serve(router, path, sse, config.stream(stream).read());
        if (config.publish().enabled()) {
            publishing(router.post(path))
                    .handler(rules.writers(routing -> stream.name()))
                    .handler(Routes::requireNoLife)
                    .handler(new PublishHandler(
                            PublishTarget.of(stream),
                            config.publish(),
                            bodies(),
                            new LogFailures(stream.name()),
                            uploads));
        }
        refuseOthers(router, path, methods());
    }

    private void mount(Router router, StreamTemplate template) {
        String path = "/" + template.name();
        String streams = path + StreamNames.ANY;
        reading(router, path + "/")
                .handler(QueryText::read)
                .handler(rules.admins())
                .handler(new StreamListHandler(template));
        refuseOthers(router, path + "/", READING);
        answerOptions(router, path, READING);
        router.route(path).handler(routing -> routing.fail(404));
        router.route(streams).handler(NamedPath::requireName);
        SseOptions options = options(config.template(template).sse());
        SseHandler sse = SseHandler.create(template, options, bounds.subscriptions(), member.orElse(null));
        serve(router, streams, sse, config.template(template).read());
        if (config.publish().enabled()) {
            mountPublishing(router, streams, template);
        } else if (takesSignals(template)) {
            mountSignals(router, streams, template);
        }
        refuseOthers(router, streams, methods(template));
    }

    private void mountPublishing(Router router, String path, StreamTemplate template) {
        LogFailures failures = new LogFailures(template.fullName("*"));
        StreamLife life = new StreamLife(template, bodies(), failures);
        Handler<RoutingContext> writers = writers(template);
        publishing(router.post(path))
                .handler(writers)
                .handler(new SignalHandler(template, Signals.of(vertx), bodies()))
                .handler(new PublishHandler(PublishTarget.of(template), config.publish(), bodies(), failures, uploads));
        publishing(router.put(path))
                .handler(writers)
                .handler(PublishRequest::refuse)
                .handler(life::create);
        publishing(router.delete(path))
                .handler(writers)
                .handler(PublishRequest::refuse)
                .handler(life::delete);
    }

    /** Whether it does where nobody may publish. */
    private boolean takesSignals(StreamTemplate template) {
        return rules.areKnown() || config.template(template).signals() == TemplateConfig.Senders.ANONYMOUS;
    }

    /** Of signals alone: the query is a part of what is asked for, so that Allow has no POST where there is no signal in it. */
    private void mountSignals(Router router, String path, StreamTemplate template) {
        Handler<RoutingContext> senders = rules.areKnown() ? writers(template) : requireHost();
        publishing(router.post(path))
                .handler(routing -> {
                    if (Parameter.single(routing, "signal") == null) {
                        allow(routing, READING)
                                .fail(new HttpException(405, "expected ?signal=NAME, or one of " + READING));
                    } else {
                        senders.handle(routing);
                    }
                })
                .handler(new SignalHandler(template, Signals.of(vertx), bodies()));
    }

    private Handler<RoutingContext> requireHost() {
        HostRules hosts = HostRules.ofSignals(config);
        return routing -> {
            hosts.require(Authority.of(routing.request()));
            AccessRules.letAnybodyWrite(routing);
            routing.next();
        };
    }

    private Handler<RoutingContext> writers(StreamTemplate template) {
        return rules.writers(routing -> template.fullName(NamedPath.name(routing)));
    }

    private void serve(Router router, String path, SseHandler sse, Read read) {
        sse.authorize(rules.readers(read));
        handlers.add(sse);
        reading(router, path)
                .handler(QueryText::read)
                .handler(PublishRequest::refuse)
                .handler(sse);
    }

    private SseOptions options(SseOptions configured) {
        return configured
                .withDeadAfter(config.http().timeouts().deadAfter())
                .withMaxTopics(config.http().limits().maxTopics());
    }

    private BodyReader.Bounds bodies() {
        return new BodyReader.Bounds(
                config.publish().maxBody(), config.http().timeouts().body(), bounds.bodies());
    }

    private Route publishing(Route route) {
        return route.handler(pages::requirePublisher).handler(QueryText::read);
    }

    /** A declared stream lives as long as its node, and nobody stops it. */
    private static void requireNoLife(RoutingContext routing) {
        boolean ends = Parameter.flag(routing, "end");
        if (ends || Parameter.single(routing, "signal") != null) {
            allow(routing, PUBLISHING)
                    .fail(new HttpException(
                            405,
                            "this stream is declared in the configuration: expected a stream of a template, such as"
                                    + " /chat/42, to " + (ends ? "end" : "send a signal to")));
        } else {
            routing.next();
        }
    }

    /** The methods of a declared stream. */
    private String methods() {
        return config.publish().enabled() ? PUBLISHING : READING;
    }

    /** The methods of a stream of a template. */
    private String methods(StreamTemplate template) {
        if (config.publish().enabled()) {
            return MAKING;
        }
        return takesSignals(template) ? PUBLISHING : READING;
    }

    /** All methods of the node. */
    private String knownMethods() {
        if (config.publish().enabled()) {
            return streams.templates().isEmpty() ? PUBLISHING : MAKING;
        }
        return rules.hasTickets() || streams.templates().stream().anyMatch(this::takesSignals) ? PUBLISHING : READING;
    }

    private static void refuseOthers(Router router, String path, String allow) {
        answerOptions(router, path, allow);
        router.route(path)
                .handler(routing -> allow(routing, allow).fail(new HttpException(405, "expected one of " + allow)));
    }

    private static void answerOptions(Router router, String path, String allow) {
        router.options(path)
                .handler(routing ->
                        allow(routing, allow).response().setStatusCode(204).end());
    }

    private static RoutingContext allow(RoutingContext routing, String methods) {
        routing.response().putHeader("Allow", methods);
        return routing;
    }
}
