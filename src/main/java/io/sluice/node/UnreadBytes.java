package io.sluice.node;

import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Stream;
import io.sluice.sse.StreamNumber;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.function.LongConsumer;

/**
 * What has come of a body that is not read for a while: over HTTP/1.x the kernel holds it, over HTTP/2 the node does, up to the window.
 * Event loop only.
 */
final class UnreadBytes {

    /** Most waits are shorter: that for a signature to be checked is, and that for a log. */
    private static final long LOOK_MILLIS = 100;

    private static final long NONE = -1;

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final LongConsumer listener;
    private long timer = NONE;

    /** @param listener is told the bytes, now and then */
    UnreadBytes(RoutingContext routing, LongConsumer listener) {
        this.vertx = routing.vertx();
        this.request = routing.request();
        this.listener = listener;
    }

    /** Looks now and then. */
    void watch() {
        if (request.version() == HttpVersion.HTTP_2 && timer == NONE) {
            timer = vertx.setPeriodic(LOOK_MILLIS, look -> listener.accept(count()));
        }
    }

    /** Looks no more. */
    void forget() {
        vertx.cancelTimer(timer);
        timer = NONE;
    }

    private long count() {
        Http2ConnectionHandler codec =
                ConnectionTimers.channel(request.connection()).pipeline().get(Http2ConnectionHandler.class);
        Http2Stream stream = codec == null ? null : codec.connection().stream(StreamNumber.of(request.response()));
        return stream == null ? 0 : codec.decoder().flowController().unconsumedBytes(stream);
    }
}
