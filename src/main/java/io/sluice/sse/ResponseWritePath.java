package io.sluice.sse;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** The way through Vert.x' own response: right for every protocol and pipeline. */
final class ResponseWritePath implements WritePath {

    private static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("Content-Type");
    private static final CharSequence EVENT_STREAM = HttpHeaders.createOptimized("text/event-stream");
    private static final CharSequence CACHE_CONTROL = HttpHeaders.createOptimized("Cache-Control");
    private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
    private static final CharSequence CONNECTION = HttpHeaders.createOptimized("Connection");
    private static final CharSequence KEEP_ALIVE = HttpHeaders.createOptimized("keep-alive");
    private static final CharSequence CLOSE = HttpHeaders.createOptimized("close");
    private static final CharSequence X_ACCEL_BUFFERING = HttpHeaders.createOptimized("X-Accel-Buffering");
    private static final CharSequence NO = HttpHeaders.createOptimized("no");

    private final HttpServerRequest request;
    private final HttpServerResponse response;

    /** Prepares the head; nothing is written yet. */
    ResponseWritePath(HttpServerRequest request) {
        this.request = request;
        this.response = request.response();
        response.putHeader(CONTENT_TYPE, EVENT_STREAM)
                .putHeader(CACHE_CONTROL, NO_CACHE)
                .putHeader(X_ACCEL_BUFFERING, NO);
        if (request.version() == HttpVersion.HTTP_1_0) {
            // Unchunked, so that only the connection's end ends the body. Set late: Vert.x puts back a client's
            // keep-alive.
            response.headersEndHandler(v -> response.headers().set(CONNECTION, CLOSE));
        } else if (request.version() == HttpVersion.HTTP_1_1) {
            response.setChunked(true).putHeader(CONNECTION, KEEP_ALIVE);
        }
    }

    @Override
    public boolean isFull() {
        return isOpen() && response.writeQueueFull();
    }

    @Override
    public void write(Buffer blocks) {
        if (isOpen()) {
            response.write(blocks);
        }
    }

    @Override
    public Future<Void> end(Buffer blocks) {
        if (!isOpen()) {
            return Future.succeededFuture();
        }
        Future<Void> ended = response.end(blocks);
        return request.version() == HttpVersion.HTTP_1_0
                ? ended.eventually(() -> request.connection().close())
                : ended;
    }

    /** Not after the connection is gone, or a handler of the application has ended what we were writing. */
    private boolean isOpen() {
        return !response.closed() && !response.ended();
    }

    /** The head and no body: what HEAD asks for. */
    void endEmpty() {
        response.end();
    }
}
