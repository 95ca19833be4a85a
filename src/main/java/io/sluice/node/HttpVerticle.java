package io.sluice.node;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.sluice.log.RareLine;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

    /** Each connection keeps a buffer, which grows with the longest header line. */
    private static final int DECODER_BUFFER = 128;

    /** All clients of a node come back at once when it restarts. */
    private static final int BACKLOG = 4096;

    /** The streams of HTTP/2 on one connection. */
    private static final int MAX_STREAMS = 1000;

    /**
     * What a client may send over HTTP/2 before it hears from the node: with the 64 kB of the protocol a body of 8 MB would be 120
     * round trips. It is no memory: what comes is read at once.
     */
    private static final int STREAM_WINDOW = 4 << 20;

    private static final int CONNECTION_WINDOW = 2 * STREAM_WINDOW;

    /** The time for sockets that take no bytes. */
    private static final long DRAIN_SECONDS = 2;

    private final NodeConfig config;
    private final NodeStreams streams;
    private final int port;
    private final ClientBounds bounds;
    private final Optional<String> member;
    private final AccessRules rules;
    private final RareLine resets = new RareLine();
    private @Nullable Routes routes;
    private @Nullable HttpServer server;
    private volatile boolean draining;

    /**
     * Creates an instance.
     *
     * @param bounds what all instances share
     * @param member the name of this node in its cluster
     * @param port the port to listen on. Instances with the same negative number share one free port
     */
    HttpVerticle(
            NodeConfig config,
            NodeStreams streams,
            int port,
            ClientBounds bounds,
            Optional<String> member,
            AccessRules rules) {
        this.rules = rules;
        this.config = config;
        this.streams = streams;
        this.port = port;
        this.bounds = bounds;
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
        Routes routes = new Routes(vertx, config, streams, bounds, member, rules, () -> server != null && !draining);
        this.routes = routes;
        Handler<HttpServerRequest> handler = routes.handler();
        HttpServerOptions options = options(http);
        return vertx.createHttpServer(options)
                .connectionHandler(connection -> {
                    RequestDecoder.install(connection, options, http.h2cUpgrade());
                    connected(connection);
                })
                .exceptionHandler(HttpVerticle::broken)
                .requestHandler(request -> {
                    ConnectionTimers.requested(request);
                    handler.handle(request);
                })
                .invalidRequestHandler(RequestGate::refuseUnreadable)
                .listen(address())
                .onSuccess(listening -> server = listening)
                .<Void>mapEmpty()
                .recover(cause -> Future.failedFuture(new PortException("cannot listen on "
                        + Authority.bracketed(http.host()) + ":" + Math.max(port, 0) + ": " + reason(cause))))
                .compose(v -> guard(ListeningChannel.of(vertx, address()), options));
    }

    private Future<Void> guard(@Nullable Channel listening, HttpServerOptions options) {
        if (listening != null && !options.isSsl()) {
            RequestDecoder.takeNext(listening, options, config.http().h2cUpgrade());
        }
        return guard(listening);
    }

    private Future<Void> guard(@Nullable Channel listening) {
        Acceptor acceptor = new Acceptor(
                bounds.connections(), bounds.timers(), config.http().tls() != null);
        return listening == null ? Future.succeededFuture() : acceptor.guard(listening);
    }

    /** The protocol of a connection is known, and no request was read yet. */
    private void connected(HttpConnection connection) {
        connection.exceptionHandler(HttpVerticle::broken);
        ChannelPipeline pipeline = ConnectionTimers.channel(connection).pipeline();
        if (pipeline.get(ConnectionTimer.class) == null) {
            guard(pipeline.channel().parent());
        }
        bounds.timers().connected(connection);
        UnreadAnswers.bound(connection);
        Http2ConnectionHandler codec = pipeline.get(Http2ConnectionHandler.class);
        if (codec != null) {
            Http2Fields.check(codec.decoder());
            StreamResets.watch(codec, pipeline.context(codec), MAX_STREAMS, resets);
        }
    }

    /**
     * Epoll and io_uring have TcpUserTimeout. TcpKeepAlive is for connections between two requests. There are no WebSockets, and
     * without their compression each connection has two handlers less.
     */
    private HttpServerOptions options(HttpConfig http) {
        HttpServerOptions options = new HttpServerOptions()
                .setAcceptBacklog(BACKLOG)
                .setTcpUserTimeout((int) http.timeouts().deadAfter().toMillis())
                // StreamResets has the limit.
                .setHttp2RstFloodMaxRstFramePerWindow(Integer.MAX_VALUE)
                .setInitialSettings(
                        new Http2Settings().setMaxConcurrentStreams(MAX_STREAMS).setInitialWindowSize(STREAM_WINDOW))
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setDecoderInitialBufferSize(DECODER_BUFFER)
                .setTcpKeepAlive(true)
                .setStrictThreadMode(true)
                .setHandle100ContinueAutomatically(false);
        HttpConfig.Tls tls = http.tls();
        if (tls != null) {
            // Vert.x 5.1 serves only the named versions over TLS.
            options.setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1, HttpVersion.HTTP_1_0));
            options.setSsl(true).setUseAlpn(true).setKeyCertOptions(TlsFiles.read(vertx, tls));
        }
        return options;
    }

    /** The client has reset the connection or broken the protocol, which Vert.x would log as an error. */
    private static void broken(Throwable failure) {
        if (failure instanceof IllegalArgumentException) {
            LOG.debug("a connection failed: {}", RequestGate.complaint(failure));
        } else {
            LOG.debug("a connection failed", failure);
        }
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
        Future<Void> drained = routes == null ? Future.succeededFuture() : routes.drain(over);
        return drained.timeout(over.toSeconds() + DRAIN_SECONDS, TimeUnit.SECONDS)
                .eventually(() -> server == null ? Future.succeededFuture() : server.close())
                .otherwiseEmpty();
    }

    /** The reason why the node cannot listen, without the prefix that epoll puts before it. */
    static String reason(Throwable cause) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return message.replaceFirst("^bind\\(\\.\\.\\) failed with error\\(-?\\d+\\): ", "");
    }
}
