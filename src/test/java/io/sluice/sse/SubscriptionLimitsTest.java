package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
// Some clients are closed early, or only held.
@SuppressWarnings("try")
class SubscriptionLimitsTest {

    @Test
    void noLimitMeansNone() {
        SubscriptionLimits admission = SubscriptionLimits.of(0, 0);
        for (int i = 0; i < 1000; i++) {
            assertTrue(admission.enter("a"));
        }
        assertEquals(1000, admission.held());
    }

    @Test
    void aSubscriptionThatEndsMakesRoom() {
        SubscriptionLimits admission = SubscriptionLimits.of(2, 0);
        assertTrue(admission.enter("a") && admission.enter("b"));
        assertFalse(admission.enter("c"));
        admission.leave("a");
        assertTrue(admission.enter("c"));
        assertEquals(2, admission.held());
    }

    @Test
    void anAddressHasALimitOfItsOwn() {
        SubscriptionLimits admission = SubscriptionLimits.of(10, 2);
        for (String address : List.of("a", "a", "b")) {
            assertTrue(admission.enter(address));
        }
        assertFalse(admission.enter("a"));
        assertEquals(3, admission.held());
        admission.leave("a");
        assertTrue(admission.enter("a"));
    }

    /** With an error status an EventSource would never come back. */
    @Test
    void aClientOverTheLimitIsToldWhenToComeBack(Vertx vertx) throws Exception {
        SubscriptionLimits admission = SubscriptionLimits.of(2, 0);
        Settings endless = Settings.DEFAULT.withLifetime(Duration.ZERO);
        try (SseServer server = SseServer.start(vertx, endless, 2, admission, Duration.ofMinutes(1));
                RawClient first = open(server);
                RawClient second = open(server)) {
            try (RawClient third = RawClient.get(server.port(), "/events")) {
                assertTrue(third.head().startsWith("HTTP/1.1 200 OK\nContent-Type: text/event-stream\n"));
                String body = third.rest();
                assertTrue(body.matches("retry: \\d+\nevent: close\ndata: \\{\"reason\":\"overload\"}\n\n"), body);
            }
            try (RawClient silent = RawClient.get(server.port(), "/events?control=off&node")) {
                assertTrue(silent.head().startsWith("HTTP/1.1 200 OK\n"));
                String body = silent.rest();
                assertTrue(body.matches("retry: \\d+\n\n"), body);
            }
            first.close();
            assertAdmittedSoon(server, admission);
            second.close();
        }
        assertEquals(0, admission.held());
    }

    private static void assertAdmittedSoon(SseServer server, SubscriptionLimits admission) throws Exception {
        Await.await("a subscription has ended", () -> admission.held() != 2);
        open(server).close();
    }

    private static RawClient open(SseServer server) throws Exception {
        RawClient client = RawClient.get(server.port(), "/events");
        client.head();
        assertTrue(client.blocks(1).startsWith("id: "));
        return client;
    }
}
