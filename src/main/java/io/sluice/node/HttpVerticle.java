package io.sluice.node;

import io.sluice.sse.SseHandler;
import io.sluice.stream.Stream;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.FileSystemAccess;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.handler.StaticHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves a node's streams and its webroot over HTTP. Each instance has an event loop, and a hub for each stream there; all
 * share one port.
 */
final class HttpVerticle extends VerticleBase {

    /** Where the demo lies in the jar. */
    static final String BUNDLED_WEBROOT = "io/sluice/node/webroot";

    private static final int BACKLOG = 4096; // clients of a node that restarts all come back at once
    private static final long DRAIN_SECONDS = 2; // for sockets that take nothing more

    private final NodeConfig config;
    private final List<Stream> streams;
    private final int anyPort;
    private final List<SseHandler> handlers = new ArrayList<>();
    private @Nullable HttpServer server;

    /**
     * Puts together one instance.
     *
     * @param anyPort what Vert.x takes for "any port, the same for all instances": a negative number, the same for all
     */
    HttpVerticle(NodeConfig config, List<Stream> streams, int anyPort) {
        this.config = config;
        this.streams = streams;
        this.anyPort = anyPort;
    }

    @Override
    public Future<?> start() {
        NodeConfig.Http http = config.http();
        HttpServerOptions options = new HttpServerOptions()
                .setHost(http.host())
                .setPort(http.port() == 0 ? anyPort : http.port())
                .setAcceptBacklog(BACKLOG)
                .setStrictThreadMode(true)
                .setHandle100ContinueAutomatically(true);
        return vertx.createHttpServer(options)
                .requestHandler(router())
                .listen()
                .onSuccess(listening -> server = listening)
                .recover(cause -> Future.failedFuture(new ConfigException(
                        "cannot listen on " + http.host() + ":" + http.port() + ": " + reason(cause))));
    }

    /** The port it listens on, once started. */
    int port() {
        return server == null ? -1 : server.actualPort();
    }

    /** Drains: every subscriber is told, then the server closes. */
    @Override
    public Future<?> stop() {
        return Future.join(handlers.stream().map(SseHandler::close).toList())
                .timeout(DRAIN_SECONDS, TimeUnit.SECONDS)
                .eventually(() -> server == null ? Future.succeededFuture() : server.close())
                .otherwiseEmpty();
    }

    private Router router() {
        Router router = Router.router(vertx);
        streams.forEach(stream -> mount(router, stream));
        router.route().handler(webroot()); // for any method: else what is not there would be 405, and without an Allow
        Problem.handle(router);
        return router;
    }

    private void mount(Router router, Stream stream) {
        String path = "/" + stream.name();
        SseHandler sse = SseHandler.create(stream);
        handlers.add(sse);
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(sse);
        NodeConfig.Publish publish = config.publish();
        if (publish.enabled()) {
            PublishHandler publisher = new PublishHandler(stream, publish.maxEvent());
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

    private static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
