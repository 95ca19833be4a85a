package io.sluice.node;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves a node's streams and its webroot over HTTP. Each instance has an event loop, and a hub for each stream on it. All
 * instances share one port.
 */
final class HttpVerticle extends VerticleBase {

    /** The time for sockets that take no bytes. */
    static final int DRAIN_SECONDS = 2;

    private final NodeConfig config;
    private final NodeStreams streams;
    private final int port;
    private final ClientBounds bounds;
    private final Optional<MemberUrls> members;
    private final AccessRules rules;
    private final Serving serving;
    private @Nullable Routes routes;
    private @Nullable HttpServer server;

    /**
     * Creates an instance.
     *
     * @param bounds what all instances share
     * @param members those of the cluster, if the node is in one
     * @param port the port to listen on. Instances with the same negative number share one free port
     * @param serving is told when this instance serves; one for all
     */
    HttpVerticle(
            NodeConfig config,
            NodeStreams streams,
            int port,
            ClientBounds bounds,
            Optional<MemberUrls> members,
            AccessRules rules,
            Serving serving) {
        this.rules = rules;
        this.config = config;
        this.streams = streams;
        this.port = port;
        this.bounds = bounds;
        this.members = members;
        this.serving = serving;
    }

    @Override
    public Future<?> start() {
        HttpConfig http = config.http();
        Routes routes = new Routes(vertx, config, streams, bounds, members, rules, serving);
        this.routes = routes;
        SocketAddress address = address(http.host(), port);
        return new BoundedServer(vertx, http, serving.certificate(), bounds.connections(), bounds.timers())
                .listen(address, routes.handler())
                .onSuccess(listening -> {
                    server = listening;
                    serving.begin();
                })
                .recover(cause -> Future.failedFuture(new PortException("cannot listen on ", address, cause)));
    }

    /** Vert.x takes a negative port for a free one. Instances with the same negative port share it. */
    static SocketAddress address(String host, int port) {
        return port < 0 ? SocketAddress.sharedRandomPort(-port, host) : SocketAddress.inetSocketAddress(port, host);
    }

    /** The port that the started instance listens on. */
    int port() {
        return server == null ? -1 : server.actualPort();
    }

    /** Drains: the node is not ready any more, every subscription ends, then the server closes. */
    @Override
    public Future<?> stop() {
        serving.drain();
        Duration over = config.http().drain();
        Future<Void> drained = routes == null ? Future.succeededFuture() : routes.drain(over);
        return drained.timeout(over.toSeconds() + DRAIN_SECONDS, TimeUnit.SECONDS)
                .eventually(() -> server == null ? Future.succeededFuture() : server.close())
                .otherwiseEmpty()
                .onComplete(v -> serving.end());
    }
}
