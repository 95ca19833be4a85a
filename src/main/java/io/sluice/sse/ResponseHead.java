package io.sluice.sse;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;

/** The head of a response that is an event stream, or the answer to a poll. */
final class ResponseHead {

    private static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("Content-Type");
    private static final CharSequence EVENT_STREAM = HttpHeaders.createOptimized("text/event-stream");
    private static final CharSequence CACHE_CONTROL = HttpHeaders.createOptimized("Cache-Control");
    private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache, no-transform");
    private static final CharSequence CONNECTION = HttpHeaders.createOptimized("Connection");
    private static final CharSequence KEEP_ALIVE = HttpHeaders.createOptimized("keep-alive");
    private static final CharSequence CLOSE = HttpHeaders.createOptimized("close");
    private static final CharSequence CONTENT_ENCODING = HttpHeaders.createOptimized("Content-Encoding");
    private static final CharSequence IDENTITY = HttpHeaders.createOptimized("identity");
    private static final CharSequence X_ACCEL_BUFFERING = HttpHeaders.createOptimized("X-Accel-Buffering");
    private static final CharSequence NO = HttpHeaders.createOptimized("no");

    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence CONTENT_TYPE_OPTIONS = HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence NO_SNIFF = HttpHeaders.createOptimized("nosniff");

    private static final int NO_CONTENT = 204;

    private ResponseHead() {}

    /** Prepares it; nothing is written yet. */
    static void prepare(RoutingContext routing, Channel channel) {
        HttpServerRequest request = routing.request();
        HttpServerResponse response = routing.response();
        response.putHeader(CONTENT_TYPE, EVENT_STREAM)
                .putHeader(CACHE_CONTROL, NO_CACHE)
                .putHeader(X_ACCEL_BUFFERING, NO);
        if (mayBeCompressed(request, channel)) {
            // A compressor would hold events back.
            response.putHeader(CONTENT_ENCODING, IDENTITY);
        }
        if (request.version() == HttpVersion.HTTP_1_0) {
            // Unchunked, so that only the connection's end ends the body.
            closeAtItsEnd(routing);
        } else if (request.version() == HttpVersion.HTTP_1_1) {
            response.setChunked(true).putHeader(CONNECTION, KEEP_ALIVE);
        }
    }

    /** Prepares the head of an answer to a poll; nothing is written yet. */
    static void prepareAnswer(RoutingContext routing) {
        HttpServerResponse response = routing.response();
        response.putHeader(CONTENT_TYPE, JSON)
                .putHeader(CACHE_CONTROL, NO_CACHE)
                .putHeader(CONTENT_TYPE_OPTIONS, NO_SNIFF);
        if (Representation.dependsOnAccept(routing)) {
            response.headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        }
        if (routing.request().version() == HttpVersion.HTTP_1_0) {
            closeAtItsEnd(routing);
        }
    }

    /** Set late: Vert.x puts back a client's keep-alive. */
    private static void closeAtItsEnd(RoutingContext routing) {
        routing.addHeadersEndHandler(v -> routing.response().headers().set(CONNECTION, CLOSE));
    }

    /** Ends a response with 204: an EventSource that gets it does not come back (WHATWG HTML 9.2.3). */
    static void endWithoutContent(RoutingContext routing) {
        HttpServerResponse response = routing.response();
        if (ClientSocket.isOpen(response)) {
            response.setStatusCode(NO_CONTENT)
                    .putHeader(CACHE_CONTROL, NO_CACHE)
                    .end();
        }
    }

    /** Over HTTP/2 a compressor cannot be seen: a client that asks for compression is told that there is none. */
    private static boolean mayBeCompressed(HttpServerRequest request, Channel channel) {
        return request.version() == HttpVersion.HTTP_2
                ? request.headers().contains(HttpHeaders.ACCEPT_ENCODING)
                : channel.pipeline().get(HttpContentCompressor.class) != null;
    }
}
