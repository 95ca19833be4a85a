package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.EventId;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code ?rate=}, as bytes. */
@ExtendWith(VertxExtension.class)
class RateWireTest {

    private SseServer server;

    @BeforeEach
    void start(Vertx vertx) {
        server = SseServer.start(vertx, Settings.DEFAULT.withHeartbeat(Duration.ZERO));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void eachWriteHasTheNewestEventOfEachTopic() throws Exception {
        EventId first = server.publish("a", "1");
        try (RawClient client = RawClient.get(server.port(), "/events?rate=10")) {
            client.head();
            assertEquals(block(first, 1, "1"), client.blocks(1));
            server.publish("a", "2", "3");
            server.publish("b", "4");
            server.publish("a", "5");
            assertEquals(block(first, 4, "4") + block(first, 5, "5"), client.blocks(2));
        }
    }

    @Test
    void aRateOfLessThanOneWritesTheFirstEventAfterALongSilenceOnly() throws Exception {
        EventId first = server.publish("a", "1");
        try (RawClient plain = RawClient.get(server.port(), "/events");
                RawClient rated = RawClient.get(server.port(), "/events?rate=0.1")) {
            plain.head();
            rated.head();
            server.publish("a", "2", "3");
            assertEquals(block(first, 1, "1") + block(first, 2, "2") + block(first, 3, "3"), plain.blocks(3));
            assertEquals(block(first, 1, "1"), rated.blocks(1));
            server.handler.close(Duration.ZERO).await();
            String end = rated.rest();
            assertTrue(end.startsWith("id: " + first.at(1) + "\nretry: "), end);
        }
    }

    @Test
    void aResumeAtARateGetsTheNewestOfWhatItMissed() throws Exception {
        EventId first = server.publish("a", "1").at(1);
        server.publish("a", "2", "3");
        server.publish("b", "4");
        String target = "/events?rate=5&frame=topic&lastEventId=" + first;
        try (RawClient client = RawClient.get(server.port(), target)) {
            client.head();
            String events =
                    "id: " + first.at(3) + "\nevent: a\ndata: 3\n\nid: " + first.at(4) + "\nevent: b\ndata: 4\n\n";
            assertEquals(events, client.blocks(2));
        }
    }

    private static String block(EventId first, long n, String data) {
        return "id: " + first.at(n) + "\ndata: " + data + "\n\n";
    }
}
