package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.RawClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class DrainTest {

    private static final int CLIENTS = 50;
    private static final Pattern END =
            Pattern.compile("(?s).*retry: (\\d+)\nevent: close\ndata: \\{\"reason\":\"drain\"}\n\n");
    private static final Settings ENDLESS = Settings.DEFAULT.withLifetime(Duration.ZERO);

    @Test
    void eachClientComesBackInASlotOfItsOwn(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            List<RawClient> clients = open(server);
            server.handler.close(Duration.ZERO).await(10, TimeUnit.SECONDS);
            int[] slots = new int[CLIENTS];
            for (RawClient client : clients) {
                long slot = retry(client) - 2000;
                assertTrue(slot >= 0 && slot <= 1000, "half the wait: " + slot);
                slots[(int) Math.min(CLIENTS - 1, slot * CLIENTS / 1000)]++;
            }
            for (int taken : slots) {
                assertTrue(taken <= 2, "spread evenly, but for rounding");
            }
        }
    }

    @Test
    void overATimeTheyLeaveOneAfterTheOther(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            List<RawClient> clients = open(server);
            long start = System.nanoTime();
            Future<Void> drained = server.handler.close(Duration.ofSeconds(2));
            List<Long> ends = new ArrayList<>();
            for (RawClient client : clients) {
                retry(client);
                ends.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            }
            drained.await(10, TimeUnit.SECONDS);
            long early = ends.stream().filter(end -> end < 1100).count();
            assertTrue(early > CLIENTS / 4 && early < CLIENTS * 3 / 4, "half of them in half of the time: " + ends);
            assertTrue(ends.get(CLIENTS - 1) > 1500, "and the last at its end: " + ends);
        }
    }

    @Test
    void aClientThatComesDuringTheDrainIsSentAway(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            List<RawClient> clients = open(server);
            Future<Void> drained = server.handler.close(Duration.ofSeconds(1));
            try (RawClient late = RawClient.get(server.port(), "/events")) {
                assertTrue(late.head().startsWith("HTTP/1.1 200 OK\n"));
                assertTrue(END.matcher(late.rest()).matches());
                assertFalse(drained.isComplete());
            }
            server.publish("t", "to those who are still there");
            assertTrue(clients.get(CLIENTS - 1).rest().contains("data: to those who are still there\n\n"));
            drained.await(10, TimeUnit.SECONDS);
        }
    }

    /** A hub learns of the drain only when its event loop gets there, and may have a request before that. */
    @Test
    void aRequestThatIsThereAsItBeginsDoesNotHurryIt(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            List<RawClient> clients = open(server);
            AtomicReference<Future<Void>> drained = new AtomicReference<>();
            server.before = routing -> {
                Thread closer = new Thread(() -> drained.set(server.handler.close(Duration.ofSeconds(1))));
                closer.start();
                join(closer);
                routing.next();
            };
            try (RawClient late = RawClient.get(server.port(), "/events")) {
                late.head();
            }
            server.publish("t", "to those who are still there");
            assertTrue(clients.get(CLIENTS - 1).rest().contains("data: to those who are still there\n\n"));
            Objects.requireNonNull(drained.get()).await(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void withoutClientsItIsDoneAtOnce(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            server.handler.close(Duration.ofSeconds(100)).await(5, TimeUnit.SECONDS);
        }
    }

    /** In the order of their subscriptions. */
    private static List<RawClient> open(SseServer server) throws Exception {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            RawClient client = RawClient.get(server.port(), "/events");
            client.head();
            assertEquals("id: " + server.epoch() + "-0\n\n", client.blocks(1));
            clients.add(client);
        }
        return clients;
    }

    private static long retry(RawClient client) throws Exception {
        Matcher end = END.matcher(client.rest());
        assertTrue(end.matches());
        client.close();
        return Long.parseLong(end.group(1));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
