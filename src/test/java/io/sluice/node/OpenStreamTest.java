package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.RawClient;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream that anybody may publish to at a node that asks for tokens otherwise, and answers to any name. */
class OpenStreamTest extends QuietServer {

    OpenStreamTest() {
        super("""
            {
              "http": { "host": "0.0.0.0", "port": 0 },
              "auth": { "jwt": { "secret": "01234567890123456789012345678901" } },
              "streams": {
                "events": { "read": "anyone", "lifetime": "50ms", "publish": { "anonymous": true } },
                "other": { "publish": {} }
              }
            }
            """);
    }

    private String send(String method, String host) throws Exception {
        return RawClient.exchange(
                node.port(),
                method + " /events HTTP/1.1\r\nConnection: close\r\nHost: " + host + "\r\nContent-Type: text/plain\r\n"
                        + "Origin: http://" + host + "\r\nContent-Length: 1\r\n\r\nx");
    }

    private static void assertStatus(int status, String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:8080", "192.168.1.5:8080", "[fe80::1]", "localhost", "tower", "tower.local"})
    void itIsPublishedToUnderTheNamesThatNoStrangerHas(String host) throws Exception {
        assertStatus(201, send("POST", host));
    }

    /** DNS rebinding: to the browser of a visitor the stranger's page is the node's own. */
    @Test
    void theNameOfAStrangerMayReadAndNotPublish() throws Exception {
        assertStatus(421, send("POST", "evil.example:8080"));
        assertEquals("", node.wire());
        assertTrue(RawClient.exchange(node.port(), "GET /events HTTP/1.0\r\nHost: evil.example\r\n\r\n")
                .startsWith("HTTP/1.0 200 "));
    }

    @Test
    void theOtherStreamsAskForATokenAsBefore() throws Exception {
        assertEquals(
                401,
                node.send(node.request("/other")
                                .header("Content-Type", "text/plain")
                                .POST(BodyPublishers.ofString("x")))
                        .statusCode());
    }
}
