package io.sluice.node;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** Bounds what a connection whose client does not read its answers keeps in memory: one answer more than its socket takes. */
final class UnreadAnswers {

    private UnreadAnswers() {}

    /** Watches a connection. On its event loop, before its first request. */
    static void bound(HttpConnection connection) {
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        Http2ConnectionHandler codec = pipeline.get(Http2ConnectionHandler.class);
        if (codec == null) {
            PipeliningGate.install(pipeline);
        } else {
            Http2ReadGate.install(pipeline, codec);
        }
    }
}
