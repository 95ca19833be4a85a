package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.History;
import io.sluice.log.NewEvent;
import io.sluice.stream.CloseReason;
import io.sluice.stream.StreamListener;
import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a listener of a stream is told of its subscriptions. */
@ExtendWith(VertxExtension.class)
class StreamListenerTest {

    private static final Settings ENDLESS = Settings.DEFAULT.withLifetime(Duration.ZERO);

    private static final class Recorder implements StreamListener {

        final Queue<String> told = new ConcurrentLinkedQueue<>();

        @Override
        public void opened() {
            told.add("opened");
        }

        @Override
        public void refused(CloseReason reason) {
            told.add("refused " + reason);
        }

        @Override
        public void delivered(long events, long bytes) {
            told.add("delivered " + events + " of " + bytes);
        }

        @Override
        public void gap(@Nullable Long lost) {
            told.add("gap of " + lost);
        }

        @Override
        public void closed(CloseReason reason) {
            told.add("closed " + reason);
        }
    }

    @Test
    void aSubscriptionIsToldFromItsOpeningToItsEnd(Vertx vertx) throws Exception {
        Recorder recorder = new Recorder();
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            server.stream.addListener(recorder);
            server.publish("t", "1");
            try (RawClient client = RawClient.get(server.port(), "/events")) {
                client.head();
                String first = client.blocks(1);
                server.handler.close(Duration.ZERO).await();
                client.rest();
                assertEquals(
                        List.of("opened", "delivered 1 of " + first.length(), "closed DRAIN"),
                        List.copyOf(recorder.told));
            }
            try (RawClient late = RawClient.get(server.port(), "/events")) {
                late.head();
                late.rest();
            }
            assertTrue(recorder.told.contains("refused DRAIN"));
        }
    }

    @Test
    void aGapIsToldWithWhatTheClientIsTold(Vertx vertx) throws Exception {
        Recorder recorder = new Recorder();
        try (SseServer server = SseServer.start(vertx, ENDLESS.withHistory(History.of(2, null, null)))) {
            server.stream.addListener(recorder);
            server.publish("t", "1", "2", "3", "4", "5");
            String id = "Last-Event-ID: " + server.epoch() + "-1";
            for (String target : List.of("/events", "/events?topic=t")) {
                try (RawClient client = RawClient.get(server.port(), target, id)) {
                    client.head();
                    client.blocks(3);
                }
            }
            assertEquals(
                    List.of("gap of 2", "gap of null"),
                    recorder.told.stream()
                            .filter(told -> told.startsWith("gap"))
                            .toList());
        }
    }

    @Test
    void aTurnIsToldOnceForAllItsSubscribers(Vertx vertx) throws Exception {
        Recorder recorder = new Recorder();
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                RawClient client = RawClient.get(server.port(), "/events");
                client.head();
                client.blocks(1);
                clients.add(client);
            }
            server.stream.addListener(recorder);
            server.publish(List.of(new NewEvent("t", null, "1"), new NewEvent("t", null, "2")));
            for (RawClient client : clients) {
                client.blocks(2);
                client.close();
            }
            server.handler.close(Duration.ZERO).await();
            List<String> delivered = recorder.told.stream()
                    .filter(t -> t.startsWith("delivered"))
                    .toList();
            assertTrue(delivered.size() < 20, "fewer calls than subscribers: " + delivered);
            assertEquals(
                    40,
                    delivered.stream()
                            .mapToInt(told -> Integer.parseInt(told.split(" ", -1)[1]))
                            .sum());
        }
    }

    /** In the order in which the numbers were, although each event loop says its own. */
    @Test
    void theLastNumberOfSubscribersThatIsToldIsTheOneThatThereIs(Vertx vertx) throws Exception {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        try (SseServer server = SseServer.start(vertx, ENDLESS, 4)) {
            server.stream.addListener(new StreamListener() {
                @Override
                public void subscribers(String stream, int now) {
                    told.add(stream + " " + now);
                }
            });
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(RawClient.get(server.port(), "/events"));
            }
            for (RawClient client : clients) {
                client.head();
                client.blocks(1);
            }
            assertEquals(20, server.stream.subscribers());
            for (RawClient client : clients) {
                client.close();
            }
            Await.await("all have left", () -> server.stream.subscribers() == 0);
        }
        List<String> expected = IntStream.concat(
                        IntStream.rangeClosed(1, 20), IntStream.iterate(19, n -> n >= 0, n -> n - 1))
                .mapToObj(n -> "events " + n)
                .toList();
        assertEquals(expected, List.copyOf(told));
    }

    @Test
    void aListenerThatFailsHarmsNobody(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            server.stream.addListener(new StreamListener() {
                @Override
                public void opened() {
                    throw new IllegalStateException("of the test");
                }
            });
            server.publish("t", "1");
            try (RawClient client = RawClient.get(server.port(), "/events")) {
                client.head();
                assertTrue(client.blocks(1).endsWith("data: 1\n\n"));
            }
        }
    }
}
