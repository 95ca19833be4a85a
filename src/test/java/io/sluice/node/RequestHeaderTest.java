package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Header fields that are empty, that are there twice, or that hold more than ASCII. */
class RequestHeaderTest extends QuietServer {

    private static final String LAST = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";

    RequestHeaderTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "streams": { "events": { "lifetime": "50ms", "replay": "all" } },
              "publish": { "enabled": true, "anonymous": true }
            }
            """);
    }

    /** With header fields that are separated by a bar. */
    private String get(String target, String fields) throws IOException {
        return RawClient.exchange(node.port(), "GET " + target + LAST + lines(fields) + "\r\n");
    }

    private String post(String fields) throws IOException {
        return RawClient.exchange(
                node.port(), "POST /events" + LAST + "Content-Length: 2\r\n" + lines(fields) + "\r\n{}");
    }

    private static String lines(String fields) {
        return fields.isEmpty() ? "" : fields.replaceAll(" *\\| *", "\r\n") + "\r\n";
    }

    private static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static void assertStatus(int status, String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Accept:",
                "Accept: ,",
                "Accept: | Accept:",
                "Accept: | Accept: text/event-stream",
                "Accept: text/html | Accept: text/event-stream",
                "Accept: text/html, , text/*;q=0.1"
            })
    void anAcceptThatSaysNothingIsAsNoneAndSeveralAreOne(String fields) throws Exception {
        assertStatus(200, get("/events", fields));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Accept: text/html", "Accept: | Accept: text/html", "Accept: */*;q=0", "Accept: ;q=1"})
    void anAcceptWithoutEventStreamsIsRefused(String fields) throws Exception {
        assertStatus(406, get("/events", fields));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "/events > Last-Event-ID: | Last-Event-ID: FIRST",
                "/events > Last-Event-ID: FIRST | Last-Event-ID:",
                "/events > Last-Event-ID: FIRST",
                "/events?lastEventId=FIRST >  Last-Event-ID:",
                "/events?lastEventId=&lastEventId=FIRST > Accept: */*"
            })
    void theLastEventIdThatSaysSomethingIsTaken(String target, String fields) throws Exception {
        assertStatus(201, post("Content-Type: text/plain"));
        assertStatus(201, post("Content-Type: application/json"));
        String first = node.stream().journal().id(1).toString();
        String answer = get(target.replace("FIRST", first), fields.replace("FIRST", first));
        assertFalse(answer.contains("id: " + first + "\ndata: {}\n"), answer);
        assertTrue(answer.contains("id: " + node.stream().journal().id(2) + "\ndata: {}\n"), answer);
    }

    @Test
    void aTypeInUtf8IsItself() throws Exception {
        assertStatus(201, post("Content-Type: text/plain | Sluice-Type: " + utf8("prix-\u00e9")));
        assertEquals("id: E-1\nevent: prix-\u00e9\ndata: {}\n\n", node.wire());
    }

    @Test
    void aTypeInUtf8IsItselfOverHttp2(Vertx vertx) {
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        int status = client.request(HttpMethod.POST, node.port(), "127.0.0.1", "/events")
                .compose(request -> request.putHeader("Content-Type", "text/plain")
                        .putHeader("Sluice-Type", utf8("prix-\u00e9"))
                        .send("{}"))
                .await()
                .statusCode();
        assertEquals(201, status);
        assertEquals("id: E-1\nevent: prix-\u00e9\ndata: {}\n\n", node.wire());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text/plain | Sluice-Type: prix-\u00e9",
                "Content-Type: text/plain | Sluice-Type: a | Sluice-Type: b",
                "Content-Type: text/plain | Content-Type: application/json",
                "Content-Type: text/plain | Idempotency-Key: a | Idempotency-Key: a",
                "Content-Type: text/plain | Idempotency-Key:",
                "Content-Type: text/plain | Idempotency-Key: prix-\u00e9"
            })
    void aFieldThatCanMeanTwoThingsIsRefused(String fields) throws Exception {
        assertStatus(400, post(fields));
        assertEquals("", node.wire());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text/plain | Content-Encoding: identity | Content-Encoding: gzip",
                "Content-Type: text/plain | Content-Encoding: identity, br",
                "Content-Type: text/plain;charset=utf-8; charset=latin1",
                "Content-Type: text/plain; charset=\"iso-8859-1\"",
                "Content-Type: text/plain, application/json",
                "Content-Type:",
                "Content-Type: ;",
                "Content-Type: /",
                "Accept: */*;q=zz"
            })
    void aBodyOfAnotherKindIsRefused(String fields) throws Exception {
        assertStatus(415, post(fields));
        assertEquals("", node.wire());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: | Content-Type: text/plain",
                "Content-Type: TEXT/Plain ; Charset=\"UTF-8\" | Sluice-Type:",
                "Content-Type: text/plain | Content-Encoding: | Content-Encoding: Identity",
                "Content-Type: text/plain | Sluice-Type: | Sluice-Type:",
                "Content-Type: application/json;charset=utf8;version=1 | Accept: ;q=zz"
            })
    void aFieldThatSaysNothingIsAsNone(String fields) throws Exception {
        assertStatus(201, post(fields));
        assertEquals("id: E-1\ndata: {}\n\n", node.wire());
    }
}
