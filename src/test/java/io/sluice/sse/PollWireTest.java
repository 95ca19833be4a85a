package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.auth.Rights;
import io.sluice.log.History;
import io.sluice.log.NewEvent;
import io.sluice.stream.CloseReason;
import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a poll gets on the wire. Epochs are shown as k3f9a2, times as T. */
@ExtendWith(VertxExtension.class)
class PollWireTest {

    private static final Settings ENDLESS =
            Settings.DEFAULT.withLifetime(Duration.ZERO).withReplay(Replay.parse("all"));
    private static final String JSON = "Accept: application/json";

    private final SubscriptionLimits limits = SubscriptionLimits.of(0, 0);
    private Vertx vertx;
    private SseServer server;

    @BeforeEach
    void start(Vertx vertx) {
        this.vertx = vertx;
        start(ENDLESS, limits);
    }

    private void start(Settings settings, SubscriptionLimits within) {
        server = SseServer.start(vertx, settings, 1, within, Duration.ofMinutes(1));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void restart(Settings settings) {
        server.close();
        start(settings, limits);
    }

    // ---- the answer

    @Test
    void aPollIsAnsweredWithWhatThereIs() throws Exception {
        server.publish(
                List.of(new NewEvent("chat", null, "{\"token\":\"Hi\"}"), new NewEvent("a.b", "größe", "1\r\n2")));
        try (RawClient client = RawClient.get(server.port(), "/events", JSON)) {
            String head = client.head();
            String body = client.rest();
            assertEquals("""
                    HTTP/1.1 200 OK
                    Content-Type: application/json
                    Cache-Control: no-cache, no-transform
                    X-Content-Type-Options: nosniff
                    vary: accept
                    content-length: N

                    """, head.replaceAll("\\d+\n\n", "N\n\n"));
            assertEquals(
                    "{\"stream\":\"events\",\"events\":["
                            + "{\"id\":\"k3f9a2-1\",\"time\":\"T\",\"topic\":\"chat\",\"type\":null,\"data\":\"{\\\"token\\\":\\\"Hi\\\"}\"},"
                            + "{\"id\":\"k3f9a2-2\",\"time\":\"T\",\"topic\":\"a.b\",\"type\":\"größe\",\"data\":\"1\\n2\"}],"
                            + "\"last\":\"k3f9a2-2\",\"gap\":null,\"ended\":false}",
                    normalized(body));
        }
    }

    @Test
    void theQueryDecidesWithoutAccept() throws Exception {
        try (RawClient client = RawClient.get(server.port(), "/events?format=json", "Accept: text/event-stream")) {
            String head = client.head();
            assertTrue(head.contains("Content-Type: application/json\n") && !head.contains("vary"), head);
            assertEquals(answer("", 0), normalized(client.rest()));
        }
    }

    @Test
    void headTellsTheTypeAndWaitsForNothing() throws Exception {
        server.publish("a", "1");
        try (RawClient client = new RawClient(server.port())) {
            client.send("HEAD /events HTTP/1.1", JSON);
            String head = client.head();
            assertTrue(head.startsWith("HTTP/1.1 200 OK\nContent-Type: application/json\n"), head);
            assertTrue(head.contains("Sluice-Last-Id: " + server.epoch() + "-1\n"), head);
            assertEquals(answer("1", 1), poll(client, "/events"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "replay=last, 5, 5",
        "replay=none, '', 5",
        "replay=2, 4 5, 5",
        "replay=snapshot, 3 4 5, 5",
        "topic=b, 2 3, 5",
        "topic=z, '', 5",
        "limit=2, 1 2, 2",
        "topic=b&limit=1, 2, 2",
        "topic=c.>&limit=1, 5, 5",
        "since=1h&limit=4, 1 2 3 4, 4",
        "since=2100-01-01T00:00:00Z, '', 5",
        "lastEventId=ID-3, 4 5, 5",
        "lastEventId=ID-3&limit=1, 4, 4",
        "lastEventId=ID-3&since=0s, 4 5, 5",
        "lastEventId=ID-3&topic=z, '', 5",
        "lastEventId=ID-5, '', 5",
        "lastEventId=&replay=2, 4 5, 5",
    })
    void aPollBeginsAsAStreamDoes(String query, String numbers, long last) throws Exception {
        server.publish("a", "1");
        server.publish("b", "2", "3");
        server.publish("a", "4");
        server.publish("c.d", "5");
        assertEquals(answer(numbers, last), poll("/events?" + query.replace("ID", server.epoch())));
    }

    @Test
    void whatIsMissingIsToldBeforeTheEventsThatFollow() throws Exception {
        restart(ENDLESS.withHistory(History.of(2, null, null)));
        server.publish("a", "1", "2", "3", "4", "5");
        assertEquals(
                answer("4 5", 5, "{\"after\":\"k3f9a2-1\",\"next\":\"k3f9a2-4\",\"lost\":2}"),
                poll("/events?lastEventId=" + server.epoch() + "-1"));
        assertEquals(
                answer("4", 4, "{\"after\":\"elsewhere-1\",\"next\":\"k3f9a2-4\",\"lost\":null}"),
                poll("/events?limit=1&lastEventId=elsewhere-1"));
        assertEquals(answer("4 5", 5, "{\"after\":null,\"next\":\"k3f9a2-4\",\"lost\":3}"), poll("/events?replay=all"));
        assertEquals(
                answer("", 5, "{\"after\":\"k3f9a2-1\",\"next\":\"k3f9a2-4\",\"lost\":null}"),
                poll("/events?wait=20s&topic=z&lastEventId=" + server.epoch() + "-1"));
    }

    @Test
    void anAnswerHasOneMegabyteOfEventsButAlwaysOne() throws Exception {
        server.publish("a", "x".repeat(600_000), "y".repeat(448_000), "z".repeat(1_000), "w".repeat(2_000_000), "v");
        JsonObject first = json(poll("/events"));
        assertEquals(2, first.getJsonArray("events").size());
        assertEquals("k3f9a2-2", first.getString("last"));
        JsonObject second = json(poll("/events?lastEventId=" + server.epoch() + "-2"));
        assertEquals(1, second.getJsonArray("events").size());
        JsonObject third = json(poll("/events?lastEventId=" + server.epoch() + "-3"));
        assertEquals(
                2_000_000,
                third.getJsonArray("events").getJsonObject(0).getString("data").length());
        assertEquals("k3f9a2-4", third.getString("last"));
        assertEquals(
                "k3f9a2-5",
                json(poll("/events?lastEventId=" + server.epoch() + "-4")).getString("last"));
    }

    @ParameterizedTest
    @CsvSource({
        "format=json&frame=plain, frame",
        "format=json&rate=1, rate",
        "format=json&control=off, control",
        "format=json&node, node",
        "format=json&limit=0, limit",
        "format=json&limit=10001, limit",
        "format=json&wait=61s, wait",
        "format=json&wait=-1s, wait",
        "format=xml, format",
        "wait=1s, wait",
        "limit=1, limit",
        "format=sse&limit=1, limit",
    })
    void whatDoesNotGoTogetherIsRefused(String query, String parameter) throws Exception {
        try (RawClient client = RawClient.get(server.port(), "/events?" + query)) {
            String head = client.head();
            assertTrue(head.startsWith("HTTP/1.1 400 ") && head.contains("application/problem+json"), head);
            String body = client.rest();
            assertTrue(body.contains(parameter), body);
        }
    }

    // ---- waiting

    @Test
    void aPollThatWaitsIsAnsweredWithTheFirstEventThatPasses() throws Exception {
        server.publish("a", "1");
        try (RawClient client = RawClient.get(server.port(), "/events?wait=20s&topic=b&replay=none", JSON)) {
            awaitHeld(1);
            server.publish("a", "2", "3");
            server.publish("b", "4");
            client.head();
            assertEquals(answer("4", 4), normalized(client.rest()));
        }
    }

    @Test
    void aPollThatWaitedInVainGoesOnAtTheHead() throws Exception {
        server.publish("a", "1");
        long before = System.nanoTime();
        try (RawClient client = RawClient.get(server.port(), "/events?wait=300ms&topic=b", JSON)) {
            awaitHeld(1);
            server.publish("a", "2");
            client.head();
            assertEquals(answer("", 2), normalized(client.rest()));
        }
        long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
        assertTrue(waited >= 300 && waited < 3000, waited + " ms");
        Await.await("it is gone", () -> limits.held() == 0);
    }

    @Test
    void theNextPollsComeOnTheSameConnection() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            String last = server.epoch() + "-0";
            for (int n = 1; n <= 5; n++) {
                client.send("GET /events?wait=20s&lastEventId=" + last + " HTTP/1.1", JSON);
                awaitHeld(1);
                server.publish("a", Integer.toString(n));
                client.head();
                last = new JsonObject(client.rest()).getString("last");
                assertEquals(server.epoch() + "-" + n, last);
            }
        }
    }

    @Test
    void pipelinedPollsAreAnsweredOneAfterTheOther() throws Exception {
        server.publish("a", "1", "2", "3");
        try (RawClient client = new RawClient(server.port())) {
            client.pipeline(
                    "GET /events?format=json&limit=1 HTTP/1.1",
                    "GET /events?format=json&wait=20s&replay=none HTTP/1.1",
                    "GET /events?format=json&replay=last HTTP/1.1");
            client.head();
            assertEquals(answer("1", 1), normalized(client.rest()));
            awaitHeld(1);
            server.publish("a", "4");
            client.head();
            assertEquals(answer("4", 4), normalized(client.rest()));
            client.head();
            assertEquals(answer("4", 4), normalized(client.rest()));
        }
    }

    @Test
    void http10IsAnsweredAndItsConnectionEnds() throws Exception {
        server.publish("a", "1");
        try (RawClient client = new RawClient(server.port())) {
            client.send(
                    "GET /events?wait=20s&lastEventId=" + server.epoch() + "-1 HTTP/1.0",
                    JSON,
                    "Connection: keep-alive");
            awaitHeld(1);
            server.publish("a", "2");
            String head = client.head();
            assertTrue(head.contains("Connection: close\n") && head.contains("content-length: "), head);
            assertEquals(answer("2", 2), normalized(client.rest()));
            assertTrue(client.isClosedByServer());
        }
    }

    @Test
    void aClientThatGoesWhileItWaitsLeavesNothing() throws Exception {
        RawClient client = RawClient.get(server.port(), "/events?wait=60s&replay=none", JSON);
        awaitHeld(1);
        client.close();
        awaitHeld(0);
    }

    // ---- its end for other reasons

    @Test
    void aDrainAnswersThoseThatWaitAndRefusesOthers() throws Exception {
        server.publish("a", "1");
        try (RawClient client =
                        RawClient.get(server.port(), "/events?wait=60s&lastEventId=" + server.epoch() + "-1", JSON);
                RawClient late = new RawClient(server.port())) {
            awaitHeld(1);
            server.handler.close().await();
            client.head();
            assertEquals(answer("", 1), normalized(client.rest()));
            late.send("GET /events HTTP/1.1", JSON);
            assertUnavailable(late);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"EXPIRED", "OVERLOAD"})
    void aPollThatIsRevokedIsAnsweredWithWhatThereIs(CloseReason reason) throws Exception {
        server.publish("a", "1");
        try (RawClient client = RawClient.get(server.port(), "/events?wait=60s&topic=b&replay=none", JSON)) {
            awaitHeld(1);
            assertEquals(1, server.handler.end(subscriber -> true, reason).await());
            client.head();
            assertEquals(answer("", 1), normalized(client.rest()));
        }
    }

    @Test
    void aPollEndsWithItsRightsAndTheNextOneIsRefused() throws Exception {
        server.publish("a", "1");
        Instant end = Instant.now().plusMillis(300);
        server.handler.authorize(routing -> Future.succeededFuture(Rights.ALL.until(end)));
        try (RawClient client = new RawClient(server.port())) {
            assertEquals(answer("", 1), poll(client, "/events?replay=none&wait=20s"));
            client.send("GET /events HTTP/1.1", JSON);
            String head = client.head();
            assertTrue(head.startsWith("HTTP/1.1 401 "), head);
            client.rest();
            client.send("GET /events HTTP/1.1");
            assertTrue(client.head().startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void aLogThatIsAwayIsToldByTheStatus() throws Exception {
        server.handler.authorize(routing -> Future.failedFuture(new HttpException(503, "away")));
        try (RawClient client = new RawClient(server.port())) {
            client.send("GET /events?format=json HTTP/1.1");
            assertUnavailable(client);
            client.send("GET /events HTTP/1.1");
            assertTrue(client.head().startsWith("HTTP/1.1 200 "));
            assertTrue(client.rest().contains("overload"));
        }
    }

    @Test
    void aNodeThatIsFullSaysSoByItsStatus() throws Exception {
        server.close();
        start(ENDLESS, SubscriptionLimits.of(0, 1));
        try (RawClient first = RawClient.get(server.port(), "/events?wait=20s", JSON)) {
            Await.await(
                    "it waits",
                    () -> server.handler.end(s -> false, CloseReason.DRAIN).isComplete());
            RawClient second = new RawClient(server.port());
            second.send("GET /events HTTP/1.1", JSON);
            assertUnavailable(second);
            second.send("GET /events HTTP/1.1", "Accept: text/event-stream");
            assertTrue(second.head().startsWith("HTTP/1.1 200 "));
            server.publish("a", "1");
            first.head();
            assertEquals(answer("1", 1), normalized(first.rest()));
            second.close();
        }
    }

    private static void assertUnavailable(RawClient client) throws IOException {
        String head = client.head();
        assertTrue(head.startsWith("HTTP/1.1 503 "), head);
        assertTrue(head.toLowerCase(Locale.ROOT).matches("(?s).*\nretry-after: [1-9]\\d*\n.*"), head);
        assertTrue(head.contains("application/problem+json"), head);
        assertEquals(503, new JsonObject(client.rest()).getInteger("status"));
    }

    @Test
    void anApplicationSeesAPollAsASubscription() throws Exception {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        server.handler.listener(new SubscriptionListener() {
            @Override
            public void opened(Subscriber subscriber) {
                told.add("opened");
            }

            @Override
            public void closed(Subscriber subscriber, CloseReason reason) {
                told.add("closed " + reason);
            }
        });
        poll("/events");
        assertEquals(List.of("opened", "closed ANSWERED"), List.copyOf(told));
    }

    // ---- a client

    private String poll(String target) throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            return poll(client, target);
        }
    }

    private String poll(RawClient client, String target) throws IOException {
        client.send("GET " + target + " HTTP/1.1", JSON);
        String head = client.head();
        assertTrue(head.startsWith("HTTP/1.1 200 OK\n"), head);
        return normalized(client.rest());
    }

    private static JsonObject json(String body) {
        return new JsonObject(body);
    }

    private static String answer(String numbers, long last) {
        return answer(numbers, last, "null");
    }

    /** Of events whose data are their numbers. */
    private static String answer(String numbers, long last, String gap) {
        StringBuilder events = new StringBuilder();
        for (String n : numbers.isEmpty() ? new String[0] : numbers.split(" ", -1)) {
            events.append(events.isEmpty() ? "" : ",")
                    .append("{\"id\":\"k3f9a2-" + n + "\",\"time\":\"T\",\"topic\":\"")
                    .append("x\",\"type\":null,\"data\":\"" + n + "\"}");
        }
        return "{\"stream\":\"events\",\"events\":[" + events + "],\"last\":\"k3f9a2-" + last + "\",\"gap\":" + gap
                + ",\"ended\":false}";
    }

    private String normalized(String body) {
        return body.replace(server.epoch(), "k3f9a2")
                .replaceAll("\"time\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\"", "\"time\":\"T\"")
                .replaceAll("\"topic\":\"(a|b|c\\.d)\"", "\"topic\":\"x\"");
    }

    private void awaitHeld(int count) throws Exception {
        Await.await(count + " wait", () -> limits.held() == count);
    }
}
