package io.sluice.node;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.List;

/**
 * Netty's decoder of HTTP/1.1, in place of that of Vert.x, which reads every {@code Content-?ength} as {@code Content-Length} and
 * every {@code Content-?ype} as {@code Content-Type}: behind a proxy the one client's next request would be the other's body
 * (CVE-2026-102479; Vert.x 5.1.10 and 5.2.1 have the remedy, no 5.0 has).
 *
 * <p>It ignores an upgrade to HTTP/2 unless the node is told to take it: behind a proxy, what follows would walk by the proxy's
 * rules. Vert.x has one switch for the upgrade and for HTTP/2 that begins with its preface, which a proxy's own may.
 */
final class RequestDecoder extends HttpRequestDecoder {

    /** Its name in the pipelines of Vert.x, which removes it by this name for an upgrade to HTTP/2. */
    private static final String NAME = "httpDecoder";

    private final boolean takesUpgrade;

    private RequestDecoder(HttpServerOptions options, boolean takesUpgrade) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(options.getMaxInitialLineLength())
                .setMaxHeaderSize(options.getMaxHeaderSize())
                .setMaxChunkSize(options.getMaxChunkSize())
                .setInitialBufferSize(options.getDecoderInitialBufferSize()));
        this.takesUpgrade = takesUpgrade;
    }

    /**
     * Puts it into this connection of TLS, or into all connections without TLS that the server takes from now on: on those Vert.x
     * has decoded a request before it tells of the connection. HTTP/2 stays as it is. Event loop of the connection only.
     */
    static void install(HttpConnection connection, HttpServerOptions options, boolean takesUpgrade) {
        Channel channel = ((ConnectionBase) connection).channel();
        if (options.isSsl()) {
            replace(channel.pipeline(), options, takesUpgrade);
        } else if (channel.parent() != null) {
            takeNext(channel.parent(), options, takesUpgrade);
        }
    }

    /** Puts it into all connections that a listening channel without TLS takes from now on. Instances share the channel. */
    static void takeNext(Channel server, HttpServerOptions options, boolean takesUpgrade) {
        synchronized (server) {
            if (server.pipeline().get(NAME) == null) {
                server.pipeline().addFirst(NAME, new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object accepted) {
                        ((Channel) accepted).pipeline().addLast(new FirstBytes(options, takesUpgrade));
                        context.fireChannelRead(accepted);
                    }
                });
            }
        }
    }

    private static void replace(ChannelPipeline pipeline, HttpServerOptions options, boolean takesUpgrade) {
        if (pipeline.get(NAME) != null) {
            pipeline.replace(NAME, NAME, new RequestDecoder(options, takesUpgrade));
        }
    }

    /**
     * Hands Vert.x the first bytes of a connection one by one, until it knows HTTP/1.1 from the preface of HTTP/2 and has its
     * decoder in the pipeline. A byte or two are no request yet, and go from the one decoder to the other.
     */
    private static final class FirstBytes extends ChannelInboundHandlerAdapter {

        private static final int PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length();

        private final HttpServerOptions options;
        private final boolean takesUpgrade;
        private int handed;

        FirstBytes(HttpServerOptions options, boolean takesUpgrade) {
            this.options = options;
            this.takesUpgrade = takesUpgrade;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ChannelPipeline pipeline = context.pipeline();
            ByteBuf bytes = (ByteBuf) message;
            while (handed < PREFACE && bytes.isReadable() && pipeline.get(NAME) == null) {
                context.fireChannelRead(Unpooled.wrappedBuffer(new byte[] {bytes.readByte()}));
                handed++;
            }
            if (handed == PREFACE || pipeline.get(NAME) != null) {
                replace(pipeline, options, takesUpgrade);
                pipeline.remove(this);
            }
            context.fireChannelRead(bytes);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> decoded) throws Exception {
        int known = decoded.size();
        super.decode(context, bytes, decoded);
        for (int i = known; i < decoded.size() && !takesUpgrade; i++) {
            if (decoded.get(i) instanceof HttpRequest request) {
                request.headers().remove(HttpHeaderNames.UPGRADE).remove("HTTP2-Settings");
            }
        }
    }

    /** Vert.x takes its own headers as they are, and would wrap those of Netty. */
    @Override
    protected HttpMessage createMessage(String[] line) throws Exception {
        return HttpHeaders.headers() instanceof io.netty.handler.codec.http.HttpHeaders headers
                ? new DefaultHttpRequest(HttpVersion.valueOf(line[2]), HttpMethod.valueOf(line[0]), line[1], headers)
                : super.createMessage(line);
    }
}
