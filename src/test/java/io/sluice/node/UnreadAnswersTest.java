package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.sluice.testing.client.RawHttp2Client;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that sends thousands of requests over one connection, and reads no answer. */
@ExtendWith(VertxExtension.class)
@Timeout(30)
class UnreadAnswersTest {

    private static final int REQUESTS = 2000;
    private static final int ANSWER = 10_000;

    /** Over HTTP/2 a socket is read until it is empty, or the heads of the answers fill the channel's buffer: some 1,500. */
    private static final int MANY = 10_000;

    /** What the socket's buffers and the channel's take, in answers, with room to spare. */
    private static final int MOST = 30;

    private static final int SMALL_BUFFER = 16 * 1024;
    private static final int WIDE = 1 << 30;

    private final AtomicInteger answered = new AtomicInteger();
    private boolean late;

    /** An answer may be there at once, or later: as of a file that is read. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void pipelinedRequestsWaitForTheClientToReadTheAnswersBeforeThem(boolean late, Vertx vertx) throws Exception {
        this.late = late;
        HttpServer server = start(vertx);
        try (RawClient client = new RawClient(server.actualPort(), SMALL_BUFFER)) {
            client.pipeline(Collections.nCopies(REQUESTS, "GET /large HTTP/1.1").toArray(String[]::new));
            assertStops(vertx, MOST);
            for (int i = 0; i < REQUESTS; i++) {
                assertTrue(client.head().startsWith("HTTP/1.1 200 OK\n"));
                assertEquals(ANSWER, client.rest().length());
            }
            assertEquals(REQUESTS, answered.get());
        }
    }

    /** Several times: it depends on how many requests one read finds. */
    @RepeatedTest(5)
    void requestsOfHttp2WaitForTheClientToReadTheAnswersBeforeThem(Vertx vertx) throws Exception {
        HttpServer server = start(vertx);
        try (RawHttp2Client client = new RawHttp2Client(server.actualPort(), WIDE)) {
            client.open(0, WIDE);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendAll(client));
            Await.await("the first are answered", () -> answered.get() > 0);
            assertStops(vertx, MANY / 2);
            while (!sending.isDone() || answered.get() < MANY) {
                client.next();
            }
            sending.join();
        }
    }

    private static void sendAll(RawHttp2Client client) {
        try {
            for (int i = 0; i < MANY; i++) {
                client.get("/large");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpServer start(Vertx vertx) {
        HttpServerOptions options = new HttpServerOptions()
                .setStrictThreadMode(true)
                // Their handler ends a connection with more than 128 pipelined requests.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setSendBufferSize(SMALL_BUFFER)
                .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(MANY));
        return vertx.createHttpServer(options)
                .connectionHandler(UnreadAnswers::bound)
                .requestHandler(request -> answer(vertx, request))
                .listen(0, "127.0.0.1")
                .await();
    }

    private void answer(Vertx vertx, HttpServerRequest request) {
        answered.incrementAndGet();
        Buffer body = Buffer.buffer("x".repeat(ANSWER));
        HttpServerResponse response = request.response().setChunked(true);
        response.write(body);
        if (late) {
            vertx.runOnContext(v -> response.end());
        } else {
            response.end();
        }
    }

    /** When nothing is answered for half a second, nothing is any more. */
    private void assertStops(Vertx vertx, int most) {
        int before;
        do {
            before = answered.get();
            vertx.timer(500, TimeUnit.MILLISECONDS).await();
        } while (answered.get() > before);
        assertTrue(before < most, "answered: " + before);
    }
}
