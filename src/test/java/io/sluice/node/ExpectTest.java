package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.RawClient;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that asks before it sends its body gets one answer: to go on, or the refusal. */
class ExpectTest extends QuietServer {

    ExpectTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "publish": { "enabled": true, "anonymous": true }
            }
            """);
    }

    private RawClient expecting(String target, String contentType, long length) throws IOException {
        RawClient client = new RawClient(node.port());
        client.send(
                "POST " + target + " HTTP/1.1",
                "Content-Type: " + contentType,
                "Content-Length: " + length,
                "Expect: 100-continue",
                "Connection: close");
        return client;
    }

    @Test
    void aGoodRequestIsToldToGoOnOnce() throws Exception {
        try (RawClient client = expecting("/events", "text/plain", 4)) {
            client.head();
            client.write("text");
            String rest = client.everything();
            assertTrue(rest.startsWith("HTTP/1.1 201 Created\r\n"), rest);
            assertEquals("id: E-1\ndata: text\n\n", node.wire());
        }
    }

    @Test
    void aBodyThatComesUnaskedIsTaken() throws Exception {
        try (RawClient client = expecting("/events", "text/plain", 4)) {
            client.write("text");
            assertTrue(client.everything().startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/events, image/png, 10, 415",
        "/events, text/plain, 99999999, 413",
        "/events?topic=a*, text/plain, 10, 400",
        "/events?type=close, text/plain, 10, 400",
        "/%zz, text/plain, 10, 400",
        "/other, text/plain, 10, 404",
        "/health/live, text/plain, 10, 405"
    })
    void aRefusalIsTheOnlyAnswerAndEndsTheConnection(String target, String contentType, long length, int status)
            throws Exception {
        try (RawClient client = new RawClient(node.port())) {
            client.send(
                    "POST " + target + " HTTP/1.1",
                    "Content-Type: " + contentType,
                    "Content-Length: " + length,
                    "Expect: 100-continue");
            String answer = client.everything();
            assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
            assertEquals(1, answer.split("HTTP/1.1 ", -1).length - 1, answer);
            assertTrue(answer.contains("\r\nconnection: close\r\n"), answer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Expect: 200-ok", "Expect: 100-continue, later", "Expect: 100-continue\r\nExpect: more"})
    void anExpectationThatIsNotKnownIsRefused(String expect) throws Exception {
        String answer = RawClient.exchange(
                node.port(),
                "POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n" + expect
                        + "\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 417 "), answer);
    }

    @Test
    void overHttp10AnExpectationIsIgnored() throws Exception {
        String answer = RawClient.exchange(
                node.port(),
                "POST /events HTTP/1.0\r\nExpect: 100-continue\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx");
        assertTrue(answer.startsWith("HTTP/1.0 201 "), answer);
    }
}
