package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.ByteSize;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.NewEvent;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Blocks for a connected client whose socket stopped reading until the history ran away; {@code gap} is in SlowClientTest. */
@ExtendWith(VertxExtension.class)
class SlowPolicyTest {

    private static final int EVENTS = 20_000;
    private static final int TOPICS = 5;
    private static final Pattern GAP = Pattern.compile("event: gap\nid: (\\S+)\ndata: (.*)\n\n");

    @Test
    void latestGivesTheNewestOfEachTopicAndCountsTheRest(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, options(SseOptions.Slow.LATEST));
                RawClient slow = slow(server, "/events")) {
            publish(server);
            long position = 0;
            // The kernel may take some more, and drain, while the history runs away.
            int gaps = 0;
            while (position < EVENTS) {
                String block = slow.blocks(1);
                Matcher gap = GAP.matcher(block);
                if (gap.matches()) {
                    JsonObject told = new JsonObject(gap.group(2));
                    assertEquals(position, id(told.getString("after")));
                    assertEquals(position + told.getLong("lost"), id(gap.group(1)));
                    position = id(gap.group(1));
                    gaps++;
                    for (int i = 0; i < TOPICS; i++) {
                        assertEquals(++position, number(slow.blocks(1)), "the newest of each topic, oldest first");
                    }
                } else {
                    assertEquals(++position, number(block));
                }
            }
            assertTrue(gaps > 0, "it was never told");
            server.publish("t", "live");
            assertEquals(EVENTS + 1, number(slow.blocks(1)));
        }
    }

    @Test
    void latestTellsAFilteredClientThatTheLossIsUnknown(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, options(SseOptions.Slow.LATEST));
                RawClient slow = slow(server, "/events?topic=topic.1&topic=topic.2")) {
            publish(server);
            int gaps = 0;
            long position = 0;
            // This is the last event of topic.2.
            while (position < EVENTS - TOPICS + 3) {
                String block = slow.blocks(1);
                if (block.startsWith("event: gap")) {
                    gaps++;
                    assertTrue(block.contains("\"lost\":null"), block);
                    long first = number(slow.blocks(1));
                    position = number(slow.blocks(1));
                    assertEquals(5, first % TOPICS + position % TOPICS, "one of each topic");
                    assertTrue(position - first < TOPICS, "the newest: " + first + " and " + position);
                } else {
                    position = number(block);
                }
            }
            assertTrue(gaps > 0, "it was never told");
        }
    }

    @Test
    void closeEndsItWithTheReasonAndAResumeIsToldTheGap(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, options(SseOptions.Slow.CLOSE));
                RawClient slow = slow(server, "/events")) {
            publish(server);
            String body = slow.rest();
            assertTrue(body.endsWith("\nevent: close\ndata: {\"reason\":\"slow\"}\n\n"));
            Matcher end = Pattern.compile("(?s).*\nid: (\\S+)\nretry: \\d+\nevent: close.*")
                    .matcher(body);
            assertTrue(end.matches());
            try (RawClient resumed = RawClient.get(server.port(), "/events", "Last-Event-ID: " + end.group(1))) {
                resumed.head();
                Matcher gap = GAP.matcher(resumed.blocks(1));
                assertTrue(gap.matches(), "a resume is never closed for it");
                long lost = new JsonObject(gap.group(2)).getLong("lost");
                assertEquals(id(end.group(1)) + lost + 1, number(resumed.blocks(1)));
            }
        }
    }

    private static Settings options(SseOptions.Slow slow) {
        return Settings.DEFAULT
                .withLifetime(Duration.ZERO)
                .withHeartbeat(Duration.ZERO)
                .withSlow(slow)
                .withHistory(History.of(null, null, ByteSize.ofMegabytes(1)));
    }

    private static RawClient slow(SseServer server, String target) throws Exception {
        RawClient client = new RawClient(server.port(), 16 * 1024);
        client.send("GET " + target + " HTTP/1.1");
        client.head();
        client.blocks(1);
        return client;
    }

    private static void publish(SseServer server) {
        for (int i = 0; i < EVENTS; ) {
            List<NewEvent> batch = new ArrayList<>();
            for (int j = 0; j < 500; j++) {
                batch.add(new NewEvent("topic." + i++ % TOPICS, null, "x".repeat(1000)));
            }
            server.publish(batch);
        }
        assertTrue(server.largestBacklog() < 2 * 64 * 1024 + 2000, "waiting in memory: " + server.largestBacklog());
    }

    private static long number(String block) {
        Matcher matcher = Pattern.compile("(?s)^id: (\\S+)\n.*").matcher(block);
        assertTrue(matcher.matches(), block);
        return id(matcher.group(1));
    }

    private static long id(String text) {
        return Objects.requireNonNull(EventId.parse(text)).n();
    }
}
