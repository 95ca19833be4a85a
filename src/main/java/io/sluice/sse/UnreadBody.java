package io.sluice.sse;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What has not come yet of a request that is refused. Nothing of it is kept. It is thrown away for a while, so that the client
 * gets to read the answer: a connection that is closed over unread bytes is reset, and the answer lost. Then the connection is
 * closed, or the stream of HTTP/2 reset. Event loop only.
 */
final class UnreadBody {

    private static final int REQUEST_TIMEOUT = 408;
    private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(5);

    /** A body that is no longer comes anyway before the client has read the answer. */
    private static final int SHORT = 64 << 10;

    /** RFC 9113 8.1: the answer is whole, and the rest of the request is not needed. */
    private static final long NO_ERROR = 0;

    private final HttpServerRequest request;
    private final boolean isHeldBack;

    private UnreadBody(HttpServerRequest request, int status) {
        this.request = request;
        this.isHeldBack = status == REQUEST_TIMEOUT || waitsToSendIt(request);
    }

    /** Says in the head of the refusal whether the connection ends. */
    static UnreadBody announce(HttpServerRequest request, int status) {
        UnreadBody body = new UnreadBody(request, status);
        boolean ends = !request.isEnded() && (body.isHeldBack || isLong(request));
        if (ends && request.version() != HttpVersion.HTTP_2) {
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        return body;
    }

    /** Throws it away. */
    void discard(Future<Void> answered) {
        if (request.isEnded() || !mayHaveBody(request)) {
            return;
        }
        if (isHeldBack) {
            answered.onComplete(done -> abort());
            return;
        }
        Vertx vertx = Objects.requireNonNull(Vertx.currentContext()).owner();
        long timer = vertx.setTimer(PATIENCE_MILLIS, id -> abort());
        request.handler(bytes -> {})
                .exceptionHandler(failure -> vertx.cancelTimer(timer))
                .endHandler(v -> {
                    vertx.cancelTimer(timer);
                    if (request.response().headers().contains(HttpHeaders.CONNECTION, HttpHeaders.CLOSE, true)) {
                        request.connection().close();
                    }
                })
                .resume();
    }

    private void abort() {
        if (request.isEnded()) {
            return;
        }
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset(NO_ERROR);
        } else {
            request.connection().close();
        }
    }

    /** Nobody can say whether its next bytes are the body or another request. RFC 9110 10.1.1. */
    private static boolean waitsToSendIt(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_1_1
                && request.headers().contains(HttpHeaders.EXPECT)
                && request.bytesRead() == 0;
    }

    private static boolean mayHaveBody(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_2
                || request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    private static boolean isLong(HttpServerRequest request) {
        if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            return true;
        }
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && left(length, request.bytesRead()) > SHORT;
    }

    private static long left(String length, long read) {
        try {
            return Long.parseLong(length) - read;
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }
}
