package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A stream that anybody may publish a little to, at a node where nobody may publish otherwise. */
class StreamPublishTest extends QuietServer {

    StreamPublishTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0, "hosts": [] },
              "streams": {
                "events": { "publish": { "anonymous": true, "maxEvent": "16B", "maxBody": "64B", "maxRate": 3 } },
                "other": {},
                "open": { "publish": { "anonymous": true } },
                "chat/*": {},
                "talk/*": { "publish": { "anonymous": true, "maxRate": 2 } }
              }
            }
            """);
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(node.request(path), "POST", body);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String method, String body) throws Exception {
        return node.send(request.header("Content-Type", "text/plain").method(method, BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> lines(String path, String body) throws Exception {
        return node.send(node.request(path)
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void anybodyMayPublishThere() throws Exception {
        assertEquals(201, post("/events", "Hello").statusCode());
        assertEquals("id: E-1\ndata: Hello\n\n", node.wire());
    }

    @Test
    void moreThanItsRateIsRefusedWithTheTimeToWait() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertEquals(201, post("/events", "Hello").statusCode());
        }
        HttpResponse<String> refused = post("/events", "Hello");
        assertEquals("1", refused.headers().firstValue("Retry-After").orElse(""));
        ServedStream.assertProblem(
                429, "Too Many Requests", "this stream takes 3 events a second: try again in a second", refused);
    }

    @Test
    void aRequestOfMoreThanASecondsEventsIsTooLarge() throws Exception {
        ServedStream.assertProblem(
                413,
                "Request Entity Too Large",
                "4 events: expected at most 3, which this stream takes a second",
                lines("/events", "1\n2\n3\n4\n"));
        assertEquals(201, lines("/events", "1\n2\n3\n").statusCode());
    }

    @Test
    void linesAsTheyComeEndWhereThereAreTooMany() throws Exception {
        assertEquals(201, lines("/events", "1\n2\n").statusCode());
        HttpResponse<String> refused = lines("/events?atomic=false", "3\n4\n5\n");
        assertEquals(429, refused.statusCode());
        assertEquals("1", refused.headers().firstValue("Retry-After").orElse(""));
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /other, 'GET, HEAD, OPTIONS'",
        "POST, /chat/42, 'GET, HEAD, OPTIONS'",
        "PUT, /events, 'GET, HEAD, OPTIONS, POST'",
        "DELETE, /events, 'GET, HEAD, OPTIONS, POST'"
    })
    void nothingElseIsTaken(String method, String path, String allow) throws Exception {
        HttpResponse<String> response = send(node.request(path), method, "Hello");
        assertEquals(405, response.statusCode());
        assertEquals(allow, response.headers().firstValue("Allow").orElse(""));
    }

    @Test
    void itsBoundsAreItsOwn() throws Exception {
        assertEquals(413, post("/events", "x".repeat(17)).statusCode());
        assertEquals(413, lines("/events", "111111111111\n".repeat(5)).statusCode());
        assertEquals(201, post("/open", "x".repeat(17)).statusCode());
    }

    @Test
    void theStreamsOfATemplateShareARate() throws Exception {
        assertEquals(201, post("/talk/1", "Hello").statusCode());
        assertEquals(201, post("/talk/2", "Hello").statusCode());
        assertEquals(429, post("/talk/3", "Hello").statusCode());
    }

    @Test
    void thePageOfAStrangerPublishesNothing() throws Exception {
        HttpRequest.Builder request = node.request("/events").header("Origin", "https://stranger.example");
        assertEquals(403, send(request, "POST", "Hello").statusCode());
    }
}
