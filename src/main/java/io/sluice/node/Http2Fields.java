package io.sluice.node;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import java.util.Map;

/**
 * Resets a stream of HTTP/2 whose header fields or trailers have a value that cannot be one (RFC 9113 8.2.1), or that could be two
 * fields for whoever writes them down in lines. Netty checks the names, and the values only where it is told to, which Vert.x does
 * not. Event loop only.
 */
final class Http2Fields extends Http2FrameListenerDecorator {

    private final Http2Connection connection;

    private Http2Fields(Http2FrameListener listener, Http2Connection connection) {
        super(listener);
        this.connection = connection;
    }

    /** Checks all fields of a connection that begins. */
    static void check(Http2ConnectionDecoder decoder) {
        decoder.frameListener(new Http2Fields(decoder.frameListener(), decoder.connection()));
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context, int streamId, Http2Headers headers, int padding, boolean endOfStream)
            throws Http2Exception {
        requireValid(streamId, headers, endOfStream);
        super.onHeadersRead(context, streamId, headers, padding, endOfStream);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int streamId,
            Http2Headers headers,
            int streamDependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean endOfStream)
            throws Http2Exception {
        requireValid(streamId, headers, endOfStream);
        super.onHeadersRead(context, streamId, headers, streamDependency, weight, exclusive, padding, endOfStream);
    }

    private void requireValid(int streamId, Http2Headers headers, boolean endOfStream) throws Http2Exception {
        // Netty half-closes a stream for a request without a body before it tells of it, and after its trailers.
        boolean isTrailer = endOfStream && connection.stream(streamId).state() != Http2Stream.State.HALF_CLOSED_REMOTE;
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            if (!isValid(field.getValue())) {
                throw malformed(streamId, "a value that cannot be one in " + field.getKey());
            }
            if (isTrailer && Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(field.getKey())) {
                throw malformed(streamId, "a trailer " + field.getKey());
            }
        }
    }

    private static Http2Exception malformed(int streamId, String what) {
        return Http2Exception.streamError(streamId, Http2Error.PROTOCOL_ERROR, what);
    }

    private static boolean isValid(CharSequence value) {
        int length = value.length();
        if (length == 0) {
            return true;
        }
        return !isBlank(value.charAt(0)) && !isBlank(value.charAt(length - 1)) && !hasLineEnd(value);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** Usually 8 bytes at once. */
    private static boolean hasLineEnd(CharSequence value) {
        AsciiString text = AsciiString.of(value);
        return text.indexOf('\r', 0) >= 0 || text.indexOf('\n', 0) >= 0 || text.indexOf('\0', 0) >= 0;
    }
}
