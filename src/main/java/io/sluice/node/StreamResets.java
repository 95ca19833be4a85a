package io.sluice.node;

import static io.netty.handler.codec.http2.Http2Exception.connectionError;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Stream;
import io.sluice.log.RareLine;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a connection of HTTP/2 whose streams are reset right after their requests, again and again: by the client (CVE-2023-44487),
 * or by the node because of something that the client has broken (CVE-2025-8671).
 *
 * <p>Netty's own limits count every reset, 200 in 30 s. But a client has no other way to leave a subscription, and a proxy brings
 * hundreds of clients over one connection, all of which it would end. So only a stream that lived for less than a second counts
 * here. All streams of a connection may go at once; from then on it is {@value #PER_SECOND} a second.
 *
 * <p>A stream's age is known by its number, since the numbers rise: nothing is kept for a stream. Event loop only.
 */
final class StreamResets extends Http2ConnectionAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(StreamResets.class);

    private static final int PER_SECOND = 100;
    private static final long YOUNG_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Http2ConnectionHandler codec;
    private final ChannelHandlerContext context;
    private final int burst;
    private final RareLine line;

    // The highest number of a stream when the running second began, and a second or more before that.
    private int recent;
    private int old;
    private long secondBegan = System.nanoTime();
    private long allowed;

    private StreamResets(Http2ConnectionHandler codec, ChannelHandlerContext context, int burst, RareLine line) {
        this.codec = codec;
        this.context = context;
        this.burst = burst;
        this.line = line;
        this.allowed = burst;
    }

    /**
     * Watches a new connection.
     *
     * @param burst the number of its concurrent streams
     */
    static void watch(Http2ConnectionHandler codec, ChannelHandlerContext context, int burst, RareLine line) {
        StreamResets resets = new StreamResets(codec, context, burst, line);
        codec.connection().addListener(resets);
        codec.decoder().frameListener(resets.new Frames(codec.decoder().frameListener()));
    }

    private final class Frames extends Http2FrameListenerDecorator {

        Frames(Http2FrameListener listener) {
            super(listener);
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext context, int streamId, long errorCode) throws Http2Exception {
            super.onRstStreamRead(context, streamId, errorCode);
            if (isTooMuch(streamId)) {
                throw tooMuch();
            }
        }
    }

    @Override
    public void onStreamActive(Http2Stream stream) {
        passTime(System.nanoTime());
    }

    /** One that the node has reset. */
    @Override
    public void onStreamClosed(Http2Stream stream) {
        if (stream.isResetSent() && isTooMuch(stream.id())) {
            codec.onError(context, true, tooMuch());
        }
    }

    private void passTime(long now) {
        long passed = now - secondBegan;
        if (passed < YOUNG_NANOS) {
            return;
        }
        int highest = codec.connection().remote().lastStreamCreated();
        // The second begins with a stream. If it is long over, there was none since.
        old = passed < 2 * YOUNG_NANOS ? recent : highest;
        recent = highest;
        secondBegan = now;
        allowed = Math.min(burst, allowed + PER_SECOND * (passed / YOUNG_NANOS));
    }

    private boolean isTooMuch(int streamId) {
        passTime(System.nanoTime());
        if (streamId <= old) {
            return false;
        }
        allowed--;
        if (allowed == -1) {
            log();
        }
        return allowed < 0;
    }

    private void log() {
        long unsaid = line.next();
        if (unsaid >= 0) {
            LOG.warn(
                    "{}: its HTTP/2 connection is ended: too many streams were reset within a second{}",
                    context.channel().remoteAddress(),
                    unsaid == 0 ? "" : "; so were " + unsaid + " others");
        }
    }

    private static Http2Exception tooMuch() {
        return connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many streams were reset within a second");
    }
}
