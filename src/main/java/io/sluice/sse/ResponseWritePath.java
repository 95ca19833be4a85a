package io.sluice.sse;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;

/** The way through Vert.x' own response over HTTP/1.x: right for every pipeline and every context. */
final class ResponseWritePath implements WritePath {

    private final RoutingContext routing;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Channel channel;

    ResponseWritePath(RoutingContext routing, Channel channel) {
        this.routing = routing;
        this.request = routing.request();
        this.response = routing.response();
        this.channel = channel;
    }

    @Override
    public void connect(Listener listener) {
        routing.addEndHandler(
                ended -> listener.gone()); // not closeHandler: the router has one place for it, and uses it
        response.drainHandler(v -> listener.drained());
        if (!isOpen(response)) {
            listener.gone();
        }
    }

    @Override
    public boolean isFull() {
        try {
            return isOpen(response) && response.writeQueueFull();
        } catch (IllegalStateException e) { // ended meanwhile, where the application has threads of its own
            return false;
        }
    }

    @Override
    public long unsent() {
        return unsent(channel);
    }

    @Override
    public void write(FrameBatch blocks) {
        if (isOpen(response)) {
            response.write(blocks.body())
                    .onFailure(failure -> abort()); // what is missing must not be followed by anything
        }
    }

    @Override
    public Future<Void> end(byte[] lastWords) {
        return isOpen(response)
                ? orClosed(channel, ended(request, response.end(Buffer.buffer(lastWords))))
                : Future.succeededFuture();
    }

    @Override
    public void abort() {
        abort(channel);
    }

    /** Only its connection's end ends a response over HTTP/1.0. */
    static Future<Void> ended(HttpServerRequest request, Future<Void> ended) {
        return request.version() == HttpVersion.HTTP_1_0
                ? ended.eventually(() -> request.connection().close())
                : ended;
    }

    /** Not after the connection is gone, or a handler of the application has ended what we were writing. */
    static boolean isOpen(HttpServerResponse response) {
        return !response.closed() && !response.ended();
    }

    /** What waits for a connection's socket, in bytes. */
    static long unsent(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    }

    /** When a response has ended, or its connection is closed: a traffic shaper forgets then what it still has. */
    static Future<Void> orClosed(Channel channel, Future<Void> ended) {
        if (ended.isComplete()) {
            return ended;
        }
        Promise<Void> done = Promise.promise();
        ended.onComplete(v -> done.tryComplete());
        channel.closeFuture().addListener(closed -> done.tryComplete());
        return done.future();
    }

    /** Closes a socket at once: the connection's own close() waits for what is unsent. Any thread. */
    static void abort(Channel channel) {
        if (channel.eventLoop().inEventLoop()) {
            channel.unsafe().close(channel.unsafe().voidPromise());
        } else {
            channel.eventLoop().execute(() -> abort(channel));
        }
    }
}
