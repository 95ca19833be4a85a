package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.ByteSize;
import io.sluice.testing.Await;
import io.sluice.testing.CapturedOutput;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests whose sender is not known yet: their bodies wait, however they come, and the node has no more of them than it may. */
@ExtendWith(VertxExtension.class)
// JUnit's beforeEach.
@SuppressWarnings("NullAway.Init")
class HeldRequestTest {

    private static final ByteSize MAX = ByteSize.ofMegabytes(8);

    /** One permit for each request that has begun to wait. */
    private final Semaphore waiting = new Semaphore(0);

    private final AtomicInteger passed = new AtomicInteger();
    private final PendingBodies bodies = new PendingBodies(MAX, System::nanoTime);
    private Promise<String> known;
    private CapturedOutput log;
    private int port;

    @BeforeEach
    void serve(Vertx vertx) {
        log = new CapturedOutput();
        known = Promise.promise();
        Router router = Router.router(vertx);
        router.post("/wait").handler(this::await).handler(this::answer);
        router.get("/next").handler(routing -> routing.end("next"));
        ProblemDetails.handle(router);
        HttpServerOptions options = new HttpServerOptions()
                .setStrictThreadMode(true)
                .setHandle100ContinueAutomatically(false)
                .setInitialSettings(new Http2Settings().setInitialWindowSize(8 << 20))
                .setHttp2ConnectionWindowSize(16 << 20);
        port = vertx.createHttpServer(options)
                .connectionHandler(connection -> RequestDecoder.install(connection, options, false))
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await()
                .actualPort();
    }

    @AfterEach
    void nothingWasLoggedAndNothingIsHeld() throws Exception {
        log.close();
        assertEquals("", log.text());
        Await.await("no body counts any more", () -> bodies.held() == 0);
    }

    /** As {@code Access} has it: what completes anywhere goes on at the event loop of the request. */
    private void await(RoutingContext routing) {
        Promise<String> here = Promise.promise();
        var context = routing.vertx().getOrCreateContext();
        known.future()
                .onComplete(result -> context.runOnContext(v -> {
                    if (result.succeeded()) {
                        here.complete(result.result());
                    } else {
                        here.fail(result.cause());
                    }
                }));
        HeldRequest.until(here.future(), routing, bodies, who -> {
            passed.incrementAndGet();
            routing.put("who", who).next();
        });
        waiting.release();
    }

    private void answer(RoutingContext routing) {
        if ("throw".equals(routing.get("who"))) {
            throw new HttpException(415, "thrown by the next handler");
        }
        PublishRequest text = PublishRequest.of(BodyType.TEXT, "t");
        BodyReader reader = new BodyReader(
                routing, new SingleEvent(text, MAX), new BodyReader.Bounds(MAX, Duration.ofSeconds(20), bodies));
        reader.read()
                .onComplete(done -> reader.close())
                .onComplete(
                        events -> routing.end(
                                routing.get("who") + " " + events.get(0).data().toByteArray().length),
                        failure -> BodyReader.fail(routing, failure));
    }

    private RawClient post(String fields, String body) throws Exception {
        RawClient client = new RawClient(port);
        client.write("POST /wait HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n" + body);
        waiting.acquire();
        return client;
    }

    private static void assertAnswer(String status, String body, RawClient client) throws IOException {
        String head = client.head();
        assertTrue(head.startsWith("HTTP/1.1 " + status + "\n"), head);
        assertEquals(body, client.read(body.length()));
    }

    @Test
    void aBodyThatCameMeanwhileIsReadWhole() throws Exception {
        try (RawClient client = post("Content-Length: 4\r\n", "text")) {
            known.complete("ada");
            assertAnswer("200 OK", "ada 4", client);
        }
    }

