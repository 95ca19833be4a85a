package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.RawClient;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The methods that probes of load balancers use, and those that nobody should. */
class RequestMethodTest extends QuietServer {

    RequestMethodTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "publish": { "enabled": true, "anonymous": true }
            }
            """);
    }

    private String request(String line) throws IOException {
        return RawClient.exchange(node.port(), line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health/live", "/health/ready", "/", "/events"})
    void headIsGetWithoutABody(String path) throws Exception {
        String answer = request("HEAD " + path + " HTTP/1.1");
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
        assertEquals("", body(answer));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/ | GET, HEAD, OPTIONS",
                "/no-such-file | GET, HEAD, OPTIONS",
                "/health/live | GET, HEAD, OPTIONS",
                "/health/ready | GET, HEAD, OPTIONS",
                "/events | GET, HEAD, OPTIONS, POST",
                "* | GET, HEAD, OPTIONS, POST",
                "http://localhost | GET, HEAD, OPTIONS"
            })
    void optionsNameTheMethodsOfEveryPath(String path, String allow) throws Exception {
        String answer = request("OPTIONS " + path + " HTTP/1.1");
        assertTrue(answer.startsWith("HTTP/1.1 204 No Content\r\n"), answer);
        assertTrue(answer.contains("\r\nAllow: " + allow + "\r\n"), answer);
    }

    /** As HAProxy's {@code option httpchk} sends it. */
    @ParameterizedTest
    @ValueSource(strings = {"/", "/health/ready", "/events", "*"})
    void optionsOverHttp10WithoutAHostIsAnswered(String path) throws Exception {
        String answer = RawClient.exchange(node.port(), "OPTIONS " + path + " HTTP/1.0\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.0 204 No Content\r\n"), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH", "BREW", "POST"})
    void healthIsReadAndNoMore(String method) throws Exception {
        String answer = request(method + " /health/live HTTP/1.1");
        assertTrue(answer.startsWith("HTTP/1.1 405 "), answer);
        assertTrue(answer.contains("\r\nAllow: GET, HEAD, OPTIONS\r\n"), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"CONNECT localhost:80", "CONNECT /events", "TRACE /events", "TRACE /", "TRACE /health/live"})
    void aTunnelOrAnEchoIsNotImplemented(String line) throws Exception {
        String answer = request(line + " HTTP/1.1");
        assertTrue(answer.startsWith("HTTP/1.1 501 "), answer);
        assertFalse(body(answer).contains("Host"), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.2", "HTTP/0.9", "HTTP/2.0", "HTTP/9.9"})
    void aVersionThatIsNotKnownIsRefused(String version) throws Exception {
        String answer = request("GET /events " + version);
        assertTrue(answer.matches("(?s)HTTP/\\d\\.\\d (501|505|400) .*"), answer);
    }
}
