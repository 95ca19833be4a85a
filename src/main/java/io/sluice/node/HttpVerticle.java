package io.sluice.node;

import io.sluice.sse.SseHandler;
import io.sluice.sse.SseOptions;
import io.sluice.sse.SubscriptionLimits;
import io.sluice.stream.EventStream;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.healthchecks.Status;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.CorsHandler;
import io.vertx.ext.web.handler.FileSystemAccess;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.handler.StaticHandler;
import io.vertx.ext.web.healthchecks.HealthCheckHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a node's streams and its webroot over HTTP. Each instance has an event loop, and a hub for each stream there; all
 * share one port.
 */
final class HttpVerticle extends VerticleBase {

    private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);

    /** Where the demo lies in the jar. */
    static final String BUNDLED_WEBROOT = "io/sluice/node/webroot";

    private static final int DECODER_BUFFER =
            128; // each connection keeps one, which grows with the longest header line
    private static final int BACKLOG = 4096; // clients of a node that restarts all come back at once
    private static final long MAX_STREAMS = 1000; // of HTTP/2 on one connection
    private static final long DRAIN_SECONDS = 2; // for sockets that take nothing more

    private final NodeConfig config;
    private final List<EventStream> streams;
    private final int port;
    private final SubscriptionLimits admission;
    private final Optional<String> member;
    private final List<SseHandler> handlers = new ArrayList<>();
    private @Nullable HttpServer server;
    private volatile boolean draining;

    /**
     * Puts together one instance.
     *
     * @param admission what all instances share
     * @param member the name of this node in its cluster
     * @param port the port to listen on; a negative number, the same for all instances, is any port, the same for all
     */
    HttpVerticle(
            NodeConfig config,
            List<EventStream> streams,
            int port,
            SubscriptionLimits admission,
            Optional<String> member) {
        this.config = config;
        this.streams = streams;
        this.port = port;
        this.admission = admission;
        this.member = member;
    }

    /** A port that cannot be listened on; another one might. */
    static final class PortException extends ConfigException {

        private static final long serialVersionUID = 1;

        private PortException(String message) {
            super(message);
        }
    }

    @Override
    public Future<?> start() {
        HttpConfig http = config.http();
        HttpServerOptions options = new HttpServerOptions()
                .setAcceptBacklog(BACKLOG)
                .setTcpUserTimeout((int) http.deadAfter().toMillis()) // heeded by epoll and io_uring
                .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(MAX_STREAMS))
                .setPerFrameWebSocketCompressionSupported(false) // no WebSockets here: two handlers less per connection
                .setPerMessageWebSocketCompressionSupported(false)
                .setDecoderInitialBufferSize(DECODER_BUFFER)
                .setTcpKeepAlive(true) // for connections between two requests
                .setStrictThreadMode(true)
                .setHandle100ContinueAutomatically(true);
        HttpConfig.Tls tls = http.tls();
        if (tls != null) {
            // All that there are: Vert.x 5.1 serves no other over TLS.
            options.setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1, HttpVersion.HTTP_1_0));
            options.setSsl(true).setUseAlpn(true).setKeyCertOptions(TlsFiles.read(vertx, tls));
        }
        return vertx.createHttpServer(options)
                .connectionHandler(connection -> connection.exceptionHandler(HttpVerticle::broken))
                .exceptionHandler(HttpVerticle::broken)
                .requestHandler(router())
                .listen(address())
                .onSuccess(listening -> server = listening)
                .recover(cause -> Future.failedFuture(new PortException(
                        "cannot listen on " + http.host() + ":" + Math.max(port, 0) + ": " + reason(cause))));
    }

    /** A reset, a handshake that fails, a preface that is none: the client's affair, which Vert.x would log as an error. */
    private static void broken(Throwable failure) {
        LOG.debug("a connection failed", failure);
    }

    /** A negative port is any: that of the instance with the same number that starts first. */
    private SocketAddress address() {
        String host = config.http().host();
        return port < 0 ? SocketAddress.sharedRandomPort(-port, host) : SocketAddress.inetSocketAddress(port, host);
    }

    /** The port it listens on, once started. */
    int port() {
        return server == null ? -1 : server.actualPort();
    }

    /** Drains: not ready any more, every subscriber is told, then the server closes. */
    @Override
    public Future<?> stop() {
        draining = true;
        Duration over = config.http().drain();
        return Future.join(handlers.stream().map(handler -> handler.close(over)).toList())
                .timeout(over.toSeconds() + DRAIN_SECONDS, TimeUnit.SECONDS)
                .eventually(() -> server == null ? Future.succeededFuture() : server.close())
                .otherwiseEmpty();
    }

    private Router router() {
        Router router = Router.router(vertx);
        if (!config.http().cors().origins().isEmpty()) {
            streams.forEach(stream -> router.route("/" + stream.name()).handler(cors()));
        }
        streams.forEach(stream -> mount(router, stream)); // first: a route costs each request that passes it
        mountHealth(router);
        router.route().handler(webroot()); // for any method: else what is not there would be 405, and without an Allow
        ProblemDetails.handle(router);
        return router;
    }

    private void mountHealth(Router router) {
        router.get("/health/live")
                .handler(HealthCheckHandler.create(vertx)
                        .register("event-loop", answer -> answer.complete(Status.OK())));
        HealthCheckHandler ready = HealthCheckHandler.create(vertx);
        ready.register("listening", answer -> answer.complete(status(server != null && !draining)));
        streams.forEach(stream ->
                ready.register("stream/" + stream.name(), answer -> answer.complete(status(stream.isFollowing()))));
        router.get("/health/ready").handler(ready);
    }

    private static Status status(boolean ok) {
        return ok ? Status.OK() : Status.KO();
    }

    /** What pages of other origins may do; a page's own requests may carry its origin too, and are let through. */
    private Handler<RoutingContext> cors() {
        HttpConfig.Cors config = this.config.http().cors();
        CorsHandler cors = CorsHandler.create()
                .allowedMethods(Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST))
                .allowedHeaders(
                        Set.of("Content-Type", "Last-Event-ID", "Cache-Control", "Sluice-Type", IdempotencyKey.HEADER))
                .allowCredentials(config.credentials());
        if (!config.origins().contains(HttpConfig.Cors.ANY)) {
            cors.addOrigins(config.origins());
        }
        return routing -> {
            String origin = routing.request().getHeader("Origin");
            if (origin != null && isOwn(origin, routing.request().authority())) {
                routing.next();
            } else {
                cors.handle(routing);
            }
        };
    }

    private void mount(Router router, EventStream stream) {
        String path = "/" + stream.name();
        SseOptions options =
                config.stream(stream).sse().withDeadAfter(config.http().deadAfter());
        SseHandler sse = SseHandler.create(stream, options, admission, member.orElse(null));
        handlers.add(sse);
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(sse);
        NodeConfig.Publish publish = config.publish();
        if (publish.enabled()) {
            PublishHandler publisher = new PublishHandler(stream, publish);
            router.post(path)
                    .handler(publisher::checkHead); // a route of its own: a body handler must be its route's first
            router.post(path)
                    .handler(BodyHandler.create(false)
                            .setBodyLimit(publish.maxBody().bytes()))
                    .handler(publisher::publish);
        }
        String allow = publish.enabled() ? "GET, HEAD, OPTIONS, POST" : "GET, HEAD, OPTIONS";
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

    /** By host and port: behind a proxy that ends TLS the node does not know the scheme. */
    private static boolean isOwn(String origin, @Nullable HostAndPort authority) {
        return authority != null
                && origin.endsWith("//" + authority.host() + (authority.port() > 0 ? ":" + authority.port() : ""));
    }

    private StaticHandler webroot() {
        String webroot = config.http().webroot();
        StaticHandler files = isDirectory(webroot)
                ? StaticHandler.create(
                        Path.of(webroot).isAbsolute() ? FileSystemAccess.ROOT : FileSystemAccess.RELATIVE, webroot)
                : StaticHandler.create(BUNDLED_WEBROOT);
        return files.setMaxAgeSeconds(0).setFilesReadOnly(false).setIncludeHidden(false); // edited pages show at once
    }

    static boolean isDirectory(String webroot) {
        return Files.isDirectory(Path.of(webroot));
    }

    /** Why one cannot listen. */
    static String reason(Throwable cause) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return message.replaceFirst("^bind\\(\\.\\.\\) failed with error\\(-?\\d+\\): ", ""); // epoll's own words
    }
}
