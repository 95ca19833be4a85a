package io.sluice.node;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves those who run a node, on a port of its own: a node that has as many clients as it may still answers here. The last HTTP server
 * that stops, so that the end of the node can be watched.
 */
final class AdminVerticle extends VerticleBase {

    /** A few people, their pages and what collects numbers. */
    private static final int MAX_CONNECTIONS = 1000;

    private final RunningNode node;
    private final AdminRules rules;
    private final AdminConfig admin;
    private final List<AdminPart> parts;
    private final int port;
    private @Nullable HttpServer server;

    /** @param port to listen on; a negative one is any free port */
    AdminVerticle(RunningNode node, AdminRules rules, AdminConfig admin, List<AdminPart> parts, int port) {
        this.node = node;
        this.rules = rules;
        this.admin = admin;
        this.parts = List.copyOf(parts);
        this.port = port;
    }

    @Override
    public Future<?> start() {
        AdminRoutes routes = new AdminRoutes(vertx, rules);
        parts.forEach(part -> part.mount(routes));
        HttpConfig http = node.config().http();
        SocketAddress address = HttpVerticle.address(admin.host(), port);
        ConnectionLimits connections = ConnectionLimits.of(MAX_CONNECTIONS);
        return new BoundedServer(
                        vertx,
                        http,
                        AdminListener.tls(node.config()) == null
                                ? null
                                : node.serving().certificate(),
                        connections,
                        node.bounds().timers())
                .listen(address, routes.handler())
                .onSuccess(listening -> server = listening)
                .recover(cause ->
                        Future.failedFuture(new PortException("the admin listener cannot listen on ", address, cause)));
    }

    /** The port that it listens on, when it has started. */
    int port() {
        return server == null ? -1 : server.actualPort();
    }

    /** Waits for the streams' clients to have gone, and then for its own. */
    @Override
    public Future<?> stop() {
        long most = node.config().http().drain().toSeconds() + 2 * HttpVerticle.DRAIN_SECONDS;
        return node.serving()
                .ended()
                .timeout(most, TimeUnit.SECONDS)
                .otherwiseEmpty()
                .compose(v -> AdminPart.close(parts).timeout(HttpVerticle.DRAIN_SECONDS, TimeUnit.SECONDS))
                .otherwiseEmpty()
                .eventually(() -> server == null ? Future.succeededFuture() : server.close());
    }
}
