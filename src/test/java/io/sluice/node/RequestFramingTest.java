package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a request ends is told in one way only, and what follows a request that tells it otherwise is not taken for another. */
class RequestFramingTest extends QuietServer {

    private static final String BEHIND =
            "POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nbehind";

    RequestFramingTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "publish": { "enabled": true, "anonymous": true }
            }
            """);
    }

    /** Fields that are separated by a bar; {@code \r\n} within them is written so. */
    private static String post(String version, String fields, String body) {
        return "POST /events HTTP/" + version + "\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                + fields.replaceAll(" *\\| *", "\r\n").replace("\\r\\n", "\r\n") + "\r\n\r\n" + body;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: identity",
                "Transfer-Encoding:",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: chunked | Transfer-Encoding: identity",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: x\\r\\n chunked",
                "Transfer-Encoding: chunked | Content-Length: 3",
                "Content-Length: 3 | Transfer-Encoding: chunked",
                "Content-Length: 3 | Content-Length: 4",
                "Content-Length: +3",
                "Content-Length: -1",
                "Content-Length: 3 3",
                "Content-Length: 0x3",
                "Content-Length: 3\\r\\n 4",
                "Content-Length: 99999999999999999999",
                "Content-Length : 3",
                "Transfer-Encoding : chunked",
                "Transfer-Encoding"
            })
    void aBodyWhoseEndIsNotClearIsRefusedAndEndsTheConnection(String fields) throws Exception {
        String answer = RawClient.exchange(node.port(), post("1.1", fields, "3\r\nabc\r\n0\r\n\r\n" + BEHIND));
        assertTrue(answer.matches("(?s)HTTP/1.[01] (400|501) .*"), answer);
        assertTrue(answer.contains("Content-Type: application/problem+json\r\n"), answer);
        assertEquals(1, answer.split("HTTP/1.[01] \\d", -1).length - 1, answer);
        assertEquals("", node.wire());
    }

    @Test
    void http10HasNoTransferEncoding() throws Exception {
        String answer = RawClient.exchange(
                node.port(), post("1.0", "Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n" + BEHIND));
        assertTrue(answer.matches("(?s)HTTP/1.[01] (400|501) .*"), answer);
        assertEquals("", node.wire());
    }

    @Test
    void aBodyInACodingThatTheNodeDoesNotReadIsRefused() throws Exception {
        String answer = RawClient.exchange(
                node.port(),
                post("1.1", "Transfer-Encoding: gzip, chunked | Connection: close", "3\r\nabc\r\n0\r\n\r\n"));
        assertTrue(answer.startsWith("HTTP/1.1 501 "), answer);
        assertEquals("", node.wire());
    }

    /** Netty unfolds a field, as RFC 9112 5.2 has it, and leaves the space of the fold in the value. */
    @Test
    void aFoldedFieldThatFramesTheBodyIsRefused() throws Exception {
        String answer = RawClient.exchange(
                node.port(),
                post("1.1", "Transfer-Encoding:\\r\\n chunked | Connection: close", "3\r\nabc\r\n0\r\n\r\n" + BEHIND));
        assertTrue(answer.matches("(?s)HTTP/1.[01] (400|501) .*"), answer);
        assertEquals("", node.wire());
    }
}
