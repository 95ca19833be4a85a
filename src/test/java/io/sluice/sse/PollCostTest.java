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
    private static final String STREAM = "/events";
    private static final String POLL = "/events?format=json&wait=60s";

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
        // What is made once, and pooled, is no cost of one.
        cost(STREAM);
        cost(POLL);
        long stream = cost(STREAM);
        long poll = cost(POLL);
        report.publishEntry("bytes of a subscription, with its client", Long.toString(stream));
        report.publishEntry("bytes of a poll, with its client", Long.toString(poll));
        assertTrue(poll < stream + 1024, poll + " bytes each: expected not much more than " + stream);
    }

    private long cost(String target) throws Exception {
        long before = usedHeap();
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            clients.add(RawClient.get(server.port(), target));
        }
        Await.await("all wait", () -> limits.held() == COUNT);
        long each = (usedHeap() - before) / COUNT;
        for (RawClient client : clients) {
            client.reset();
        }
        Await.await("all are gone", () -> limits.held() == 0 && server.hasNoConnection());
        return each;
    }

    /** What is closed needs some rounds until all of it is gone: sockets are cleaned by a thread of their own. */
    private static long usedHeap() throws InterruptedException {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 8; i++) {
            System.gc();
            Thread.sleep(25);
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }
}
