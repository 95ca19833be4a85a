package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Batch;
import io.sluice.log.History;
import io.sluice.log.NewEvent;
import io.sluice.stream.StreamListener;
import io.sluice.stream.TemplateOptions;
import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of streams by name. The epoch of a stream is shown as k3f9a2, waits as N. */
@ExtendWith(VertxExtension.class)
class NamedStreamWireTest {

    private static final SseOptions ENDLESS = SseOptions.DEFAULT.withHeartbeat(Duration.ZERO);
    private static final String END = "retry: N\nevent: close\ndata: {\"reason\":\"end\"}\n\n";

    private Vertx vertx;
    private TemplateServer server;

    @BeforeEach
    void start(Vertx vertx) {
        this.vertx = vertx;
        server = TemplateServer.start(vertx, TemplateOptions.DEFAULT, ENDLESS);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void restart(TemplateOptions template) {
        server.close();
        server = TemplateServer.start(vertx, template, ENDLESS);
    }

    private void restart(SseOptions options) {
        server.close();
        server = TemplateServer.start(vertx, TemplateOptions.DEFAULT, options);
    }

    @Test
    void aSnapshotHasTheNewestEventOfEachTopicHoweverOldAndNothingOfAForgottenOne() throws Exception {
        restart(TemplateOptions.DEFAULT.withHistory(History.of(2, null, null, 10)));
        server.chats
                .publish(
                        "42",
                        Batch.of(
                                new NewEvent("eur", null, "1.08"),
                                new NewEvent("usd", null, "1"),
                                new NewEvent("eur", null, "1.09"),
                                new NewEvent("gbp", null, "0.8"),
                                new NewEvent("usd", null, "gone", true)))
                .await();
        try (RawClient client = server.open("/chat/42?replay=snapshot")) {
            assertEquals("id: k3f9a2-3\ndata: 1.09\n\nid: k3f9a2-4\ndata: 0.8\n\n", normalized(client.blocks(2)));
            server.publish("42", "next");
            assertTrue(client.readTo("\n\n").endsWith("-6\ndata: next\n\n"));
        }
    }

    // ---- a name that has no stream yet

    @Test
    void aNameWithoutAStreamWaitsForItAndGetsItFromItsFirstEventOnce() throws Exception {
        try (RawClient client = server.open("/chat/42");
                RawClient other = server.open("/chat/43")) {
            assertEquals("id: none-0\n\n", client.blocks(1));
            assertEquals("id: none-0\n\n", other.blocks(1));
            server.publish("42", "Hel", "lo");
            assertEquals("id: k3f9a2-1\ndata: Hel\n\nid: k3f9a2-2\ndata: lo\n\n", normalized(client.blocks(2)));
            server.end("42", "!");
            assertEquals("id: k3f9a2-3\ndata: !\n\nid: k3f9a2-3\n" + END, normalized(client.rest()));
            server.publish("43", "of another stream");
            assertTrue(other.blocks(1).endsWith("-1\ndata: of another stream\n\n"));
        }
    }

    @Test
    void aClientWithARateWaitsForAStreamGetsItsNewestEventAndTheLastOneBeforeItsEnd() throws Exception {
        try (RawClient client = server.open("/chat/42?rate=20")) {
            assertEquals("id: none-0\n\n", client.blocks(1));
            server.publish("42", "Hel", "lo");
            assertEquals("id: k3f9a2-2\ndata: lo\n\n", normalized(client.blocks(1)));
            server.end("42", " wor", "ld");
            assertEquals("id: k3f9a2-4\ndata: ld\n\nid: k3f9a2-4\n" + END, normalized(client.rest()));
        }
    }

    @Test
    void whoWaitedAndComesBackGetsAllOnce() throws Exception {
        server.publish("42", "1", "2");
        try (RawClient client = server.open("/chat/42", "Last-Event-ID: none-0")) {
            assertEquals("id: k3f9a2-1\ndata: 1\n\nid: k3f9a2-2\ndata: 2\n\n", normalized(client.blocks(2)));
        }
    }

    @Test
    void theHeartbeatOfAWaitingClientHasNoId() throws Exception {
        restart(ENDLESS.withHeartbeat(Duration.ofMillis(200)));
        try (RawClient client = server.open("/chat/42")) {
            assertEquals("id: none-0\n\n:\n\n:\n\n", client.blocks(3));
            server.publish("42", "1");
            assertTrue(client.readTo("data: 1\n\n").endsWith("-1\ndata: 1\n\n"));
        }
    }

    @Test
    void aWaitingClientsLifetimeEndsAtNone() throws Exception {
        restart(ENDLESS.withLifetime(Duration.ofMillis(300)));
        try (RawClient client = server.open("/chat/42")) {
            String expected = "id: none-0\n\nid: none-0\nretry: N\nevent: close\ndata: {}\n\n";
            assertEquals(expected, normalized(client.rest()));
        }
    }

    @Test
    void drainEndsTheSubscriptionsOfAllStreams() throws Exception {
        server.publish("43", "1");
        try (RawClient client = server.open("/chat/42");
                RawClient other = server.open("/chat/43")) {
            client.blocks(1);
            other.blocks(1);
            server.handler.close().await();
            assertTrue(client.rest().endsWith("event: close\ndata: {\"reason\":\"drain\"}\n\n"));
            assertTrue(other.rest().endsWith("event: close\ndata: {\"reason\":\"drain\"}\n\n"));
        }
    }

    // ---- names

    @ParameterizedTest
    @CsvSource({
        "/chat/42, 42",
        "/api/chat/42, 42",
        "/chat/%34%32, 42",
        "/chat/a%7Eb, a~b",
        "/chat/.._, .._",
        "/chat/A.b_c~d-e, A.b_c~d-e",
    })
    void theRestOfThePathIsTheNameDecodedOnce(String target, String name) throws Exception {
        server.publish(name, "1");
        try (RawClient client = server.open(target)) {
            assertTrue(client.blocks(1).endsWith("-1\ndata: 1\n\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/chat/",
                "/chat/a/b",
                "/chat/a%2Fb",
                "/chat/a%20b",
                "/chat/a+b",
                "/chat/%2534",
                "/chat/a%00",
                "/api/chat/%C3%BC"
            })
    void aNameThatIsNotAllowedIsABadRequest(String target) throws Exception {
        try (RawClient client = RawClient.get(server.port(), target)) {
            String head = client.head();
            assertTrue(head.startsWith("HTTP/1.1 400 Bad Request\n"), head);
            assertTrue(head.contains("Content-Type: application/problem+json\n"), head);
            assertTrue(client.readTo("}").contains("expected 1 to 128 letters, digits and characters of"));
        }
    }

    @Test
    void aNameHas128CharactersAtMost() throws Exception {
        try (RawClient client = RawClient.get(server.port(), "/chat/" + "x".repeat(128))) {
            assertTrue(client.head().startsWith("HTTP/1.1 200 OK\n"));
        }
        try (RawClient client = RawClient.get(server.port(), "/chat/" + "x".repeat(129))) {
            assertTrue(client.head().startsWith("HTTP/1.1 400 Bad Request\n"));
        }
    }

    // ---- the end

    @ParameterizedTest
    @CsvSource({
        "/chat/42, 3",
        "/chat/42?replay=all, 1 2 3",
        "/chat/42?replay=2, 2 3",
        "/chat/42?replay=snapshot, 3",
        "/chat/42?replay=none, pos3",
        "/chat/42?topic=z&replay=all, pos3",
        "/chat/42?topic=chat&topic=a.*&topic=b.*&replay=all, 1 2 3",
    })
    void whoComesAfterTheEndGetsTheReplayThatItAsksForAndThenTheClose(String target, String expected) throws Exception {
        server.publish("42", "1", "2");
        server.end("42", "3");
        StringBuilder blocks = new StringBuilder();
        for (String n : expected.split(" ", -1)) {
            String number = n.replace("pos", "");
            blocks.append("id: k3f9a2-").append(number);
            blocks.append(n.startsWith("pos") ? "" : "\ndata: " + number).append("\n\n");
        }
        try (RawClient client = server.open(target)) {
            assertEquals(blocks + "id: k3f9a2-3\n" + END, normalized(client.rest()));
        }
    }

    @Test
    void anEndWithoutAnEventEndsItToo() throws Exception {
        server.publish("42", "1");
        try (RawClient client = server.open("/chat/42");
                RawClient filtered = server.open("/chat/42?topic=z")) {
            client.blocks(1);
            filtered.blocks(1);
            server.chats.end("42").await();
            assertEquals("id: k3f9a2-1\n" + END, normalized(client.rest()));
            assertEquals("id: k3f9a2-1\n" + END, normalized(filtered.rest()));
        }
    }

    @Test
    void theConnectionStaysUsableAfterTheEnd() throws Exception {
        server.end("42", "1");
        try (RawClient client = server.open("/chat/42")) {
            client.rest();
            client.send("GET /chat/43 HTTP/1.1");
            assertTrue(client.head().startsWith("HTTP/1.1 200 OK\n"));
            assertEquals("id: none-0\n\n", client.blocks(1));
        }
    }

    @Test
    void aClientGoesOnAcrossTheEnd() throws Exception {
        server.publish("42", "1", "2");
        server.end("42", "3");
        try (RawClient client = server.open("/chat/42", "Last-Event-ID: " + server.epoch("42") + "-1")) {
            String expected = "id: k3f9a2-2\ndata: 2\n\nid: k3f9a2-3\ndata: 3\n\nid: k3f9a2-3\n" + END;
            assertEquals(expected, normalized(client.rest()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void whoHasTheLastEventOfAnEndedStreamIsToldToStayAway(String method) throws Exception {
        server.end("42", "1", "2");
        String id = server.epoch("42") + "-2";
        try (RawClient client = new RawClient(server.port())) {
            client.send(method + " /chat/42?node HTTP/1.1", "Last-Event-ID: " + id);
            assertEquals("HTTP/1.1 204 No Content\nCache-Control: no-cache, no-transform\n\n", client.head());
            client.send(method + " /chat/42?lastEventId=" + id + " HTTP/1.1");
            assertEquals("HTTP/1.1 204 No Content\nCache-Control: no-cache, no-transform\n\n", client.head());
            client.send(method + " /chat/42 HTTP/1.0", "Last-Event-ID: " + id);
            assertTrue(client.head().startsWith("HTTP/1.0 204 No Content\n"));
        }
        assertEquals(0, server.chats.subscribers("42"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "3", "none-0", "other-2"})
    void anotherIdOfAnEndedStreamIsServed(String last) throws Exception {
        server.end("42", "1", "2");
        String id = last.contains("-") ? last : server.epoch("42") + "-" + last;
        try (RawClient client = RawClient.get(server.port(), "/chat/42", "Last-Event-ID: " + id)) {
            assertTrue(client.head().startsWith("HTTP/1.1 200 OK\n"));
            String body = normalized(client.rest());
            assertTrue(body.endsWith("id: k3f9a2-2\ndata: 2\n\nid: k3f9a2-2\n" + END), body);
            assertEquals(last.equals("3") || last.equals("other-2"), body.startsWith("event: gap\n"), body);
        }
    }

    @Test
    void theLastIdOfAStreamThatGoesOnIsServed() throws Exception {
        server.publish("42", "1");
        try (RawClient client = server.open("/chat/42", "Last-Event-ID: " + server.epoch("42") + "-1")) {
            assertEquals("id: k3f9a2-1\n\n", normalized(client.blocks(1)));
        }
    }

    @Test
    void http10GetsTheEndWithTheEndOfItsConnection() throws Exception {
        server.end("42", "1");
        try (RawClient client = new RawClient(server.port())) {
            client.send("GET /chat/42 HTTP/1.0");
            assertTrue(client.head().startsWith("HTTP/1.0 200 OK\nContent-Type: text/event-stream\n"));
            assertEquals("id: k3f9a2-1\ndata: 1\n\nid: k3f9a2-1\n" + END, normalized(client.rest()));
        }
    }

    @Test
    void http2HasTheSameBytesAnd204And404() throws Exception {
        server.end("42", "1");
        String id = server.epoch("42") + "-1";
        assertEquals("200 id: k3f9a2-1\ndata: 1\n\nid: k3f9a2-1\n" + END, normalized(http2("/chat/42")));
        assertEquals("204 ", http2("/chat/42?lastEventId=" + id));
        server.chats.delete("42").await();
        assertTrue(http2("/chat/42").startsWith("404 {"));
    }

    /** The status and the body. */
    private String http2(String target) {
        HttpClientOptions options =
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false);
        // Held until the answer is there: Vert.x closes a client that nobody has any more.
        HttpClient client = vertx.createHttpClient(options);
        try {
            return client.request(HttpMethod.GET, server.port(), "127.0.0.1", target)
                    .compose(HttpClientRequest::send)
                    .compose(response -> response.body().map(body -> response.statusCode() + " " + body))
                    .await();
        } finally {
            client.close().await();
        }
    }

    /** It gets all first, however long it takes. */
    @Test
    void aSlowReaderGetsTheRestBeforeTheEnd() throws Exception {
        server.publish("42", "first");
        try (RawClient client = new RawClient(server.port(), 8 * 1024)) {
            client.send("GET /chat/42?replay=all HTTP/1.1");
            client.head();
            client.blocks(1);
            String large = "x".repeat(10_000);
            int count = 1000;
            for (int i = 0; i < count; i++) {
                server.publish("42", large);
            }
            server.end("42", "last");
            for (int i = 0; i < count; i++) {
                assertTrue(client.blocks(1).endsWith("-" + (i + 2) + "\ndata: " + large + "\n\n"));
            }
            String last = "id: k3f9a2-" + (count + 2);
            assertEquals(last + "\ndata: last\n\n" + last + "\n" + END, normalized(client.rest()));
        }
    }

    // ---- deleted, and gone

    @Test
    void aDeletedStreamEndsItsSubscriptionsAndIsNotFoundThen() throws Exception {
        server.publish("42", "1");
        try (RawClient client = server.open("/chat/42")) {
            client.blocks(1);
            server.chats.delete("42").await();
            assertEquals(
                    "id: k3f9a2-1\nretry: N\nevent: close\ndata: {\"reason\":\"deleted\"}\n\n",
                    normalized(client.rest()));
            for (String method : List.of("GET", "HEAD")) {
                client.send(method + " /chat/42 HTTP/1.1");
                String head = client.head();
                assertTrue(head.startsWith("HTTP/1.1 404 Not Found\nContent-Type: application/problem+json\n"), head);
                if (method.equals("GET")) {
                    assertTrue(client.readTo("}").contains("chat/42"));
                }
            }
        }
    }

    @Test
    void aStreamThatIsMadeAnewIsAnotherOne() throws Exception {
        server.publish("42", "old", "older");
        String id = server.epoch("42") + "-2";
        server.chats.delete("42").await();
        server.publish("42", "new");
        String given = id.replaceFirst("-.*", "");
        try (RawClient client = server.open("/chat/42", "Last-Event-ID: " + id)) {
            assertEquals("""
                    event: gap
                    id: k3f9a2-0
                    data: {"after":"old-2","next":"k3f9a2-1","lost":null}

                    id: k3f9a2-1
                    data: new

                    """, normalized(client.blocks(2).replace(given, "old")));
        }
    }

    // ---- how it begins

    @Test
    void aCutReplayBeginsWithAGapBehindTheNodesName() throws Exception {
        restart(TemplateOptions.DEFAULT.withHistory(History.of(1, null, null)));
        server.end("42", "1", "2", "3");
        try (RawClient client = server.open("/chat/42?replay=all&node")) {
            assertEquals("""
                    event: sluice-node
                    data: {"name":"node-1"}

                    event: gap
                    id: k3f9a2-2
                    data: {"after":null,"next":"k3f9a2-3","lost":2}

                    id: k3f9a2-3
                    data: 3

                    id: k3f9a2-3
                    """ + END, normalized(client.rest()));
        }
        try (RawClient client = server.open("/chat/42?since=1h")) {
            assertTrue(normalized(client.blocks(1)).startsWith("event: gap\nid: k3f9a2-2\ndata: {\"after\":null,"));
        }
    }

    @Test
    void theNewestOfEachTopicIsKeptBeyondTheHistory() throws Exception {
        restart(TemplateOptions.DEFAULT.withHistory(History.of(1, null, null, 10)));
        server.chats.publish("42", new NewEvent("a", null, "1")).await();
        server.chats.publish("42", new NewEvent("b", null, "2")).await();
        server.publish("42", "3");
        try (RawClient client = server.open("/chat/42?replay=snapshot")) {
            assertEquals(
                    "id: k3f9a2-1\ndata: 1\n\nid: k3f9a2-2\ndata: 2\n\nid: k3f9a2-3\ndata: 3\n\n",
                    normalized(client.blocks(3)));
        }
        try (RawClient client = server.open("/chat/43?since=10m")) {
            assertEquals("id: none-0\n\n", client.blocks(1));
        }
    }

    // ---- counting

    @Test
    void headNeedsNoSubscription() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send("HEAD /chat/42 HTTP/1.1");
            assertTrue(client.head().startsWith("HTTP/1.1 200 OK\nContent-Type: text/event-stream\n"));
        }
        assertTrue(server.chats.list(null, 10).await().isEmpty());
    }

    @Test
    void headTellsHowFarAStreamReachesAndWhetherItHasEnded() throws Exception {
        assertEquals("Sluice-Last-Id: none-0\n", head("42"));
        server.publish("42", "1", "2");
        assertEquals("Sluice-First-Id: k3f9a2-1\nSluice-Last-Id: k3f9a2-2\n", head("42"));
        server.end("42", "3");
        assertEquals("Sluice-First-Id: k3f9a2-1\nSluice-Last-Id: k3f9a2-3\nSluice-Ended: true\n", head("42"));
    }

    private String head(String stream) throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send("HEAD /chat/" + stream + " HTTP/1.1");
            return normalized(client.head().replaceFirst("(?s)^.*?(?=Sluice-)", ""))
                    .replaceFirst("\n\n$", "\n");
        }
    }

    @Test
    void theSubscribersOfAStreamAreCountedAndTold() throws Exception {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        server.chats.addListener(new StreamListener() {
            @Override
            public void subscribers(String stream, int now) {
                told.add(stream + " " + now);
            }
        });
        try (RawClient one = server.open("/chat/42");
                RawClient two = server.open("/chat/42")) {
            one.blocks(1);
            two.blocks(1);
            assertEquals(2, server.chats.subscribers("42"));
        }
        Await.await("both have left", () -> server.chats.subscribers("42") == 0 && told.size() == 4);
        assertEquals(List.of("chat/42 1", "chat/42 2", "chat/42 1", "chat/42 0"), List.copyOf(told));
    }

    @Test
    void aTypeOfTheServersOwnIsRefusedByEachStream() {
        assertFalse(server.chats
                .publish("42", new NewEvent("chat", "close", "x"))
                .transform(done -> Future.succeededFuture(done.succeeded()))
                .await());
    }

    private static String normalized(String text) {
        return text.replaceAll("\\b(?!none-|old-)[a-z][a-z0-9]{7}-(?=\\d)", "k3f9a2-")
                .replaceAll("retry: \\d+", "retry: N");
    }
}
