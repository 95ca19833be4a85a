package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.log.History;
import io.sluice.log.NewEvent;
import io.sluice.testing.client.PromiseCheck;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients on several event loops, while a small journal runs away under them: what each got plus what it was told it lost is everything. */
@ExtendWith(VertxExtension.class)
class ManyLoopsTest {

    private static final int CLIENTS = 12;
    private static final int EVENTS = 20_000;
    private static final int BATCH = 40;

    @Test
    void gotAndToldToBeLostIsEverythingForEachClient(Vertx vertx) throws Exception {
        Settings options = Settings.DEFAULT
                .withLifetime(Duration.ofMillis(400)) // each comes back many times
                .withHistory(History.of(64, null, null));
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try (SseServer server = SseServer.start(vertx, options, 3)) {
            List<Future<PromiseCheck>> clients = IntStream.range(0, CLIENTS)
                    .mapToObj(i -> threads.submit(() -> followToEnd(server)))
                    .toList();
            publishAll(server);
            for (Future<PromiseCheck> client : clients) {
                PromiseCheck received = client.get(60, TimeUnit.SECONDS);
                assertEquals(EVENTS, received.events() + received.lost());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void publishAll(SseServer server) {
        for (int i = 0; i < EVENTS; i += BATCH) {
            List<NewEvent> batch = new ArrayList<>();
            for (int j = 0; j < BATCH; j++) {
                batch.add(new NewEvent("t" + j % 3, null, "event " + (i + j + 1)));
            }
            server.publish(batch);
        }
    }

    private static PromiseCheck followToEnd(SseServer server) throws Exception {
        PromiseCheck received = PromiseCheck.failingAfter(0);
        while (received.n() < EVENTS) {
            String lastEventId = server.epoch() + "-" + received.n();
            try (RawClient client = RawClient.get(server.port(), "/events", "Last-Event-ID: " + lastEventId)) {
                client.head();
                received.takeResponse(client.rest());
            }
        }
        return received;
    }
}
