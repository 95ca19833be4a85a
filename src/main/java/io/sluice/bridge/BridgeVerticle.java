package io.sluice.bridge;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/**
 * The server of the bridge. One per node.
 *
 * <p>It speaks the protocol of {@code vertx-tcp-eventbus-bridge} (5.0.8, 5.1.6), and does not use that library, which
 *
 * <ul>
 *   <li>keeps in memory as much as a length prefix announces, up to 2 GB;
 *   <li>loses its place in the stream over an unknown type, or a header that it does not expect;
 *   <li>makes one more consumer of each repeated {@code register}, and never unregisters it;
 *   <li>queues without end for a client that does not read, and keeps each request that a client never answers;
 *   <li>sends an answer that is a request itself to the wrong node of a cluster.
 * </ul>
 *
 * <p>The library creates its server itself, so a guard in front of it has to replace classes of Vert.x that are not API, and to
 * parse each frame a second time. The protocol has five verbs: {@link BridgeClient} needs public API alone, but for one call. A
 * test compares what it says with what the library says.
 */
public final class BridgeVerticle extends VerticleBase {

    private final BridgeSettings settings;
    private final Admission admission;
    private final AddressPatterns inbound;
    private final AddressPatterns outbound;
    private @Nullable NetServer server;

    /** Makes a bridge that takes every connection. */
    public BridgeVerticle(BridgeSettings settings) {
        this(settings, Admission.ANY);
    }

    /** Makes a bridge. A connection that {@code admission} refuses is closed at once. */
    public BridgeVerticle(BridgeSettings settings, Admission admission) {
        this.settings = settings;
        this.admission = admission;
        this.inbound = new AddressPatterns(settings.inbound());
        this.outbound = new AddressPatterns(settings.outbound());
    }

    @Override
    public Future<?> start() {
        NetServerOptions options = new NetServerOptions()
                .setHost(settings.host())
                .setPort(settings.port())
                .setTcpKeepAlive(true)
                // Only epoll and io_uring heed it.
                .setTcpUserTimeout((int) settings.deadAfter().toMillis());
        NetServer created = vertx.createNetServer(options).connectHandler(this::connect);
        server = created;
        return created.listen();
    }

    private void connect(NetSocket socket) {
        if (admission.enter()) {
            new BridgeClient(vertx.eventBus(), socket, inbound, outbound, settings.maxFrame()).listen(admission::leave);
        } else {
            socket.close();
        }
    }

    /** The port it listens on, once started. */
    public int port() {
        return server == null ? -1 : server.actualPort();
    }

    @Override
    public Future<?> stop() {
        return server == null ? Future.succeededFuture() : server.close();
    }
}
