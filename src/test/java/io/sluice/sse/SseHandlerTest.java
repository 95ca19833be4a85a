package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.NewEvent;
import io.sluice.stream.EventStream;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mounted in an application's own router, with whatever that puts around it. */
@ExtendWith(VertxExtension.class)
class SseHandlerTest {

    private static final Settings BRIEF = Settings.DEFAULT.withLifetime(Duration.ofMillis(300));
    private static final String NODE = "event: sluice-node\ndata: {\"name\":\"127.0.0.1:5702\"}\n\n";
    private static final String CLOSE = "\nevent: close\ndata: {}\n\n";

    private Vertx vertx;
    private EventStream stream;
    private SseHandler handler;

    @BeforeEach
    void open(Vertx vertx) {
        this.vertx = vertx;
        stream = EventStream.open(vertx, "events", BRIEF.stream()).await();
        stream.publish(List.of(new NewEvent("t", null, "1"))).await();
        handler = SseHandler.create(stream, BRIEF.sse());
    }

    @AfterEach
    void close() {
        handler.close(Duration.ZERO).await();
        stream.close().await();
    }

    @Test
    void aCompressingServerDoesNotCompressAStream() throws Exception {
        int port = serve(options().setCompressionSupported(true), routing -> routing.next());
        try (RawClient client = RawClient.get(port, "/events", "Accept-Encoding: gzip, deflate")) {
            assertFalse(client.head().toLowerCase(Locale.ROOT).contains("content-encoding"));
            assertTrue(client.rest().endsWith(CLOSE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1"})
    void theApplicationsOwnHeadersAreThere(String version) throws Exception {
        int port = serve(options(), routing -> {
            routing.addHeadersEndHandler(v -> routing.response().putHeader("X-App", "1"));
            routing.next();
        });
        try (RawClient client = new RawClient(port)) {
            client.send("GET /events HTTP/" + version);
            assertTrue(client.head().contains("X-App: 1\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/events", "/events?node"})
    void aClientIsCutOffWhenTheApplicationFailsOnTheHead(String target) throws Exception {
        handler = named();
        int port = serve(options(), routing -> {
            routing.response().headersEndHandler(v -> {
                throw new IllegalStateException("of the test");
            });
            routing.next();
        });
        try (RawClient client = RawClient.get(port, target)) {
            IOException end = assertThrows(IOException.class, client::head);
            assertFalse(end instanceof SocketTimeoutException, () -> "it hears nothing: " + end);
        }
    }

    @Test
    void aHandlerThatHopsToAnotherEventLoopDoesNoHarm() throws Exception {
        Context other = ((VertxInternal) vertx).createEventLoopContext();
        int port = serve(options(), routing -> {
            routing.request().pause();
            other.runOnContext(v -> routing.next());
        });
        assertServes(port);
    }

    @Test
    void aWorkersRouterIsServedToo() throws Exception {
        int port = serve(options(), routing -> {
            routing.request().pause();
            vertx.executeBlocking(() -> {
                routing.next();
                return null;
            });
        });
        assertServes(port);
    }

    @Test
    void anApplicationsOwnEndHandlersAreCalledAndHideNothing() throws Exception {
        int port = serve(options(), routing -> {
            routing.addEndHandler(ended -> {});
            routing.next();
            routing.addEndHandler(ended -> {});
        });
        assertServes(port);
    }

    @Test
    void aHandlerThatFailsAtTheEndStopsNoOther() throws Exception {
        int port = serve(options(), routing -> {
            if (routing.queryParams().contains("fails")) {
                routing.addBodyEndHandler(v -> {
                    throw new IllegalStateException("an application's handler failed");
                });
            }
            routing.next();
        });
        try (RawClient failing = RawClient.get(port, "/events?fails=1");
                RawClient other = RawClient.get(port, "/events")) {
            failing.head();
            other.head();
            assertTrue(other.rest().endsWith(CLOSE));
        }
        assertServes(port);
    }

    @Test
    void headOverHttp10ClosesItsConnection() throws Exception {
        int port = serve(options(), routing -> routing.next());
        try (RawClient client = new RawClient(port)) {
            client.send("HEAD /events HTTP/1.0", "Connection: keep-alive");
            assertTrue(client.head().contains("\nConnection: close\n"));
            assertTrue(client.isClosedByServer());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1"})
    void aClientThatAsksIsToldFirstWhichNodeThisIs(String version) throws Exception {
        handler = named();
        int port = serve(options(), routing -> routing.next());
        try (RawClient client = new RawClient(port)) {
            client.send("GET /events?node HTTP/" + version);
            assertTrue(client.head().startsWith("HTTP/" + version + " 200 OK\n"));
            String body = client.rest();
            String first = NODE + "id: " + stream.journal().id(1) + "\ndata: 1\n\n";
            assertTrue(body.startsWith(first) && body.endsWith(CLOSE), body);
            assertEquals(1, body.split("sluice-node", -1).length - 1);
        }
        // Requests that do not ask get no name.
        assertServes(port);
    }

    @Test
    void thePositionFollowsTheNodesName() throws Exception {
        handler = named();
        int port = serve(options(), routing -> routing.next());
        try (RawClient client = RawClient.get(port, "/events?node&replay=none")) {
            client.head();
            assertEquals(NODE + "id: " + stream.journal().id(1) + "\n\n", client.blocks(2));
        }
    }

    @Test
    void aWorkersRouterSaysTheNodesNameFirstToo() throws Exception {
        handler = named();
        int port = serve(options().setStrictThreadMode(false), routing -> {
            routing.request().pause();
            vertx.executeBlocking(() -> {
                routing.next();
                return null;
            });
        });
        for (int i = 0; i < 20; i++) {
            try (RawClient client = RawClient.get(port, "/events?node")) {
                client.head();
                assertEquals(NODE, client.blocks(1));
            }
        }
    }

    @Test
    void aNodeWithoutANameTellsNone() throws Exception {
        int port = serve(options(), routing -> routing.next());
        try (RawClient client = RawClient.get(port, "/events?node")) {
            client.head();
            assertEquals("id: " + stream.journal().id(1) + "\ndata: 1\n\n", client.blocks(1));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/events?topic=a.pri* | */* | 400 | Bad Request",
                "/events?replay=some | */* | 400 | Bad Request",
                "/events | text/html | 406 | Not Acceptable"
            })
    void aWrongRequestIsAnsweredWithWhatIsWrongWithoutAHandlerOfTheApplication(
            String target, String accept, int status, String title) throws Exception {
        int port = serve(options(), routing -> routing.next());
        try (RawClient client = RawClient.get(port, target, "Accept: " + accept)) {
            String head = client.head();
            assertTrue(head.startsWith("HTTP/1.1 " + status + " " + title + "\n"), head);
            assertTrue(head.contains("Content-Type: application/problem+json\n"), head);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "topic=a, 32, 200",
        "topic=a, 33, 400",
        "topic=b.*.c&replay=snapshot, 33, 400",
        "topic, 33, 400",
        "%74opic=a, 33, 400",
        "topics=a&xtopic=b&t=topic, 33, 200",
        "topic=a&topic=pri*, 32, 400"
    })
    void aRequestHasThirtyTwoTopicsAtMostAndEachCountsAsOftenAsItIsThere(String part, int times, int status)
            throws Exception {
        int port = serve(options(), routing -> routing.next());
        String query = String.join("&", Collections.nCopies(times, part));
        try (RawClient client = RawClient.get(port, "/events?" + query)) {
            assertTrue(client.head().startsWith("HTTP/1.1 " + status + " "));
        }
    }

    @Test
    void topicsAreCountedBeforeOneIsLookedAt() throws Exception {
        handler = SseHandler.create(stream, BRIEF.sse().withMaxTopics(2));
        assertEquals("3 topics: expected at most 2", problem("topic=pri*&topic=&topic=**"));
        assertEquals("500 topics: expected at most 2", problem(String.join("&", Collections.nCopies(500, "topic=*"))));
        assertTrue(problem("topic=a&topic=pri*").startsWith("topic \"pri*\": expected "));
    }

    private String problem(String query) throws Exception {
        int port = serve(options(), routing -> routing.next());
        URI uri = URI.create("http://127.0.0.1:" + port + "/events?" + query);
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        assertEquals(400, answer.statusCode());
        return new JsonObject(answer.body()).getString("detail");
    }

    @Test
    void theAnswerSaysWhatIsExpected() throws Exception {
        int port = serve(options(), routing -> routing.next());
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/events?replay=some"))
                                .build(),
                        BodyHandlers.ofString());
        assertEquals(
                new JsonObject()
                        .put("type", "about:blank")
                        .put("title", "Bad Request")
                        .put("status", 400)
                        .put("detail", "replay is \"some\": expected " + Replay.EXPECTED),
                new JsonObject(answer.body()));
    }

    @Test
    void anApplicationMayAnswerAWrongRequestItself() throws Exception {
        handler.failToRouter();
        Router router = Router.router(vertx);
        router.route("/events")
                .handler(handler)
                .failureHandler(routing -> routing.response().setStatusCode(418).end());
        int port = vertx.createHttpServer(options())
                .requestHandler(router)
                .listen()
                .await()
                .actualPort();
        try (RawClient client = RawClient.get(port, "/events?replay=some")) {
            assertTrue(client.head().startsWith("HTTP/1.1 418 "));
        }
    }

    @Test
    void closeEndsAllAtOnce() throws Exception {
        int port = serve(options(), routing -> routing.next());
        try (RawClient client = RawClient.get(port, "/events")) {
            client.head();
            handler.close().await();
            assertTrue(client.rest().endsWith("event: close\ndata: {\"reason\":\"drain\"}\n\n"));
        }
    }

    private SseHandler named() {
        return SseHandler.create(stream, BRIEF.sse(), SubscriptionLimits.of(0, 0), "127.0.0.1:5702");
    }

    private void assertServes(int port) throws Exception {
        for (int i = 0; i < 3; i++) {
            try (RawClient client = RawClient.get(port, "/events")) {
                client.head();
                String body = client.rest();
                assertEquals(
                        "id: " + stream.journal().id(1) + "\ndata: 1\n\n", body.substring(0, body.indexOf("\n\n") + 2));
                assertTrue(body.endsWith(CLOSE));
            }
        }
    }

    private static HttpServerOptions options() {
        return new HttpServerOptions().setHost("127.0.0.1").setPort(0).setStrictThreadMode(true);
    }

    private int serve(HttpServerOptions options, Consumer<RoutingContext> before) {
        Router router = Router.router(vertx);
        router.route("/events").handler(before::accept).handler(handler);
        HttpServer server =
                vertx.createHttpServer(options).requestHandler(router).listen().await();
        return server.actualPort();
    }
}
