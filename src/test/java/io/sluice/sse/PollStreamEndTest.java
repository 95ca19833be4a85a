package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.auth.Rights;
import io.sluice.stream.TemplateOptions;
import io.sluice.stream.TopicFilter;
import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Polls of streams by name: before the first event, at the end, and when they are deleted. */
@ExtendWith(VertxExtension.class)
class PollStreamEndTest {

    private final AtomicInteger waiting = new AtomicInteger();
    private TemplateServer server;

    @BeforeEach
    void start(Vertx vertx) {
        server = TemplateServer.start(
                vertx, TemplateOptions.DEFAULT, SseOptions.DEFAULT.withReplay(Replay.parse("all")));
        server.handler.listener(new SubscriptionListener() {
            @Override
            public void opened(Subscriber subscriber) {
                waiting.incrementAndGet();
            }
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aNameWithoutAStreamIsAnEmptyStreamThatCanBeWaitedFor() throws Exception {
        assertEquals("[] none-0 false", poll("?format=json"));
        try (RawClient client = waiting("?wait=20s&lastEventId=none-0")) {
            server.publish("42", "1", "2");
            assertEquals("[1, 2] k3f9a2-2 false", answer(client));
        }
        assertEquals("[1, 2] k3f9a2-2 false", poll("?lastEventId=none-0"));
    }

    @Test
    void theEndIsToldWhenAllIsGiven() throws Exception {
        server.publish("42", "1");
        server.end("42", "2", "3");
        assertEquals("[1, 2] k3f9a2-2 false", poll("?limit=2"));
        assertEquals("[3] k3f9a2-3 true", poll("?limit=1&lastEventId=" + id(2)));
        assertEquals("[1, 2, 3] k3f9a2-3 true", poll("?wait=20s&limit=3"));
    }

    /** An EventSource gets 204 then. */
    @Test
    void whoHasAllIsToldTheEndAgain() throws Exception {
        server.end("42", "1");
        assertEquals("[] k3f9a2-1 true", poll("?wait=20s&lastEventId=" + id(1)));
        assertEquals("[] k3f9a2-1 true", poll("?wait=20s&topic=other"));
    }

    @Test
    void aPollThatWaitsIsToldTheEnd() throws Exception {
        server.publish("42", "1");
        try (RawClient client = waiting("?wait=20s&lastEventId=" + id(1))) {
            server.end("42");
            assertEquals("[] k3f9a2-1 true", answer(client));
        }
        server.publish("43", "1");
        try (RawClient client = waiting("?wait=20s&replay=none", "/chat/43")) {
            server.end("43", "2");
            JsonObject answer = json(client);
            assertEquals(1, answer.getJsonArray("events").size());
            assertEquals("chat/43", answer.getString("stream"));
        }
    }

    @Test
    void aStreamThatIsDeletedMeanwhileIsNotFound() throws Exception {
        server.publish("42", "1");
        try (RawClient client = waiting("?wait=20s&lastEventId=" + id(1))) {
            server.chats.delete("42").await();
            String head = client.head();
            assertTrue(head.startsWith("HTTP/1.1 404 ") && head.contains("application/problem+json"), head);
            assertEquals(404, new JsonObject(client.rest()).getInteger("status"));
            client.send("GET /chat/42?format=json HTTP/1.1");
            assertTrue(client.head().startsWith("HTTP/1.1 404 "));
        }
    }

    @Test
    void aLimitedReaderIsToldTheEndWithoutThePositionOfAnother() throws Exception {
        server.handler.authorize(
                routing -> Future.succeededFuture(Rights.of(TopicFilter.of(List.of("mine")), TopicFilter.NONE)));
        server.end("42", "1");
        assertEquals("[] end-0 true", poll("?wait=20s"));
        assertEquals("[] end-0 true", poll("?wait=20s&lastEventId=end-0"));
    }

    private String id(int n) {
        return server.epoch("42") + "-" + n;
    }

    private RawClient waiting(String query) throws Exception {
        return waiting(query, "/chat/42");
    }

    private RawClient waiting(String query, String path) throws Exception {
        int before = waiting.get();
        RawClient client = RawClient.get(server.port(), path + query, "Accept: application/json");
        Await.await("it waits", () -> waiting.get() > before);
        return client;
    }

    private String poll(String query) throws Exception {
        try (RawClient client = RawClient.get(server.port(), "/chat/42" + query, "Accept: application/json")) {
            return answer(client);
        }
    }

    /** The data of the events, the last id, and whether it is the end. */
    private String answer(RawClient client) throws IOException {
        JsonObject answer = json(client);
        List<String> data = answer.getJsonArray("events").stream()
                .map(event -> ((JsonObject) event).getString("data"))
                .toList();
        String last = answer.getString("last").replaceFirst("^[a-z0-9]{8,}-", "k3f9a2-");
        return data + " " + last + " " + answer.getBoolean("ended");
    }

    private static JsonObject json(RawClient client) throws IOException {
        String head = client.head();
        assertTrue(head.startsWith("HTTP/1.1 200 OK\n"), head);
        return new JsonObject(client.rest());
    }
}
