package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.sluice.testing.CapturedOutput;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the log says of clients when it is asked to, while the node runs. */
@ExtendWith(VertxExtension.class)
@SuppressWarnings("NullAway.Init")
class LoggingHttpTest {

    private CapturedOutput log;
    private AdminNode node;

    @BeforeEach
    void deploy(Vertx vertx) {
        log = new CapturedOutput();
        node = AdminNode.deploy(vertx, log, """
                {
                  "streams": { "events": { "lifetime": "50ms" } },
                  "publish": { "enabled": true, "anonymous": true, "maxEvent": "10B" }
                }
                """);
    }

    @AfterEach
    void close() throws Exception {
        node.post("/api/logging", "{\"logger\": \"io.sluice.node\", \"level\": null}");
        node.post("/api/logging", "{\"logger\": \"io.sluice.sse\", \"level\": null}");
        log.close();
    }

    private JsonObject levels(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer.body());
        return new JsonObject(answer.body()).getJsonObject("levels");
    }

    private int stream(String path, HttpRequest.Builder request) throws Exception {
        URI url = URI.create("http://127.0.0.1:" + node.port() + path);
        return HttpClient.newHttpClient()
                .send(request.uri(url).build(), BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    void aLevelIsSetAndTakenBack() throws Exception {
        node.post("/api/logging", "{\"logger\": \"io.sluice.node\", \"level\": \"INFO\"}");
        JsonObject before = levels(node.get("/api/logging"));
        JsonObject set = levels(node.post("/api/logging", "{\"logger\": \"io.sluice.sse\", \"level\": \"debug\"}"));
        assertEquals("DEBUG", set.getString("io.sluice.sse"));
        log.await("the log level of io.sluice.sse is DEBUG now");
        assertEquals(before, levels(node.post("/api/logging", "{\"logger\": \"io.sluice.sse\", \"level\": null}")));
    }

    @Test
    void aSubscriptionIsALineWhenItOpensAndOneWhenItEnds() throws Exception {
        assertEquals(200, stream("/events?topic=a.*", HttpRequest.newBuilder()));
        assertFalse(log.text().contains("subscription"), log.text());
        node.post("/api/logging", "{\"logger\": \"io.sluice.sse\", \"level\": \"DEBUG\"}");
        assertEquals(201, stream("/events?topic=a.b", json("1")));
        assertEquals(200, stream("/events?topic=a.*", HttpRequest.newBuilder()));

        log.await("DEBUG .*events: subscription \\d+ to a\\.\\* opens at no id, for 127\\.0\\.0\\.1");
        log.await(
                "DEBUG .*events: subscription \\d+ ends at [a-z0-9]+-1: LIFETIME, after 0\\.\\d+ s, to a\\.\\*, for 127\\.0\\.0\\.1");
    }

    @Test
    void aPublishThatIsRefusedIsALine() throws Exception {
        node.post("/api/logging", "{\"logger\": \"io.sluice.node\", \"level\": \"DEBUG\"}");
        assertEquals(413, stream("/events", json("\"more than ten bytes\"")));

        log.await(
                "DEBUG .*POST /events is refused: 413 an event of 21 bytes: expected at most 10B, for 127\\.0\\.0\\.1");
    }

    private static HttpRequest.Builder json(String body) {
        return HttpRequest.newBuilder()
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]                                        | 400 | the body is no object: expected {\"logger\": \"io.sluice.sse\", \"level\": \"DEBUG\"}",
                "{\"level\":\"DEBUG\"}                     | 400 | logger: expected the name of a logger, such as \"io.sluice.sse\" or \"root\"",
                "{\"logger\":\"a b\",\"level\":\"DEBUG\"}  | 400 | logger: expected the name of a logger, such as \"io.sluice.sse\" or \"root\"",
                "{\"logger\":\"a.b\"}                      | 400 | level: expected one of OFF, ERROR, WARN, INFO, DEBUG, TRACE, or null for that of the logger above",
                "{\"logger\":\"a.b\",\"level\":\"loud\"}   | 400 | level: expected one of OFF, ERROR, WARN, INFO, DEBUG, TRACE, or null for that of the logger above",
                "{\"logger\":\"root\",\"level\":null}      | 400 | level: expected one of OFF, ERROR, WARN, INFO, DEBUG, TRACE",
                "{\"logger\":\"a\",\"level\":null,\"b\":1} | 400 | \"b\": expected logger or level",
            })
    void whatIsNoLevelIsRefused(String body, int status, String detail) throws Exception {
        HttpResponse<String> answer = node.post("/api/logging", body);
        assertEquals(status, answer.statusCode());
        assertEquals(detail, new JsonObject(answer.body()).getString("detail"));
    }

    @Test
    void aPageOfAStrangerChangesNoLevel() throws Exception {
        HttpResponse<String> answer = node.send(node.request("/api/logging")
                .header("Content-Type", "application/json")
                .header("Origin", "https://evil.example")
                .POST(BodyPublishers.ofString("{\"logger\": \"root\", \"level\": \"OFF\"}")));
        assertEquals(403, answer.statusCode());
    }
}
