package io.sluice.node;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.EventId;
import io.sluice.testing.DocumentPage;
import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.process.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The sample relay, run from the real jar as the shipped configuration has it. */
@Timeout(120)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class AnswerRelayIT {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static NodeProcess node;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        JsonObject shipped = new JsonObject(Files.readString(Path.of("conf", "node.json")));
        node = NodeProcess.start("-conf", DocumentPage.onAnyPort(shipped, Path.of("webroot")))
                .awaitStart();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void allTokensComeOnceAndInOrderAcrossAReconnect() throws Exception {
        String url = node.url() + "/chat/whole";
        List<SseBlock> events = new ArrayList<>();
        try (Subscriber early = Subscriber.open(url)) {
            assertEquals(202, signal("whole", "ask", "Why?"));
            while (events.size() < 50) {
                keepEvent(events, Objects.requireNonNull(early.next()));
            }
        }
        EventId last = Objects.requireNonNull(events.get(events.size() - 1).position());
        try (Subscriber late = Subscriber.open(url, last)) {
            List<SseBlock> rest = late.rest();
            assertEquals("{\"reason\":\"end\"}", rest.remove(rest.size() - 1).data());
            rest.forEach(block -> keepEvent(events, block));
        }
        assertEquals("Why?", events.remove(0).data());
        SseBlock done = events.remove(events.size() - 1);
        assertEquals("done {\"reason\":\"complete\"}", done.event() + " " + done.data());
        assertEquals(200, events.size());
        assertEquals(Answer.TOKENS, events.stream().map(SseBlock::data).toList());
        assertEquals(
                LongStream.rangeClosed(2, 201).boxed().toList(),
                events.stream().map(SseBlock::n).toList());
    }

    @Test
    void theSignalStopsIt() throws Exception {
        try (Subscriber subscriber = Subscriber.open(node.url() + "/chat/stopped")) {
            assertEquals(202, signal("stopped", "ask", "Why?"));
            List<SseBlock> events = new ArrayList<>();
            while (events.size() < 10) {
                keepEvent(events, Objects.requireNonNull(subscriber.next()));
            }
            assertEquals(202, signal("stopped", "stop", ""));
            subscriber.rest().forEach(block -> keepEvent(events, block));
            assertEquals(
                    "{\"reason\":\"stopped\"}", events.get(events.size() - 2).data());
            String begun = events.stream()
                    .filter(SseBlock::isMessage)
                    .map(SseBlock::data)
                    .collect(joining());
            assertTrue(String.join("", Answer.TOKENS).startsWith(begun), begun);
            assertTrue(events.size() < 100, () -> events.size() + " events");
        }
    }

    @Test
    void nothingButASignalGetsInFromOutside() throws Exception {
        assertEquals(405, post("/chat/forged", "not from the relay"));
        assertEquals(405, post("/chat/forged?end=true", ""));
        assertEquals(405, post("/events", "nor this"));
    }

    private static void keepEvent(List<SseBlock> events, SseBlock block) {
        if (block.data() != null) {
            events.add(block);
        }
    }

    private static int signal(String stream, String signal, String body) throws Exception {
        return post("/chat/" + stream + "?signal=" + signal, body);
    }

    private static int post(String target, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(node.url() + target))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, BodyHandlers.discarding()).statusCode();
    }
}
