package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** What the demo's page is told of its node. */
class DemoHandlerTest extends QuietServer {

    DemoHandlerTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0, "demo": true, "webroot": "no such directory" },
              "streams": {
                "events": { "addresses": ["ticks"] },
                "guests": { "lifetime": "0s", "publish": { "anonymous": true, "maxEvent": "1kB" } },
                "prices": { "lifetime": "1500ms" },
                "chat/*": { "signals": "anonymous" },
                "talk/*": { "signals": "anonymous" }
              },
              "producers": [
                { "verticle": "io.sluice.node.AnswerRelay", "config": { "template": "talk" } },
                { "verticle": "io.sluice.node.PriceProducer" }
              ]
            }
            """);
    }

    private static JsonObject stream(String name, boolean template, double lifetime, int maxEvent, String... topics) {
        return new JsonObject()
                .put("name", name)
                .put("template", template)
                .put("lifetime", lifetime)
                .put("publish", maxEvent > 0)
                .put("maxEvent", maxEvent)
                .put("topics", new JsonArray(java.util.List.of(topics)));
    }

    @Test
    void itHasTheStreamsAndTheScenesThatTheyMake() throws Exception {
        HttpResponse<String> response = node.get("/demo.json");
        assertEquals(200, response.statusCode());
        assertEquals(
                "application/json",
                response.headers().firstValue("Content-Type").orElse(""));
        assertEquals("no-store", response.headers().firstValue("Cache-Control").orElse(""));
        assertEquals(
                new JsonObject()
                        .put("version", Version.current())
                        .putNull("member")
                        .put("members", new JsonArray())
                        .put(
                                "streams",
                                new JsonArray()
                                        .add(stream("events", false, 10, 0, "ticks"))
                                        .add(stream("guests", false, 0, 1024))
                                        .add(stream("prices", false, 1.5, 0))
                                        .add(stream("chat/*", true, 10, 0))
                                        .add(stream("talk/*", true, 10, 0)))
                        .put(
                                "scenes",
                                new JsonObject()
                                        .put("ticks", "events")
                                        .put("board", "guests")
                                        .put("ask", "talk")
                                        .put("prices", "prices")),
                new JsonObject(response.body()));
    }

    @Test
    void itsPageIsTheOneInTheJar() throws Exception {
        assertTrue(node.get("/").body().contains("<title>Sluice</title>"));
    }

    @Test
    void itIsReadOnly() throws Exception {
        assertEquals(
                404,
                node.send(node.request("/demo.json").POST(BodyPublishers.noBody()))
                        .statusCode());
    }
}
