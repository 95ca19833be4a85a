package io.sluice.node;

import io.netty.channel.ChannelPipeline;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.impl.NetServerImpl;
import io.vertx.core.net.impl.NetServerInternal;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bridge's server, with a {@link BridgeGuard} at each connection. The bridge creates its server itself, out of the Vert.x
 * that it is given; so it is given one that has this.
 */
final class BridgeServer extends NetServerImpl {

    private static final Logger LOG = LoggerFactory.getLogger(BridgeServer.class);

    private final VertxInternal vertx;
    private final NodeConfig.Tcp config;

    // On the bridge's event loop only:
    private @Nullable Consumer<Throwable> reading; // what to do if the bridge fails over the frame that it is at
    private boolean hasFailed;

    BridgeServer(VertxInternal vertx, NetServerOptions options, NodeConfig.Tcp config) {
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
        pipeline.addLast(new BridgeGuard(config, this)); // before Vert.x' own handler, which is added last
    }

    /** The bridge is given a client's frames now. */
    void begin(Consumer<Throwable> onFailure) {
        reading = onFailure;
    }

    void end() {
        reading = null;
    }

    /**
     * Takes what is thrown on the bridge's context. After a failure amid a frame the bridge's parser takes the rest of it for the
     * next one: that connection is lost.
     */
    void failed(Throwable failure) {
        if (reading != null) {
            reading.accept(failure);
        } else if (!hasFailed) {
            hasFailed = true;
            LOG.warn("The TCP bridge could not pass on a message, and will not say so again: {}", failure.toString());
        }
    }
}
