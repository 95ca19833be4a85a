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
 * Serves a node's streams and its webroot over HTTP. Each instance has an event loop, and a hub for each stream on it. All
 * instances share one port.
 */
final class HttpVerticle extends VerticleBase {

    private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);

    /** The demo in the jar. */
    static final String BUNDLED_WEBROOT = "io/sluice/node/webroot";

    /** Each connection keeps a buffer, which grows with the longest header line. */
    private static final int DECODER_BUFFER = 128;

    /** All clients of a node come back at once when it restarts. */
    private static final int BACKLOG = 4096;

    /** The streams of HTTP/2 on one connection. */
    private static final long MAX_STREAMS = 1000;

    /** The time for sockets that take no bytes. */
    private static final long DRAIN_SECONDS = 2;

    private final NodeConfig config;
    private final List<EventStream> streams;
    private final int port;
    private final SubscriptionLimits limits;
    private final Optional<String> member;
    private final List<SseHandler> handlers = new ArrayList<>();
    private @Nullable HttpServer server;
    private volatile boolean draining;

    /**
     * Creates an instance.
     *
     * @param limits the limits, which all instances share
     * @param member the name of this node in its cluster
     * @param port the port to listen on. Instances with the same negative number share one free port
     */
    HttpVerticle(
            NodeConfig config,
            List<EventStream> streams,
            int port,
            SubscriptionLimits limits,
            Optional<String> member) {
        this.config = config;
        this.streams = streams;
        this.port = port;
        this.limits = limits;
        this.member = member;
    }

    /** The node cannot listen on a port; another port may be free. */
    static final class PortException extends ConfigException {

        private static final long serialVersionUID = 1;

        private PortException(String message) {
            super(message);
        }
    }

    @Override
    public Future<?> start() {
        HttpConfig http = config.http();
        // Epoll and io_uring have TcpUserTimeout. TcpKeepAlive is for connections between two requests. There are no
        // WebSockets,
        // and without their compression each connection has two handlers less.
        HttpServerOptions options = new HttpServerOptions()
                .setAcceptBacklog(BACKLOG)
                .setTcpUserTimeout((int) http.deadAfter().toMillis())
                .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(MAX_STREAMS))
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setDecoderInitialBufferSize(DECODER_BUFFER)
                .setTcpKeepAlive(true)
                .setStrictThreadMode(true)
                .setHandle100ContinueAutomatically(true);
        HttpConfig.Tls tls = http.tls();
        if (tls != null) {
            // Vert.x 5.1 serves only the named versions over TLS.
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

    /** The client has reset the connection or broken the protocol, which Vert.x would log as an error. */
    private static void broken(Throwable failure) {
        LOG.debug("a connection failed", failure);
    }

    /** Vert.x takes a negative port for a free one. Instances with the same negative port share it. */
    private SocketAddress address() {
        String host = config.http().host();
        return port < 0 ? SocketAddress.sharedRandomPort(-port, host) : SocketAddress.inetSocketAddress(port, host);
    }

    /** The port that the started instance listens on. */
    int port() {
        return server == null ? -1 : server.actualPort();
    }

    /** Drains: the node is not ready any more, every subscription ends, then the server closes. */
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
        // The streams come first: each request pays for the routes that it passes.
        streams.forEach(stream -> mount(router, stream));
        mountHealth(router);
        // For every method: otherwise a missing file would be 405, without an Allow header.
        router.route().handler(webroot());
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

    /** The rights of pages of other origins. The node's own pages may send their origin too, and always pass. */
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
        SseHandler sse = SseHandler.create(stream, options, limits, member.orElse(null));
        handlers.add(sse);
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(sse);
        NodeConfig.Publish publish = config.publish();
        if (publish.enabled()) {
            PublishHandler publisher = new PublishHandler(stream, publish);
            // A route of its own: a body handler must be the first handler of its route.
            router.post(path).handler(publisher::checkHead);
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

    /** Compares host and port: behind a proxy that ends TLS the node does not know the scheme. */
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
        // An edited page shows at once.
        return files.setMaxAgeSeconds(0).setFilesReadOnly(false).setIncludeHidden(false);
    }

    static boolean isDirectory(String webroot) {
        return Files.isDirectory(Path.of(webroot));
    }

    /** The reason why the node cannot listen, without the prefix that epoll puts before it. */
    static String reason(Throwable cause) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return message.replaceFirst("^bind\\(\\.\\.\\) failed with error\\(-?\\d+\\): ", "");
    }
}
