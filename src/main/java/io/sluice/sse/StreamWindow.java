package io.sluice.sse;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * How much one stream of an HTTP/2 connection may send now: what its window, the connection's window and the socket all take
 * (RFC 9113 5.2). Event loop only.
 */
final class StreamWindow {

    /** The most that is ever said to be free, in bytes: a turn's worth. */
    private static final int MAX = 64 * 1024;

    private final int id;

    /** Null if the pipeline has none, or another thread owns it. Then only what waits already counts. */
    private final @Nullable Http2ConnectionHandler connection;

    StreamWindow(HttpServerResponse response, Channel channel, EventLoop loop) {
        this.id = StreamNumber.of(response);
        this.connection = channel.eventLoop() == loop ? channel.pipeline().get(Http2ConnectionHandler.class) : null;
    }

    /**
     * The bytes that may be sent.
     *
     * @param waiting how many bytes the stream was given that have not left
     */
    int room(long waiting) {
        return (int) Math.max(0, Math.min(MAX, size() - waiting));
    }

    private int size() {
        if (connection == null) {
            return MAX;
        }
        Http2Connection streams = connection.connection();
        Http2RemoteFlowController windows = connection.encoder().flowController();
        Http2Stream stream = streams.stream(id);
        return stream == null || !windows.isWritable(stream)
                ? 0
                : Math.min(windows.windowSize(stream), windows.windowSize(streams.connectionStream()));
    }
}
