package io.sluice.node;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.sluice.log.RareLine;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server whose clients are bounded before they have said anything: how many connections there are, how long each may be silent,
 * and what it may send that is no request. Of one event loop.
 */
final class BoundedServer {

    private static final Logger LOG = LoggerFactory.getLogger(BoundedServer.class);

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

    private final Vertx vertx;
    private final HttpConfig http;
    private final @Nullable ServedCertificate certificate;
    private final ConnectionLimits connections;
    private final ConnectionTimers timers;
    private final RareLine resets = new RareLine();

    /** @param certificate null for none */
    BoundedServer(
            Vertx vertx,
            HttpConfig http,
            @Nullable ServedCertificate certificate,
            ConnectionLimits connections,
            ConnectionTimers timers) {
        this.vertx = vertx;
        this.http = http;
        this.certificate = certificate;
        this.connections = connections;
        this.timers = timers;
    }

    /**
     * Listens.
     *
     * @param address Vert.x takes a negative port for a free one. Instances with the same negative port share it
     * @return fails with what Vert.x says
     */
    Future<HttpServer> listen(SocketAddress address, Handler<HttpServerRequest> handler) {
        HttpServerOptions options = options();
        return vertx.createHttpServer(options)
                .connectionHandler(connection -> {
                    RequestDecoder.install(connection, options, http.h2cUpgrade());
                    connected(connection);
                })
                .exceptionHandler(BoundedServer::broken)
                .requestHandler(request -> {
                    ConnectionTimers.requested(request);
                    handler.handle(request);
                })
                .invalidRequestHandler(RequestGate::refuseUnreadable)
                .listen(address)
                .onSuccess(this::serves)
                .compose(server ->
                        guard(ListeningChannel.of(vertx, address), options).map(server));
    }

    private void serves(HttpServer server) {
        if (certificate != null) {
            certificate.servedBy(server);
        }
    }

    private Future<Void> guard(@Nullable Channel listening, HttpServerOptions options) {
        if (listening != null && !options.isSsl()) {
            RequestDecoder.takeNext(listening, options, http.h2cUpgrade());
        }
        return guard(listening);
    }

    private Future<Void> guard(@Nullable Channel listening) {
        Acceptor acceptor = new Acceptor(connections, timers, certificate != null);
        return listening == null ? Future.succeededFuture() : acceptor.guard(listening);
    }

    /** The protocol of a connection is known, and no request was read yet. */
    private void connected(HttpConnection connection) {
        connection.exceptionHandler(BoundedServer::broken);
        ChannelPipeline pipeline = ConnectionTimers.channel(connection).pipeline();
        if (pipeline.get(ConnectionTimer.class) == null) {
            guard(pipeline.channel().parent());
        }
        timers.connected(connection);
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
    private HttpServerOptions options() {
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
        if (certificate != null) {
            certificate.configure(options);
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
}
