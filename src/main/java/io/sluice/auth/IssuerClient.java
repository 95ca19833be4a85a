package io.sluice.auth;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Gets a document of an issuer, with bounds: 1 MB, a time for the whole, and no redirect, which could lead away from TLS. Any thread.
 *
 * <p>Each document has a connection of its own, since hours are between two. Whatever ends the reading closes it.
 */
final class IssuerClient {

    /** Of a document. */
    static final int MAX_BYTES = 1 << 20;

    private final Vertx vertx;
    private final Duration patience;

    /** @param patience for the whole of a document */
    IssuerClient(Vertx vertx, Duration patience) {
        this.vertx = vertx;
        this.patience = patience;
    }

    /** The document at a URL; fails with what is wrong with the answer, or why there is none. */
    Future<Buffer> get(URI url) {
        HttpClientAgent client =
                vertx.createHttpClient(new HttpClientOptions().setConnectTimeout((int) patience.toMillis()));
        return answer(client, url)
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(
                        failure instanceof TimeoutException
                                ? new KeysAwayException("no whole answer within " + patience.toMillis() + " ms")
                                : failure))
                .eventually(client::close);
    }

    /** A URL that the client throws at is a failure like others, after which the client is closed. */
    private static Future<Buffer> answer(HttpClientAgent client, URI url) {
        try {
            RequestOptions options = new RequestOptions()
                    .setAbsoluteURI(url.toString())
                    .putHeader("Accept", "application/json, */*;q=0.1");
            // Within, since the body comes on the context of the request, which may be another one than the caller's.
            return client.request(options).compose(request -> request.send().compose(IssuerClient::body));
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private static Future<Buffer> body(HttpClientResponse response) {
        if (response.statusCode() != 200) {
            return Future.failedFuture(new KeysAwayException("status " + response.statusCode() + ": expected 200"));
        }
        Promise<Buffer> read = Promise.promise();
        Buffer body = Buffer.buffer();
        response.exceptionHandler(read::tryFail);
        response.endHandler(end -> read.tryComplete(body));
        response.handler(part -> {
            if (body.length() + part.length() > MAX_BYTES) {
                response.handler(null).pause();
                read.tryFail(new KeysAwayException("more than 1 MB"));
            } else {
                body.appendBuffer(part);
            }
        });
        return read.future();
    }
}
