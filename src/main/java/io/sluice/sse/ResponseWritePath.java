package io.sluice.sse;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;

/**
 * The way through Vert.x' own response: right for every protocol and pipeline.
 *
 * <p>Over HTTP/2 it keeps its own account of what waits for the stream's window: Vert.x counts messages there, not bytes, and
 * the connection's buffer says nothing of one stream.
 */
final class ResponseWritePath implements WritePath {

    private static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("Content-Type");
    private static final CharSequence EVENT_STREAM = HttpHeaders.createOptimized("text/event-stream");
    private static final CharSequence CACHE_CONTROL = HttpHeaders.createOptimized("Cache-Control");
    private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
    private static final CharSequence CONNECTION = HttpHeaders.createOptimized("Connection");
    private static final CharSequence KEEP_ALIVE = HttpHeaders.createOptimized("keep-alive");
    private static final CharSequence CLOSE = HttpHeaders.createOptimized("close");
    private static final CharSequence CONTENT_ENCODING = HttpHeaders.createOptimized("Content-Encoding");
    private static final CharSequence IDENTITY = HttpHeaders.createOptimized("identity");
    private static final CharSequence X_ACCEL_BUFFERING = HttpHeaders.createOptimized("X-Accel-Buffering");
    private static final CharSequence NO = HttpHeaders.createOptimized("no");

    private static final long HTTP2_CANCEL = 8; // RFC 9113 7
    private static final int HTTP2_PIECE = 16 * 1024; // so that a window that opens a little is seen to
    private static final int HTTP2_FULL = 64 * 1024;

    private final RoutingContext routing;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Channel channel;
    private final boolean http2;

    // Of HTTP/2, on the event loop:
    private long waiting; // bytes that the stream's window has not let through
    private Runnable drained = () -> {};

    /** Prepares the head; nothing is written yet. */
    ResponseWritePath(RoutingContext routing) {
        this.routing = routing;
        this.request = routing.request();
        this.response = routing.response();
        this.channel = ((ConnectionBase) request.connection()).channel();
        this.http2 = request.version() == HttpVersion.HTTP_2;
        response.putHeader(CONTENT_TYPE, EVENT_STREAM)
                .putHeader(CACHE_CONTROL, NO_CACHE)
                .putHeader(X_ACCEL_BUFFERING, NO);
        if (mayBeCompressed()) {
            response.putHeader(CONTENT_ENCODING, IDENTITY); // else a compressor would hold events back
        }
        if (request.version() == HttpVersion.HTTP_1_0) {
            // Unchunked, so that only the connection's end ends the body. Set late: Vert.x puts back a client's
            // keep-alive.
            response.headersEndHandler(v -> response.headers().set(CONNECTION, CLOSE));
        } else if (request.version() == HttpVersion.HTTP_1_1) {
            response.setChunked(true).putHeader(CONNECTION, KEEP_ALIVE);
        }
    }

    /** Over HTTP/2 a compressor cannot be seen: whoever asks for compression is told that there is none. */
    private boolean mayBeCompressed() {
        return http2
                ? request.headers().contains(HttpHeaders.ACCEPT_ENCODING)
                : channel.pipeline().get(HttpContentCompressor.class) != null;
    }

    @Override
    public void connect(Runnable drained, Runnable gone) {
        routing.addEndHandler(ended -> gone.run()); // not closeHandler: the router has one place for it, and uses it
        if (http2) {
            this.drained = drained;
        } else {
            response.drainHandler(v -> drained.run());
        }
        if (!isOpen()) {
            gone.run();
        }
    }

    @Override
    public boolean isFull() {
        return http2 ? waiting >= HTTP2_FULL : isOpen() && response.writeQueueFull();
    }

    @Override
    public long unsent() {
        if (http2) {
            return waiting;
        }
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    }

    @Override
    public void write(Buffer blocks) {
        if (!isOpen()) {
            return;
        }
        if (http2) {
            for (int from = 0; from < blocks.length(); from += HTTP2_PIECE) {
                writePiece(blocks.slice(from, Math.min(from + HTTP2_PIECE, blocks.length())));
            }
        } else {
            response.write(blocks);
        }
    }

    private void writePiece(Buffer piece) {
        int size = piece.length();
        waiting += size;
        response.write(piece).onComplete(done -> {
            boolean wasFull = isFull();
            waiting -= size;
            if (wasFull && !isFull()) {
                drained.run();
            }
        });
    }

    @Override
    public Future<Void> end(Buffer blocks) {
        return isOpen() ? closed10(response.end(blocks)) : Future.succeededFuture();
    }

    @Override
    public void abort() {
        if (http2) {
            response.reset(HTTP2_CANCEL); // the other streams of the connection go on
        } else {
            channel.unsafe()
                    .close(channel.unsafe()
                            .voidPromise()); // not the connection's own close(), which waits for what is unsent
        }
    }

    /** The head and no body: what HEAD asks for. */
    void endEmpty() {
        closed10(response.end());
    }

    /** Only its connection's end ends a response over HTTP/1.0. */
    private Future<Void> closed10(Future<Void> ended) {
        return request.version() == HttpVersion.HTTP_1_0
                ? ended.eventually(() -> request.connection().close())
                : ended;
    }

    /** Not after the connection is gone, or a handler of the application has ended what we were writing. */
    private boolean isOpen() {
        return !response.closed() && !response.ended();
    }
}
