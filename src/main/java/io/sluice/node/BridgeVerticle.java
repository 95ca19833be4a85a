package io.sluice.node;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.ext.bridge.BridgeOptions;
import io.vertx.ext.eventbus.bridge.tcp.TcpEventBusBridge;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Brings the event bus to programs that are not on the JVM: Vert.x' own TCP bridge, with what a client says checked before the
 * bridge hears it. One per node.
 */
final class BridgeVerticle extends VerticleBase {

    private final BridgeConfig.Tcp config;
    private final Duration deadAfter;
    private @Nullable BridgeServer server;
    private @Nullable TcpEventBusBridge bridge;

    BridgeVerticle(BridgeConfig.Tcp config, Duration deadAfter) {
        this.config = config;
        this.deadAfter = deadAfter;
    }

    @Override
    public Future<?> start() {
        NetServerOptions options = new NetServerOptions()
                .setHost(config.host())
                .setPort(config.port())
                .setTcpKeepAlive(true)
                .setTcpUserTimeout((int) deadAfter.toMillis()); // heeded by epoll and io_uring
        BridgeOptions permitted = new BridgeOptions()
                .setInboundPermitteds(config.inbound().options())
                .setOutboundPermitteds(config.outbound().options());
        BridgeServer guarded = new BridgeServer((VertxInternal) vertx, options, config);
        bridge = TcpEventBusBridge.create(guarded.vertx(), permitted, options);
        server = guarded;
        return bridge.listen()
                .recover(cause -> Future.failedFuture(new ConfigException("the TCP bridge cannot listen on "
                        + config.host() + ":" + config.port() + ": " + HttpVerticle.reason(cause))));
    }

    /** The port it listens on, once started. */
    int port() {
        return server == null ? -1 : server.actualPort();
    }

    @Override
    public Future<?> stop() {
        return bridge == null ? Future.succeededFuture() : bridge.close();
    }
}
