package io.sluice.node;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.client.Subscriber;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node at its limit of subscriptions still does everything else. */
@ExtendWith(VertxExtension.class)
class OverloadTest {

    @ParameterizedTest
    @ValueSource(strings = {"maxSubscriptions", "maxPerAddress"})
    void filesHealthAndPublishingGoOn(String limit, Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, limit);
        try (Subscriber first = Subscriber.open(events(node))) {
            HttpResponse<String> refused = node.get("/events");
            assertEquals(200, refused.statusCode());
            assertTrue(refused.body().endsWith("event: close\ndata: {\"reason\":\"overload\"}\n\n"), refused.body());
            assertTrue(!refused.body().contains("id:"), refused.body());
            assertEquals(200, node.get("/").statusCode());
            assertEquals(200, node.get("/health/ready").statusCode());
            HttpResponse<String> published = node.send(node.request("/events")
                    .header("Content-Type", "text/plain")
                    .POST(BodyPublishers.ofString("goes on")));
            assertEquals(201, published.statusCode());
            // The first block is the position.
            first.next();
            assertEquals("goes on", requireNonNull(first.next()).data());
        }
    }

    @Test
    void aHeadCountsForNothing(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, "maxSubscriptions");
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    200,
                    node.send(node.request("/events").method("HEAD", BodyPublishers.noBody()))
                            .statusCode());
        }
        Subscriber.open(events(node)).close();
    }

    @Test
    void aRequestWithMoreTopicsThanConfiguredIsRefused(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, "maxTopics");
        HttpResponse<String> refused = node.get("/events?topic=a&topic=a");
        ServedStream.assertProblem(400, "Bad Request", "2 topics: expected at most 1", refused);
        Subscriber.open(events(node) + "?topic=a").close();
    }

    private static ServedStream serve(Vertx vertx, String limit) {
        EventStream stream =
                EventStream.open(vertx, "events", StreamOptions.DEFAULT).await();
        return ServedStream.serve(vertx, stream, """
                {
                  "streams": { "events": { "lifetime": "0s" } },
                  "http": { "host": "127.0.0.1", "port": 0, "%s": 1 },
                  "publish": { "enabled": true, "anonymous": true }
                }
                """.formatted(limit));
    }

    private static String events(ServedStream node) {
        return node.request("/events").build().uri().toString();
    }
}
