package io.sluice.sse;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the way that a stream's bytes take to a client, the cheapest one that is possible. Any thread. */
final class WritePaths {

    private static final Logger LOG = LoggerFactory.getLogger(WritePaths.class);

    private final String served;
    private final AtomicBoolean saidObstacle = new AtomicBoolean();

    /** @param served what is served, for the log */
    WritePaths(String served) {
        this.served = served;
    }

    WritePath of(RoutingContext routing, Channel channel) {
        HttpServerRequest request = routing.request();
        if (request.version() == HttpVersion.HTTP_2) {
            return new Http2WritePath(routing, channel);
        }
        if (request.version() == HttpVersion.HTTP_1_0) {
            return new ResponseWritePath(routing, channel);
        }
        String obstacle = DirectWritePath.obstacle(request, channel);
        if (obstacle == null) {
            return new DirectWritePath(request, channel);
        }
        if (!saidObstacle.getAndSet(true)) {
            LOG.info("{}: each write goes through the whole HTTP stack, which is dearer: {}", served, obstacle);
        }
        return new ResponseWritePath(routing, channel);
    }

    /** The connection of a request. */
    static Channel channel(HttpServerRequest request) {
        return ((ConnectionBase) request.connection()).channel();
    }
}
