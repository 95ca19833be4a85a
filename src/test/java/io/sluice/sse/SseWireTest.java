package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Bytes;
import io.sluice.log.History;
import io.sluice.log.NewEvent;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes on the wire. Epochs are shown as k3f9a2, waits as N. */
@ExtendWith(VertxExtension.class)
class SseWireTest {

    private static final Settings ENDLESS = Settings.DEFAULT.withLifetime(Duration.ZERO);
    private static final Settings BRIEF = Settings.DEFAULT.withLifetime(Duration.ofMillis(300));

    private Vertx vertx;
    private SseServer server;

    @BeforeEach
    void start(Vertx vertx) {
        this.vertx = vertx;
        this.server = SseServer.start(vertx, ENDLESS);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void restart(Settings options) {
        server.close();
        server = SseServer.start(vertx, options);
    }

    // ---- head, first event, position

    @Test
    void theHeadIsThatOfAnEventStream() throws Exception {
        try (RawClient client = get("/events")) {
            assertEquals("""
                    HTTP/1.1 200 OK
                    Content-Type: text/event-stream
                    Cache-Control: no-cache, no-transform
                    X-Accel-Buffering: no
                    transfer-encoding: chunked
                    Connection: keep-alive

                    """, client.head());
        }
    }

    @Test
    void theNewestEventComesAtOnceAndThenTheLiveOnes() throws Exception {
        server.publish("ticks", "1", "2");
        try (RawClient client = open("/events")) {
            assertEquals("""
                    id: k3f9a2-2
                    data: 2

                    """, blocks(client, 1));
            server.publish("ticks", "3");
            assertEquals("""
                    id: k3f9a2-3
                    data: 3

                    """, blocks(client, 1));
        }
    }

    @Test
    void withoutAnEventThePositionComesAtOnce() throws Exception {
        try (RawClient client = open("/events")) {
            assertEquals("id: k3f9a2-0\n\n", blocks(client, 1));
            server.publish("ticks", "1");
            assertEquals("id: k3f9a2-1\ndata: 1\n\n", blocks(client, 1));
        }
    }

    @Test
    void dataOfSeveralLinesTypesAndUnicodeArriveWhole() throws Exception {
        try (RawClient client = open("/events")) {
            blocks(client, 1);
            server.publish(List.of(
                    new NewEvent("ticks", "größe", "a\r\nb\rc\n"),
                    new NewEvent("ticks", null, ""),
                    new NewEvent("ticks", null, "{\"text\":\"Grüße 😀\"}")));
            assertEquals("""
                    id: k3f9a2-1
                    event: größe
                    data: a
                    data: b
                    data: c
                    data:\s

                    id: k3f9a2-2
                    data:\s

                    id: k3f9a2-3
                    data: {"text":"Grüße 😀"}

                    """, blocks(client, 3));
        }
    }

    // ---- replay

    @ParameterizedTest
    @CsvSource({
        "/events, 5",
        "/events?replay=last, 5",
        "/events?replay=none, pos5",
        "/events?replay=all, 1 2 3 4 5",
        "/events?replay=2, 4 5",
        "/events?replay=99, 1 2 3 4 5",
        "/events?replay=0, pos5",
        "/events?replay=snapshot, 3 4 5",
        "/events?topic=a, 4",
        "/events?topic=b&replay=all, 2 3",
        "/events?topic=a&replay=2, 1 4",
        "/events?topic=b&replay=1, 3",
        "/events?topic=a&topic=b&replay=snapshot, 3 4",
        "/events?topic=*&replay=all, 1 2 3 4",
        "/events?topic=c.>&replay=all, 5",
        "/events?topic=z, pos5",
        "/events?topic=z&replay=all, pos5",
    })
    void replayGivesWhatPassesTheFilterOldestFirst(String target, String expected) throws Exception {
        server.publish("a", "1");
        server.publish("b", "2", "3");
        server.publish("a", "4");
        server.publish("c.d", "5");
        try (RawClient client = open(target)) {
            StringBuilder blocks = new StringBuilder();
            List<String> numbers = List.of(expected.split(" ", -1));
            for (String n : numbers) {
                String number = n.replace("pos", "");
                blocks.append("id: k3f9a2-").append(number);
                blocks.append(n.startsWith("pos") ? "" : "\ndata: " + number).append("\n\n");
            }
            assertEquals(blocks.toString(), blocks(client, numbers.size()));
            server.publish(target.contains("topic=b") ? "b" : target.contains("topic=c") ? "c.x" : "a", "6");
            String live = target.contains("topic=z") ? "" : "id: k3f9a2-6\ndata: 6\n\n";
            assertEquals(live, live.isEmpty() ? "" : blocks(client, 1));
        }
    }

    @Test
    void sinceATimeItGetsTheEventsFromThenOn() throws Exception {
        server.publish("a", "1", "2");
        Thread.sleep(2);
        Instant between = Instant.now();
        server.publish("a", "3");
        server.publish("b", "4");
        try (RawClient client = open("/events?since=" + between)) {
            assertEquals("id: k3f9a2-3\ndata: 3\n\nid: k3f9a2-4\ndata: 4\n\n", blocks(client, 2));
            server.publish("b", "5");
            assertEquals("id: k3f9a2-5\ndata: 5\n\n", blocks(client, 1));
        }
        try (RawClient client = open("/events?topic=a&since=1h")) {
            assertTrue(blocks(client, 3).startsWith("id: k3f9a2-1\ndata: 1\n\n"));
        }
        try (RawClient client = open("/events?since=2999-01-01T00:00:00Z")) {
            assertEquals("id: k3f9a2-5\n\n", blocks(client, 1), "a time to come is now");
        }
        try (RawClient client = open("/events?since=" + between + "&lastEventId=" + server.epoch() + "-4")) {
            assertEquals("id: k3f9a2-5\ndata: 5\n\n", blocks(client, 1), "the id wins");
        }
    }

    @Test
    void theStreamsOwnReplayHoldsWhereNothingIsAsked() throws Exception {
        restart(ENDLESS.withReplay(Replay.parse("all")));
        server.publish("a", "1", "2");
        try (RawClient client = open("/events")) {
            assertEquals("id: k3f9a2-1\ndata: 1\n\nid: k3f9a2-2\ndata: 2\n\n", blocks(client, 2));
        }
    }

    // ---- resume and gap

    @Test
    void aClientGoesOnRightAfterItsLastEvent() throws Exception {
        server.publish("a", "1", "2", "3");
        try (RawClient client = open("/events", "Last-Event-ID: " + server.epoch() + "-1")) {
            assertEquals("id: k3f9a2-2\ndata: 2\n\nid: k3f9a2-3\ndata: 3\n\n", blocks(client, 2));
        }
        try (RawClient client = open("/events?lastEventId=" + server.epoch() + "-2")) {
            assertEquals("id: k3f9a2-3\ndata: 3\n\n", blocks(client, 1));
        }
    }

    @Test
    void theHeaderIsNewerThanTheQuery() throws Exception {
        server.publish("a", "1", "2", "3");
        String target = "/events?replay=all&lastEventId=" + server.epoch() + "-1";
        try (RawClient client = open(target, "Last-Event-ID: " + server.epoch() + "-2")) {
            assertEquals("id: k3f9a2-3\ndata: 3\n\n", blocks(client, 1));
        }
    }

    @Test
    void aClientThatHasEverythingIsToldItsPosition() throws Exception {
        server.publish("a", "1");
        try (RawClient client = open("/events", "Last-Event-ID: " + server.epoch() + "-1")) {
            assertEquals("id: k3f9a2-1\n\n", blocks(client, 1));
        }
    }

    @Test
    void aClientThatSawTheEmptyLogGetsEverything() throws Exception {
        server.publish("a", "1", "2");
        try (RawClient client = open("/events", "Last-Event-ID: " + server.epoch() + "-0")) {
            assertEquals("id: k3f9a2-1\ndata: 1\n\nid: k3f9a2-2\ndata: 2\n\n", blocks(client, 2));
        }
    }

    @ParameterizedTest
    @CsvSource({"/events?replay=all, 3", "/events?replay=all&topic=a, null"})
    void aReplayOfAllThatIsCutSaysWhatIsMissing(String target, String lost) throws Exception {
        restart(ENDLESS.withHistory(History.of(2, null, null)));
        server.publish("a", "1", "2", "3", "4", "5");
        try (RawClient client = open(target)) {
            assertEquals("""
                    event: gap
                    id: k3f9a2-3
                    data: {"after":null,"next":"k3f9a2-4","lost":%s}

                    id: k3f9a2-4
                    data: 4

                    id: k3f9a2-5
                    data: 5

                    """.formatted(lost), blocks(client, 3));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"last", "none", "2", "1000"})
    void aReplayThatAsksForNoMoreThanItGetsIsNotCut(String replay) throws Exception {
        restart(ENDLESS.withHistory(History.of(2, null, null)));
        server.publish("a", "1", "2", "3", "4", "5");
        try (RawClient client = open("/events?replay=" + replay)) {
            assertTrue(blocks(client, 1).startsWith("id: k3f9a2-"));
        }
    }

    @Test
    void lostEventsAreCountedExactly() throws Exception {
        restart(ENDLESS.withHistory(History.of(2, null, null)));
        server.publish("a", "1", "2", "3", "4", "5");
        try (RawClient client = open("/events", "Last-Event-ID: " + server.epoch() + "-1")) {
            assertEquals("""
                    event: gap
                    id: k3f9a2-3
                    data: {"after":"k3f9a2-1","next":"k3f9a2-4","lost":2}

                    id: k3f9a2-4
                    data: 4

                    id: k3f9a2-5
                    data: 5

                    """, blocks(client, 3));
        }
    }

    @Test
    void justBeforeTheOldestKeptEventNothingIsLost() throws Exception {
        restart(ENDLESS.withHistory(History.of(2, null, null)));
        server.publish("a", "1", "2", "3");
        try (RawClient client = open("/events", "Last-Event-ID: " + server.epoch() + "-1")) {
            assertEquals("id: k3f9a2-2\ndata: 2\n\nid: k3f9a2-3\ndata: 3\n\n", blocks(client, 2));
        }
    }

    @Test
    void theLossOfAFilteredClientIsUnknown() throws Exception {
        restart(ENDLESS.withHistory(History.of(2, null, null)));
        server.publish("a", "1", "2", "3", "4");
        try (RawClient client = open("/events?topic=a", "Last-Event-ID: " + server.epoch() + "-1")) {
            assertEquals("""
                    event: gap
                    id: k3f9a2-2
                    data: {"after":"k3f9a2-1","next":"k3f9a2-3","lost":null}

                    """, blocks(client, 1));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "another-1, \"another-1\"",
        "EPOCH-99, \"EPOCH-99\"",
        "nonsense, \"nonsense\"",
        "a b, null",
        "<script>, \"<script>\"",
        "ü, null"
    })
    void anUnknownIdIsNoErrorButAGap(String id, String after) throws Exception {
        server.publish("a", "1");
        String given = id.replace("EPOCH", server.epoch());
        try (RawClient client = open("/events", "Last-Event-ID: " + given)) {
            assertEquals("""
                    event: gap
                    id: k3f9a2-0
                    data: {"after":%s,"next":"k3f9a2-1","lost":null}

                    id: k3f9a2-1
                    data: 1

                    """.formatted(after.replace("EPOCH", "k3f9a2")), blocks(client, 2));
        }
    }

    @Test
    void anEmptyLogHasNoNextEvent() throws Exception {
        try (RawClient client = open("/events", "Last-Event-ID: other-7")) {
            assertEquals("""
                    event: gap
                    id: k3f9a2-0
                    data: {"after":"other-7","next":null,"lost":null}

                    """, blocks(client, 1));
        }
    }

    // ---- the newest of each topic, beyond the history

    @Test
    void aSnapshotHasTheNewestOfEachTopicBeyondTheHistory() throws Exception {
        restart(ENDLESS.withHistory(History.of(2, null, null, 100)));
        server.publish("a", "1");
        server.publish("b", "2");
        server.publish("c", "3", "4");
        try (RawClient client = open("/events?replay=snapshot")) {
            assertEquals("""
                    id: k3f9a2-1
                    data: 1

                    id: k3f9a2-2
                    data: 2

                    id: k3f9a2-4
                    data: 4

                    """, blocks(client, 3));
            server.publish("b", "5");
            assertEquals("id: k3f9a2-5\ndata: 5\n\n", blocks(client, 1));
        }
        server.publish(List.of(new NewEvent("a", null, Bytes.of("gone"), true)));
        try (RawClient client = open("/events?replay=snapshot")) {
            assertEquals("id: k3f9a2-4\ndata: 4\n\nid: k3f9a2-5\ndata: 5\n\n", blocks(client, 2));
        }
        try (RawClient client = open("/events", "Last-Event-ID: " + server.epoch() + "-1")) {
            assertEquals("""
                    event: gap
                    id: k3f9a2-3
                    data: {"after":"k3f9a2-1","next":"k3f9a2-4","lost":2}

                    id: k3f9a2-4
                    data: 4

                    id: k3f9a2-5
                    data: 5

                    id: k3f9a2-6
                    data: gone

                    """, blocks(client, 4));
        }
    }

    @Test
    void aSnapshotThatLacksATopicSaysSo() throws Exception {
        restart(ENDLESS.withHistory(History.of(2, null, null)));
        server.publish("a", "1");
        server.publish("b", "2", "3");
        try (RawClient client = open("/events?replay=snapshot")) {
            assertEquals("""
                    event: gap
                    id: k3f9a2-1
                    data: {"after":null,"next":"k3f9a2-2","lost":null}

                    id: k3f9a2-3
                    data: 3

                    """, blocks(client, 2));
        }
        try (RawClient client = open("/events?replay=all&control=off")) {
            assertEquals("id: k3f9a2-1\n\nid: k3f9a2-2\ndata: 2\n\n", blocks(client, 2));
        }
    }

    @Test
    void aTimeFromWhichOnEventsAreGoneBeginsWithAGap() throws Exception {
        restart(ENDLESS.withHistory(History.of(1, null, null)));
        server.publish("a", "1");
        Thread.sleep(2);
        Instant between = Instant.now();
        server.publish("a", "2", "3");
        try (RawClient client = open("/events?since=" + between)) {
            assertEquals("""
                    event: gap
                    id: k3f9a2-2
                    data: {"after":null,"next":"k3f9a2-3","lost":null}

                    id: k3f9a2-3
                    data: 3

                    """, blocks(client, 2));
        }
    }

    // ---- topics

    @Test
    void liveEventsPassTheFilterOrDoNot() throws Exception {
        try (RawClient exact = open("/events?topic=a&topic=b");
                RawClient wild = open("/events?topic=p.*&topic=a");
                RawClient all = open("/events")) {
            for (RawClient client : List.of(exact, wild, all)) {
                blocks(client, 1);
            }
            server.publish("a", "1");
            server.publish("c", "2");
            server.publish("p.q", "3");
            server.publish("b", "4");
            assertEquals("id: k3f9a2-1\ndata: 1\n\nid: k3f9a2-4\ndata: 4\n\n", blocks(exact, 2));
            assertEquals("id: k3f9a2-1\ndata: 1\n\nid: k3f9a2-3\ndata: 3\n\n", blocks(wild, 2));
            assertTrue(blocks(all, 4).endsWith("id: k3f9a2-4\ndata: 4\n\n"));
        }
    }

    // ---- lifetime, heartbeat, ends

    @Test
    void aSubscriptionEndsWithItsPositionAWaitAndTheCloseEvent() throws Exception {
        restart(BRIEF);
        server.publish("a", "1");
        try (RawClient client = open("/events")) {
            assertEquals("""
                    id: k3f9a2-1
                    data: 1

                    id: k3f9a2-1
                    retry: N
                    event: close
                    data: {}

                    """, normalized(client.rest()));
        }
    }

    @Test
    void theEndCarriesThePositionOfAFilteredClient() throws Exception {
        restart(BRIEF);
        try (RawClient client = open("/events?topic=a")) {
            blocks(client, 1);
            server.publish("b", "1", "2");
            assertEquals("id: k3f9a2-2\nretry: N\nevent: close\ndata: {}\n\n", normalized(client.rest()));
        }
    }

    @Test
    void theConnectionStaysUsableAfterTheEnd() throws Exception {
        restart(BRIEF);
        server.publish("a", "1");
        try (RawClient client = open("/events")) {
            client.rest();
            client.send("GET /events HTTP/1.1", "Last-Event-ID: " + server.epoch() + "-0");
            assertTrue(client.head().startsWith("HTTP/1.1 200 OK\n"));
            assertTrue(normalized(client.rest()).startsWith("id: k3f9a2-1\ndata: 1\n\n"));
        }
    }

    @Test
    void aPipelinedRequestWaitsForTheEnd() throws Exception {
        restart(BRIEF);
        server.publish("a", "1");
        try (RawClient client = new RawClient(server.port())) {
            client.send("GET /events HTTP/1.1");
            client.send("HEAD /events HTTP/1.1");
            client.head();
            assertTrue(client.rest().endsWith("event: close\ndata: {}\n\n"));
            assertTrue(client.head().startsWith("HTTP/1.1 200 OK\n"));
        }
    }

    @Test
    void aRequestThatClosesItsConnectionHasItClosed() throws Exception {
        restart(BRIEF);
        try (RawClient client = RawClient.get(server.port(), "/events", "Connection: close")) {
            assertTrue(client.head().contains("\nconnection: close\n"));
            client.rest();
            assertTrue(client.isClosedByServer());
        }
    }

    @Test
    void eachClientIsAskedToWaitForATimeOfItsOwn() throws Exception {
        restart(Settings.DEFAULT.withLifetime(Duration.ofMillis(100)).withRetry(Duration.ofMillis(2000)));
        Set<Integer> waits = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            try (RawClient client = open("/events")) {
                Matcher retry = Pattern.compile("retry: (\\d+)\n").matcher(client.rest());
                assertTrue(retry.find());
                waits.add(Integer.parseInt(retry.group(1)));
            }
        }
        assertTrue(waits.size() > 5, "not all the same: " + waits);
        assertTrue(waits.stream().allMatch(wait -> wait >= 2000 && wait <= 3000), waits.toString());
    }

