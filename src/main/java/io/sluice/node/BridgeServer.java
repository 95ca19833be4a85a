package io.sluice.node;

import io.netty.channel.ChannelPipeline;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.impl.NetServerImpl;
import io.vertx.core.net.impl.NetServerInternal;

/**
 * The bridge's server, with a {@link BridgeGuard} at each connection. The bridge creates its server itself, out of the Vert.x
 * that it is given; so it is given one that has this.
 */
final class BridgeServer extends NetServerImpl {

    private final VertxInternal vertx;
    private final BridgeConfig.Tcp config;

    BridgeServer(VertxInternal vertx, NetServerOptions options, BridgeConfig.Tcp config) {
        super(vertx, options);
        this.vertx = vertx;
        this.config = config;
    }

    /** The Vert.x whose server this is. */
    Vertx vertx() {
        return new VertxWrapper(vertx) {
            @Override
            public NetServerInternal createNetServer(NetServerOptions options) {
                return BridgeServer.this;
            }
        };
    }

    @Override
    protected void initChannel(ChannelPipeline pipeline, boolean ssl) {
        super.initChannel(pipeline, ssl);
        pipeline.addLast(new BridgeGuard(config)); // before Vert.x' own handler, which is added last
    }
}
