package io.sluice.node;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How long a node's connections may be silent. One for all event loops; any thread, where nothing else is said. */
final class ConnectionTimers {

    /** Longer than any time. */
    static final long NEVER = Long.MAX_VALUE / 4;

    private static final long MIN_TICK = 20;
    private static final long MAX_TICK = 1000;

    /** The parts of the idle time in which a connection at rest is looked at: its answer may have ended. */
    private static final int LOOKS = 4;

    private final long headMillis;
    private final long idleMillis;
    private final long tickMillis;
    private final Map<EventLoop, ConnectionWheel> wheels = new ConcurrentHashMap<>();

    ConnectionTimers(HttpConfig.Timeouts timeouts) {
        this.headMillis = millis(timeouts.head());
        this.idleMillis = millis(timeouts.idle());
        this.tickMillis = Math.min(Math.max(Math.min(headMillis, idleMillis) / 8, MIN_TICK), MAX_TICK);
    }

    private static long millis(Duration timeout) {
        return timeout.isZero() ? NEVER : timeout.toMillis();
    }

    long headMillis() {
        return headMillis;
    }

    long idleMillis() {
        return idleMillis;
    }

    /** The time between two looks at a connection that is being answered. */
    long restMillis() {
        return idleMillis == NEVER ? NEVER : idleMillis / LOOKS;
    }

    ConnectionWheel wheel(EventLoop loop) {
        return wheels.computeIfAbsent(loop, key -> new ConnectionWheel(key, tickMillis));
    }

    /** Begins to time a connection that has just been accepted, and has no event loop yet. */
    void accepted(ChannelPipeline pipeline, boolean isTls) {
        pipeline.addFirst(new Http1Timer(this, isTls));
    }

    /** The protocol of a connection is known; over TLS the handshake is done. On the connection's event loop. */
    void connected(HttpConnection connection) {
        ChannelPipeline pipeline = channel(connection).pipeline();
        ConnectionTimer first = pipeline.get(ConnectionTimer.class);
        Http2ConnectionHandler codec = pipeline.get(Http2ConnectionHandler.class);
        SslHandler tls = pipeline.get(SslHandler.class);
        if (first != null && (codec != null || tls != null)) {
            pipeline.remove(first);
        }
        if (codec != null) {
            pipeline.addBefore(name(pipeline, codec), null, new Http2Timer(this, codec));
        } else if (tls != null) {
            pipeline.addAfter(name(pipeline, tls), null, new Http1Timer(this, false));
        } else if (first == null) {
            accepted(pipeline, false);
        }
    }

    private static String name(ChannelPipeline pipeline, ChannelHandler handler) {
        return pipeline.context(handler).name();
    }

    /** A request has come. On its event loop. */
    static void requested(HttpServerRequest request) {
        ConnectionTimer timer = channel(request.connection()).pipeline().get(ConnectionTimer.class);
        if (timer != null) {
            timer.requested(request);
        }
    }

    static Channel channel(HttpConnection connection) {
        return ((ConnectionBase) connection).channel();
    }
}