    @Test
    void silenceIsBrokenByAComment() throws Exception {
        restart(ENDLESS.withHeartbeat(Duration.ofMillis(200)));
        try (RawClient client = open("/events")) {
            assertEquals("id: k3f9a2-0\n\n:\n\n:\n\n", blocks(client, 3));
        }
    }

    @Test
    void aHeartbeatCarriesThePositionWhereItMoved() throws Exception {
        restart(ENDLESS.withHeartbeat(Duration.ofMillis(200)));
        try (RawClient client = open("/events?topic=a")) {
            blocks(client, 1);
            server.publish("b", "1");
            String heartbeat = blocks(client, 1);
            // A heartbeat may have been due before.
            while (heartbeat.equals(":\n\n")) {
                heartbeat = blocks(client, 1);
            }
            assertEquals(":\nid: k3f9a2-1\n\n", heartbeat);
            assertEquals(":\n\n", blocks(client, 1));
        }
    }

    @Test
    void drainTellsEverybodyAndRefusesNewcomersInTheSameWay() throws Exception {
        server.publish("a", "1");
        try (RawClient client = open("/events")) {
            blocks(client, 1);
            server.handler.close(Duration.ZERO).await();
            assertEquals(
                    "id: k3f9a2-1\nretry: N\nevent: close\ndata: {\"reason\":\"drain\"}\n\n",
                    normalized(client.rest()));
        }
        try (RawClient client = open("/events")) {
            assertEquals("retry: N\nevent: close\ndata: {\"reason\":\"drain\"}\n\n", normalized(client.rest()));
        }
    }

