package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a poll that waits takes of the heap, beside an idle subscription. Both with a connection, and with the client of the test. */
@ExtendWith(VertxExtension.class)
class PollCostTest {

    private static final int COUNT = 500;

    private final SubscriptionLimits limits = SubscriptionLimits.of(0, 0);
    private SseServer server;

    @BeforeEach
    void start(Vertx vertx) {
        Settings endless = Settings.DEFAULT.withLifetime(Duration.ZERO).withHeartbeat(Duration.ZERO);
        server = SseServer.start(vertx, endless, 1, limits, Duration.ofMinutes(1));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aPollThatWaitsTakesAsMuchAsAnIdleSubscription(TestReporter report) throws Exception {
        cost(100, "/events?format=json&wait=60s");
        long stream = cost(COUNT, "/events");
        long poll = cost(COUNT, "/events?format=json&wait=60s");
        report.publishEntry("bytes of a subscription, with its client", Long.toString(stream));
        report.publishEntry("bytes of a poll, with its client", Long.toString(poll));
        assertTrue(poll < stream + 512, poll + " bytes each: expected not much more than " + stream);
    }

    private long cost(int count, String target) throws Exception {
        long before = usedHeap();
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(RawClient.get(server.port(), target));
        }
        Await.await("all wait", () -> limits.held() == count);
        long each = (usedHeap() - before) / count;
        for (RawClient client : clients) {
            client.reset();
        }
        Await.await("all are gone", () -> limits.held() == 0 && server.hasNoConnection());
        return each;
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }
}
