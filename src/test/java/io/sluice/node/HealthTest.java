package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.client.Subscriber;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
// JUnit's beforeEach.
@SuppressWarnings("NullAway.Init")
class HealthTest {

    private EventStream stream;
    private ServedStream node;
    private String deployment;

    @BeforeEach
    void serve(Vertx vertx) {
        stream = EventStream.open(vertx, "events", StreamOptions.DEFAULT).await();
        String configuration =
                "{\"streams\": {\"events\": {\"lifetime\": \"0s\"}}, \"http\": {\"host\": \"127.0.0.1\", \"drain\": \"4s\"}}";
        NodeConfig config = NodeConfig.read(ConfigReader.parse(configuration));
        ClientBounds bounds = ClientBounds.of(config);
        HttpVerticle verticle = new HttpVerticle(
                config,
                NodeStreams.of(List.of(stream), List.of()),
                -4711,
                bounds,
                Optional.empty(),
                new AccessRules(Optional.empty(), config, bounds.bodies()),
                new Serving());
        deployment = vertx.deployVerticle(verticle).await();
        node = new ServedStream(stream, verticle.port(), bounds);
    }

    @Test
    void aNodeThatServesIsLiveAndReady() throws Exception {
        assertHealth(200, "UP", "/health/live");
        assertHealth(200, "UP", "/health/ready");
    }

    @Test
    void aNodeThatDoesNotFollowItsLogIsLiveAndNotReady() throws Exception {
        stream.close().await();
        assertHealth(200, "UP", "/health/live");
        assertHealth(503, "DOWN", "/health/ready");
    }

    @Test
    void aNodeThatDrainsIsLiveAndNotReady(Vertx vertx) throws Exception {
        try (Subscriber first = Subscriber.open(events());
                Subscriber second = Subscriber.open(events())) {
            Future<Void> stopped = vertx.undeploy(deployment);
            first.rest();
            assertHealth(200, "UP", "/health/live");
            assertHealth(503, "DOWN", "/health/ready");
            second.rest();
            stopped.await(10, TimeUnit.SECONDS);
        }
    }

    private String events() {
        return node.request("/events").build().uri().toString();
    }

    private void assertHealth(int status, String outcome, String path) throws Exception {
        HttpResponse<String> response = node.get(path);
        assertEquals(status, response.statusCode());
        assertEquals(
                "nosniff",
                response.headers().firstValue("X-Content-Type-Options").orElse(""));
        assertEquals("no-store", response.headers().firstValue("Cache-Control").orElse(""));
        assertEquals(outcome, new JsonObject(response.body()).getString("outcome"));
    }
}
