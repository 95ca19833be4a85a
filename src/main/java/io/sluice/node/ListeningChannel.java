package io.sluice.node;

import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ServerID;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel on which a server of Vert.x accepts connections.
 *
 * <p>Vert.x has no hook for a connection before its first request, and gives its listening channel to nobody: the field is private in
 * {@code NetServerImpl} of 5.0 and 5.1. Where it cannot be read, {@link Channel#parent()} of the first connection has to do.
 */
final class ListeningChannel {

    private static final Logger LOG = LoggerFactory.getLogger(ListeningChannel.class);

    private ListeningChannel() {}

    /** The channel of the server that listens at an address, which has a port other than 0; null if it cannot be had. */
    static @Nullable Channel of(Vertx vertx, SocketAddress address) {
        int port = address.port();
        // As Vert.x names a server that shares a random port.
        String host = port < 0 ? address.host() + "/" + -port : address.host();
        Object server = ((VertxInternal) vertx).sharedTcpServers().get(new ServerID(port, host));
        return server == null ? null : of(server);
    }

    private static @Nullable Channel of(Object server) {
        try {
            Field field = server.getClass().getDeclaredField("bindFuture");
            field.setAccessible(true);
            return field.get(server) instanceof Future<?> bound && bound.result() instanceof Channel channel
                    ? channel
                    : null;
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("this Vert.x hides the channel of its server", e);
            return null;
        }
    }
}
