package io.sluice.sse;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * The way to one stream of an HTTP/2 connection.
 *
 * <p>It keeps its own account of what waits for the stream's window: Vert.x counts messages there, not bytes, and the
 * connection's buffer says nothing of one stream.
 */
final class Http2WritePath implements WritePath {

    /** RFC 9113 7. */
    private static final long CANCEL = 8;

    /** Small enough that a window that opens a little is used. */
    private static final int PIECE = 16 * 1024;

    private static final int FULL = 64 * 1024;

    private final RoutingContext routing;
    private final HttpServerResponse response;
    private final EventLoop loop;
    private @Nullable Listener listener;

    // Bytes that the stream's window has not let through.
    private long waiting;

    Http2WritePath(RoutingContext routing) {
        this.routing = routing;
        this.response = routing.response();
        this.loop = ((HttpServerRequestInternal) routing.request()).context().nettyEventLoop();
    }

    @Override
    public void connect(Listener listener) {
        this.listener = listener;
        // Not closeHandler: the router has one place for it, and uses it.
        routing.addEndHandler(ended -> listener.gone());
        if (!ClientSocket.isOpen(response)) {
            listener.gone();
        }
    }

    @Override
    public boolean isFull() {
        return waiting >= FULL;
    }

    @Override
    public long unsent() {
        return waiting;
    }

    @Override
    public void write(FrameBatch blocks) {
        Buffer body = blocks.body();
        for (int from = 0; from < body.length() && ClientSocket.isOpen(response); from += PIECE) {
            write(body.slice(from, Math.min(from + PIECE, body.length())));
        }
    }

    private void write(Buffer piece) {
        int size = piece.length();
        waiting += size;
        response.write(piece).onComplete(written -> {
            if (loop.inEventLoop()) {
                letThrough(size);
            } else {
                loop.execute(() -> letThrough(size));
            }
        });
    }

    private void letThrough(int size) {
        boolean wasFull = isFull();
        waiting -= size;
        if (listener != null && wasFull && !isFull()) {
            listener.drained();
        }
    }

    @Override
    public Future<Void> end(byte[] lastWords) {
        return ClientSocket.isOpen(response) ? response.end(Buffer.buffer(lastWords)) : Future.succeededFuture();
    }

    /** Resets the stream; the connection's other streams continue. */
    @Override
    public void abort() {
        response.reset(CANCEL);
    }
}