    @Test
    void aBodyOfMegabytesComesOnAfterwards() throws Exception {
        try (RawClient client = post("Transfer-Encoding: chunked\r\n", "")) {
            Thread rest = new Thread(() -> {
                try {
                    client.write(("10000\r\n" + "x".repeat(0x10000) + "\r\n").repeat(64) + "0\r\n\r\n");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            rest.start();
            client.write("");
            known.complete("ada");
            assertAnswer("200 OK", "ada " + (64 << 16), client);
            rest.join();
        }
    }

    @Test
    void whatTheNextHandlerThrowsIsTheAnswer() throws Exception {
        try (RawClient client = post("Content-Length: 4\r\n", "text")) {
            known.complete("throw");
            assertAnswer(
                    "415 Unsupported Media Type",
                    problem(415, "Unsupported Media Type", "thrown by the next handler"),
                    client);
        }
    }

    @Test
    void aRefusalLeavesTheConnectionToTheNextRequest() throws Exception {
        try (RawClient client = post("Content-Length: 4\r\n", "textGET /next HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            known.fail(new HttpException(401, "no"));
            assertAnswer("401 Unauthorized", problem(401, "Unauthorized", "no"), client);
            assertAnswer("200 OK", "next", client);
        }
    }

    @Test
    void requestsThatComeTogetherAreAnsweredInTurn() throws Exception {
        String again = "POST /wait HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab";
        try (RawClient client = post("Content-Length: 4\r\n", "text" + again + again)) {
            known.complete("ada");
            assertAnswer("200 OK", "ada 4", client);
            assertAnswer("200 OK", "ada 2", client);
            assertAnswer("200 OK", "ada 2", client);
        }
    }

    @Test
    void aClientThatAsksBeforeItSendsIsToldToGoOnOnlyThen() throws Exception {
        try (RawClient client = post("Content-Length: 4\r\nExpect: 100-continue\r\n", "")) {
            known.complete("ada");
            assertTrue(client.head().startsWith("HTTP/1.1 100 Continue\n"));
            client.write("text");
            assertAnswer("200 OK", "ada 4", client);
        }
    }

    @Test
    void aClientThatAsksBeforeItSendsGetsTheRefusalAlone() throws Exception {
        try (RawClient client = post("Content-Length: 4\r\nExpect: 100-continue\r\n", "")) {
            known.fail(new HttpException(401, "no"));
            String answer = client.everything();
            assertTrue(answer.startsWith("HTTP/1.1 401 Unauthorized\r\n"), answer);
            assertTrue(answer.contains("\r\nconnection: close\r\n"), answer);
        }
    }

    @Test
    void aClientThatHasGoneIsForgotten() throws Exception {
        try (RawClient client = post("Content-Length: 4\r\n", "text")) {
            client.reset();
        }
        try (RawClient other = post("Content-Length: 4\r\n", "text")) {
            known.complete("ada");
            assertAnswer("200 OK", "ada 4", other);
        }
        assertEquals(1, passed.get());
    }

    @Test
    void aBodyThatIsNoHttpIsRefusedMeanwhile() throws Exception {
        try (RawClient client = post("Transfer-Encoding: chunked\r\n", "")) {
            client.write("zz\r\n");
            String answer = client.everything();
            assertTrue(answer.startsWith("HTTP/1.1 400 Bad Request\r\n"), answer);
        }
        known.complete("ada");
    }

    // ---- HTTP/2

    private static HttpClient http2(Vertx vertx) {
        return vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
    }

    private HttpClientRequest post(HttpClient client) throws InterruptedException {
        HttpClientRequest request =
                client.request(HttpMethod.POST, port, "127.0.0.1", "/wait").await();
        request.exceptionHandler(reset -> {})
                .setChunked(true)
                .write(Buffer.buffer("text"))
                .await();
        waiting.acquire();
        return request;
    }

    @Test
    void aBodyOverHttp2IsReadWhole(Vertx vertx) throws Exception {
        HttpClientRequest request = post(http2(vertx));
        Future<Buffer> answer = request.send(Buffer.buffer("x".repeat(60_000))).compose(HttpClientResponse::body);
        Await.await("what came counts", () -> bodies.held() == 60_004);
        known.complete("ada");
        assertEquals("ada 60004", answer.await().toString());
    }

    @Test
    void aStreamOfHttp2ThatIsResetIsForgotten(Vertx vertx) throws Exception {
        HttpClient client = http2(vertx);
        post(client).reset().await();
        Await.await("it counts no more", () -> bodies.held() == 0);
        HttpClientRequest other = post(client);
        known.complete("ada");
        assertEquals(200, other.send().await().statusCode());
        assertEquals(1, passed.get());
    }

    @Test
    void tooManyThatWaitAreToldToComeBack(Vertx vertx) throws Exception {
        HttpClient client = http2(vertx);
        List<HttpClientRequest> requests = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            requests.add(post(client));
        }
        requests.get(0).write(Buffer.buffer("x".repeat(5 << 20)));
        requests.get(1).write(Buffer.buffer("x".repeat(4 << 20)));
        HttpClientResponse refused = requests.get(0).response().await();
        assertEquals(503, refused.statusCode());
        assertEquals("1", refused.getHeader("Retry-After"));
        known.complete("ada");
        assertEquals(200, requests.get(2).send().await().statusCode());
        assertTrue(log.text().contains("bodies hold more than 8MB (publish.maxPending)"), log.text());
        log.clear();
    }

    private static String problem(int status, String title, String detail) {
        return "{\"type\":\"about:blank\",\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\"" + detail
                + "\"}";
    }
}