    // ---- other requests, other protocols

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/events?topic=a..%3E.b", "/events?topic=pri*", "/events?topic=", "/events?topic=a%0db",
                "/events?topic=a%00", "/events?replay=some", "/events?replay=-1", "/events?replay="
            })
    void aBadQueryIs400(String target) throws Exception {
        try (RawClient client = RawClient.get(server.port(), target)) {
            assertTrue(client.head().startsWith("HTTP/1.1 400 "));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/html | 406",
                "application/xml, text/plain | 406",
                "text/event-stream;q=0 | 406",
                "text/event-stream | 200",
                "*/* | 200",
                "text/* | 200",
                "text/html, */*;q=0.1 | 200",
                "TEXT/Event-Stream | 200",
            })
    void theAcceptHeaderHasToAllowAnEventStream(String accept, int status) throws Exception {
        try (RawClient client = RawClient.get(server.port(), "/events", "Accept: " + accept)) {
            assertTrue(client.head().startsWith("HTTP/1.1 " + status + " "));
        }
    }

    @Test
    void headHasTheHeadAndNoBody() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send("HEAD /events HTTP/1.1");
            assertEquals("""
                    HTTP/1.1 200 OK
                    Content-Type: text/event-stream
                    Cache-Control: no-cache, no-transform
                    X-Accel-Buffering: no
                    Connection: keep-alive
                    Sluice-Last-Id: k3f9a2-0

                    """, normalized(client.head()));
            server.publish("a", "1", "2");
            // No byte of a body lies between.
            client.send("HEAD /events?topic=b HTTP/1.1");
            String head = normalized(client.head());
            assertTrue(head.startsWith("HTTP/1.1 200 OK\n"));
            assertTrue(head.endsWith("\nSluice-First-Id: k3f9a2-1\nSluice-Last-Id: k3f9a2-2\n\n"), head);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Accept: */*", "Connection: keep-alive"})
    void http10IsNotChunkedAndEndsWithTheConnection(String header) throws Exception {
        restart(BRIEF);
        server.publish("a", "1");
        try (RawClient client = new RawClient(server.port())) {
            client.send("GET /events HTTP/1.0", header);
            assertEquals("""
                    HTTP/1.0 200 OK
                    Content-Type: text/event-stream
                    Cache-Control: no-cache, no-transform
                    X-Accel-Buffering: no
                    Connection: close

                    """, client.head());
            assertEquals("""
                    id: k3f9a2-1
                    data: 1

                    id: k3f9a2-1
                    retry: N
                    event: close
                    data: {}

                    """, normalized(client.rest()));
        }
    }

    private RawClient get(String target, String... headers) throws IOException {
        return RawClient.get(server.port(), target, headers);
    }

    private RawClient open(String target, String... headers) throws IOException {
        RawClient client = get(target, headers);
        client.head();
        return client;
    }

    private String blocks(RawClient client, int count) throws IOException {
        return normalized(client.blocks(count));
    }

    private String normalized(String text) {
        return text.replace(server.epoch(), "k3f9a2").replaceAll("retry: \\d+", "retry: N");
    }
}
