package io.sluice.sse;

import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/** The way through Vert.x' own response over HTTP/1.x: right for every pipeline and every context. */
final class ResponseWritePath implements WritePath {

    private final RoutingContext routing;
    private final HttpServerResponse response;
    private final ClientSocket socket;

    ResponseWritePath(RoutingContext routing, Channel channel) {
        this.routing = routing;
        this.response = routing.response();
        this.socket = new ClientSocket(routing.request(), channel);
    }

    @Override
    public void connect(Listener listener) {
        // Not closeHandler: the router has one place for it, and uses it.
        routing.addEndHandler(ended -> listener.gone());
        response.drainHandler(v -> listener.drained());
        if (!socket.isOpen()) {
            listener.gone();
        }
    }

    @Override
    public boolean isFull() {
        try {
            return socket.isOpen() && response.writeQueueFull();
        } catch (IllegalStateException e) {
            // Ended meanwhile by another thread of the application.
            return false;
        }
    }

    @Override
    public int room() {
        return isFull() ? 0 : Integer.MAX_VALUE;
    }

    @Override
    public long progress() {
        return socket.unsent();
    }

    @Override
    public long pending() {
        return socket.pending();
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public void write(FrameBatch blocks) {
        if (socket.isOpen()) {
            // Nothing may follow what is missing after a failure.
            response.write(blocks.body()).onFailure(failure -> abort());
        }
    }

    @Override
    public Future<Void> end(byte[] lastWords) {
        return socket.isOpen() ? socket.end(lastWords) : Future.succeededFuture();
    }

    @Override
    public void abort() {
        socket.abort();
    }
}
