package io.sluice.sse;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** The connection below a response over HTTP/1.x: what waits for its socket, and its end. */
final class ClientSocket {

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Channel channel;

    ClientSocket(HttpServerRequest request, Channel channel) {
        this.request = request;
        this.response = request.response();
        this.channel = channel;
    }

    /** Whether a response can be written to: its connection is there, and no handler of the application has ended it. */
    static boolean isOpen(HttpServerResponse response) {
        return !response.closed() && !response.ended();
    }

    boolean isOpen() {
        return isOpen(response);
    }

    /** The bytes that wait for the socket. */
    long unsent() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    }

    /** The bytes of all buffers that the socket has not taken whole. */
    long pending() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /** Ends the response without a body. */
    Future<Void> end() {
        return closeIfHttp10(response.end());
    }

    /**
     * Ends the response.
     *
     * @return completes when the socket has taken it, or is closed: a traffic shaper forgets then what it still has
     */
    Future<Void> end(byte[] lastWords) {
        Future<Void> ended = closeIfHttp10(response.end(Buffer.buffer(lastWords)));
        if (ended.isComplete()) {
            return ended;
        }
        Promise<Void> done = Promise.promise();
        ended.onComplete(v -> done.tryComplete());
        channel.closeFuture().addListener(closed -> done.tryComplete());
        return done.future();
    }

    /** Only the end of its connection ends a response over HTTP/1.0. */
    private Future<Void> closeIfHttp10(Future<Void> ended) {
        return request.version() == HttpVersion.HTTP_1_0
                ? ended.eventually(() -> request.connection().close())
                : ended;
    }

    /** Closes the socket at once: the connection's own close() waits for what is unsent. Any thread. */
    void abort() {
        if (channel.eventLoop().inEventLoop()) {
            channel.unsafe().close(channel.unsafe().voidPromise());
        } else {
            channel.eventLoop().execute(this::abort);
        }
    }
}
