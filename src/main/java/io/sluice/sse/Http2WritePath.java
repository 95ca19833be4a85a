package io.sluice.sse;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.sluice.stream.CloseReason;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way to one stream of an HTTP/2 connection.
 *
 * <p>It keeps its own account of what waits for the stream's window: Vert.x counts messages there, not bytes, and the
 * connection's buffer says nothing of one stream.
 *
 * <p><b>Nothing is queued for a stream without window</b>, apart from its head and a comment. What the window takes only a part of
 * is kept here, and handed over as the window opens:
 *
 * <pre>
 *    blocks --> rest --> piece --> Vert.x' queue of the stream --> Netty's flow controller --> socket
 *               by       as large as the window,
 *            reference   or a small one if it is shut
 * </pre>
 *
 * <p><b>A window that opens is noticed</b> by what waits for it: Netty has one listener for the windows, which is Vert.x' own. So
 * when the path says that there is no room, a comment waits. Whoever gets it through may be sent one more block, however small the
 * window: a client that opens it byte by byte gets its events.
 */
final class Http2WritePath implements WritePath {

    /** RFC 9113 7. */
    private static final long CANCEL = 8;

    /** Small enough that streams take turns. */
    private static final int PIECE = 16 * 1024;

    /** The piece that waits for a shut window. */
    private static final int SMALL_PIECE = 1024;

    private final RoutingContext routing;
    private final HttpServerResponse response;
    private final EventLoop loop;
    private final StreamWindow window;
    private @Nullable Listener listener;

    // The bytes that wait for the window, of which Vert.x has all but the rest; and those that it has let through.
    private long waiting;
    private long letThrough;
    private @Nullable Buffer rest;

    // The length of the buffer that the rest is a part of.
    private int whole;

    // The caller was told that there is no room, and waits to be called.
    private boolean awaited;

    // A comment got through since the last block.
    private boolean moved;

    Http2WritePath(RoutingContext routing, Channel channel) {
        this.routing = routing;
        this.response = routing.response();
        this.loop = ((HttpServerRequestInternal) routing.request()).context().nettyEventLoop();
        this.window = new StreamWindow(response, channel, loop);
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
        return room() == 0;
    }

    @Override
    public int room() {
        int room = rest == null ? Math.max(window.room(waiting), moved ? 1 : 0) : 0;
        if (room == 0 && !awaited) {
            awaited = true;
            awaitWindow();
        }
        return room;
    }

    /** Has the window's opening noticed. */
    private void awaitWindow() {
        if (waiting == 0 && ClientSocket.isOpen(response)) {
            sendHead();
            Buffer comment = Buffer.buffer(SseWords.SPOKEN.heartbeat(null));
            waiting += comment.length();
            hand(comment, true);
        }
    }

    @Override
    public long progress() {
        return letThrough;
    }

    @Override
    public long pending() {
        return waiting;
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public void write(FrameBatch blocks) {
        if (ClientSocket.isOpen(response)) {
            moved = false;
            Buffer body = blocks.body();
            waiting += body.length();
            rest = rest == null ? body : rest.copy().appendBuffer(body);
            whole = rest.length();
            pump();
        }
    }

    /** Hands over what the window takes, and one piece to wait for it. */
    private void pump() {
        while (rest != null && ClientSocket.isOpen(response)) {
            int room = window.room(waiting - rest.length());
            if (room > 0) {
                hand(take(Math.min(room, PIECE)), false);
            } else if (rest.length() == waiting) {
                sendHead();
                // A copy, because the rest may be a small part of much.
                hand(take(SMALL_PIECE).copy(), false);
            } else {
                trim();
                return;
            }
        }
    }

    private Buffer take(int most) {
        Buffer all = Objects.requireNonNull(rest);
        int size = Math.min(most, all.length());
        rest = size == all.length() ? null : all.slice(size, all.length());
        return all.slice(0, size);
    }

    /** Lets go of a large buffer for a small rest of it. */
    private void trim() {
        if (rest != null && rest.length() < whole / 2) {
            rest = rest.copy();
            whole = rest.length();
        }
    }

    /** By itself, if what is written first has to wait. */
    private void sendHead() {
        if (!response.headWritten()) {
            response.writeHead();
        }
    }

    private void hand(Buffer piece, boolean comment) {
        int size = piece.length();
        response.write(piece).onComplete(written -> {
            if (loop.inEventLoop()) {
                letThrough(size, comment);
            } else {
                loop.execute(() -> letThrough(size, comment));
            }
        });
    }

    private void letThrough(int size, boolean comment) {
        waiting -= size;
        letThrough += size;
        moved |= comment;
        pump();
        if (!awaited || rest != null) {
            return;
        }
        if (moved || window.room(waiting) > 0) {
            awaited = false;
            if (listener != null) {
                listener.drained();
            }
        } else {
            awaitWindow();
        }
    }

    @Override
    public Future<Void> end(byte[] lastWords) {
        if (!ClientSocket.isOpen(response)) {
            return Future.succeededFuture();
        }
        awaited = false;
        waiting += lastWords.length;
        Buffer last = Buffer.buffer(lastWords);
        Buffer all = rest == null ? last : rest.copy().appendBuffer(last);
        rest = null;
        int from = 0;
        // In pieces, so that what the client has taken of much is seen.
        for (; all.length() - from > PIECE; from += PIECE) {
            hand(all.slice(from, from + PIECE), false);
        }
        return response.end(all.slice(from, all.length()));
    }

    /** A head needs no window. It is no reset, because Netty ends a connection with many of them. */
    @Override
    public void refuse(SseWords words, CloseReason reason, long retryMillis) {
        byte[] last = words.close(null, retryMillis, reason);
        if (window.room(0) >= last.length) {
            Future<Void> unused = end(last);
        } else if (ClientSocket.isOpen(response)) {
            response.end();
        }
    }

    /** Resets the stream; the connection's other streams continue. */
    @Override
    public void abort() {
        rest = null;
        response.reset(CANCEL);
    }
}
