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
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a node serves at which path: its streams, its health, and the files of its webroot. Of one event loop. */
final class Routes {

    private static final String READING = AllowedMethods.READING;
    private static final String PUBLISHING = READING + ", POST";
    private static final String MAKING = PUBLISHING + ", PUT, DELETE";

    private final Vertx vertx;
    private final NodeConfig config;
    private final NodeStreams streams;
    private final ClientBounds bounds;
    private final Optional<MemberUrls> members;
    private final Serving serving;
    private final AccessRules rules;
    private final CorsRules pages;
    private final List<SseHandler> handlers = new ArrayList<>();
    private final Uploads uploads = new Uploads();

    /**
     * @param members those of the cluster, if the node is in one
     * @param rules who may do what
     * @param serving whether the node takes requests, and goes on doing so
     */
    Routes(
            Vertx vertx,
            NodeConfig config,
            NodeStreams streams,
            ClientBounds bounds,
            Optional<MemberUrls> members,
            AccessRules rules,
            Serving serving) {
        this.rules = rules;
        this.vertx = vertx;
        this.config = config;
        this.streams = streams;
        this.bounds = bounds;
        this.members = members;
        this.serving = serving;
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
        mountOrigins(router);
        streams.declared().forEach(stream -> mount(router, stream));
        streams.templates().forEach(template -> mount(router, template));
        mountTickets(router);
        new Health(streams, serving).mount(vertx, router);
        router.options().handler(routing -> AllowedMethods.tell(routing, READING)
                .response()
                .setStatusCode(204)
                .end());
        // For every method: otherwise a missing file would be 405, without an Allow header.
        mountFiles(router);
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

    /** The files of a directory, or the demo, or a few words. */
    private void mountFiles(Router router) {
        HttpConfig http = config.http();
        if (http.demo()) {
            AllowedMethods.reading(router, DemoHandler.PATH).handler(new DemoHandler(config, members));
        }
        if (Webroot.isDirectory(http.webroot())) {
            router.route().handler(Webroot.of(vertx, http.webroot(), http.followSymlinks()));
        } else if (http.demo()) {
            router.route().handler(Webroot.demo(members.isPresent()));
        } else {
            AllowedMethods.reading(router, "/").handler(new FrontPage(config));
            router.route().handler(routing -> routing.fail(404));
        }
    }

    /** The demo of another member of the cluster reads what this one serves, where no other origin is listed. */
    private void mountOrigins(Router router) {
        if (!config.http().demo()
                || members.isEmpty()
                || !config.http().cors().origins().isEmpty()) {
            return;
        }
        MemberOrigins origins = new MemberOrigins(members.get());
        Stream<String> declared = config.streams().entrySet().stream()
                .filter(stream -> stream.getValue().read() == Read.ANYONE)
                .map(stream -> "/" + stream.getKey());
        Stream.concat(declared, Stream.of(DemoHandler.PATH))
                .forEach(path -> AllowedMethods.reading(router, path).handler(origins::handle));
    }

    private void mountTickets(Router router) {
        if (rules.hasTickets()) {
            router.post(TicketHandler.PATH)
                    .handler(QueryText::read)
                    .handler(rules.ticketHolders())
                    .handler(new TicketHandler(rules, config, bounds.bodies()));
            AllowedMethods.refuseOthers(router, TicketHandler.PATH, "OPTIONS, POST");
        }
    }

    private void mount(Router router, EventStream stream) {
        String path = "/" + stream.name();
        SseOptions options = options(config.stream(stream).sse());
        SseHandler sse = SseHandler.create(stream, options, bounds.subscriptions(), member());
        serve(router, path, sse, config.stream(stream).read());
        PublishConfig publish = config.stream(stream).publish();
        if (publish.enabled()) {
            PublishTarget target = PublishTarget.of(stream, bounds.rate(stream.name()));
            publishing(router.post(path).handler(target::watch))
                    .handler(writers(publish, routing -> stream.name()))
                    .handler(Routes::requireNoLife)
                    .handler(new PublishHandler(
                            target, publish, bodies(publish), new LogFailures(stream.name()), uploads));
        }
        AllowedMethods.refuseOthers(router, path, publish.enabled() ? PUBLISHING : READING);
    }

    private void mount(Router router, StreamTemplate template) {
        String path = "/" + template.name();
        String streams = path + StreamNames.ANY;
        AllowedMethods.reading(router, path + "/")
                .handler(QueryText::read)
                .handler(rules.admins("the list of streams tells their names: expected the right admin"))
                .handler(new StreamListHandler(template));
        AllowedMethods.refuseOthers(router, path + "/", READING);
        AllowedMethods.answerOptions(router, path, READING);
        router.route(path).handler(routing -> routing.fail(404));
        router.route(streams).handler(NamedPath::requireName);
        SseOptions options = options(config.template(template).sse());
        SseHandler sse = SseHandler.create(template, options, bounds.subscriptions(), member());
        serve(router, streams, sse, config.template(template).read());
        if (config.template(template).publish().enabled()) {
            mountPublishing(router, streams, template);
        } else if (takesSignals(template)) {
            mountSignals(router, streams, template);
        }
        AllowedMethods.refuseOthers(router, streams, methods(template));
    }

    private void mountPublishing(Router router, String path, StreamTemplate template) {
        LogFailures failures = new LogFailures(template.fullName("*"));
        PublishConfig publish = config.template(template).publish();
        StreamLife life = new StreamLife(template, bodies(publish), failures);
        PublishTarget target = PublishTarget.of(template, bounds.rate(template.name()));
        Handler<RoutingContext> writers = writers(publish, fullName(template));
        publishing(router.post(path).handler(target::watch))
                .handler(writers)
                .handler(new SignalHandler(template, Signals.of(vertx), bodies(publish)))
                .handler(new PublishHandler(target, publish, bodies(publish), failures, uploads));
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
        Handler<RoutingContext> senders = rules.areKnown() ? rules.writers(fullName(template)) : requireHost();
        publishing(router.post(path))
                .handler(routing -> {
                    if (Parameter.single(routing, "signal") == null) {
                        AllowedMethods.tell(routing, READING)
                                .fail(new HttpException(405, "expected ?signal=NAME, or one of " + READING));
                    } else {
                        senders.handle(routing);
                    }
                })
                .handler(new SignalHandler(template, Signals.of(vertx), bodies(config.publish())));
    }

    private Handler<RoutingContext> requireHost() {
        HostRules hosts = HostRules.ofSignals(config);
        return routing -> {
            hosts.require(Authority.of(routing.request()));
            AccessRules.letAnybodyWrite(routing);
            routing.next();
        };
    }

    /** Who may write to a stream. Where anybody may, the page of a stranger may not, under whatever name it reaches the node. */
    private Handler<RoutingContext> writers(PublishConfig publish, Function<RoutingContext, String> stream) {
        return publish.anonymous() ? requireHost() : rules.writers(stream);
    }

    private @Nullable String member() {
        return members.map(MemberUrls::self).orElse(null);
    }

    private static Function<RoutingContext, String> fullName(StreamTemplate template) {
        return routing -> template.fullName(NamedPath.name(routing));
    }

    private void serve(Router router, String path, SseHandler sse, Read read) {
        sse.authorize(rules.readers(read));
        handlers.add(sse);
        AllowedMethods.reading(router, path)
                .handler(QueryText::read)
                .handler(PublishRequest::refuse)
                .handler(sse);
    }

    private SseOptions options(SseOptions configured) {
        return configured
                .withDeadAfter(config.http().timeouts().deadAfter())
                .withMaxTopics(config.http().limits().maxTopics());
    }

    private BodyReader.Bounds bodies(PublishConfig publish) {
        return new BodyReader.Bounds(publish.maxBody(), config.http().timeouts().body(), bounds.bodies());
    }

    private Route publishing(Route route) {
        return route.handler(pages::requirePublisher).handler(QueryText::read);
    }

    /** A declared stream lives as long as its node, and nobody stops it. */
    private static void requireNoLife(RoutingContext routing) {
        boolean ends = Parameter.flag(routing, "end");
        if (ends || Parameter.single(routing, "signal") != null) {
            AllowedMethods.tell(routing, PUBLISHING)
                    .fail(new HttpException(
                            405,
                            "this stream is declared in the configuration: expected a stream of a template, such as"
                                    + " /chat/42, to " + (ends ? "end" : "send a signal to")));
        } else {
            routing.next();
        }
    }

    /** The methods of a stream of a template. */
    private String methods(StreamTemplate template) {
        if (config.template(template).publish().enabled()) {
            return MAKING;
        }
        return takesSignals(template) ? PUBLISHING : READING;
    }

    /** All methods of the node. */
    private String knownMethods() {
        List<String> ofTemplates =
                streams.templates().stream().map(this::methods).toList();
        if (ofTemplates.contains(MAKING)) {
            return MAKING;
        }
        boolean publishes = config.streams().values().stream()
                .anyMatch(stream -> stream.publish().enabled());
        return publishes || rules.hasTickets() || ofTemplates.contains(PUBLISHING) ? PUBLISHING : READING;
    }
}
