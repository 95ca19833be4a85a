package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.RawClient;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests whose body ends at one byte for a proxy and at another for the node: what a proxy takes for a body must never be a
 * request here. RFC 9112 6.3, 7.1 and 11.2.
 */
class RequestSmugglingTest extends QuietServer {

    private static final String OPEN = """
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "publish": { "enabled": true, "anonymous": true }
            }
            """;

    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

    RequestSmugglingTest() {
        super(OPEN);
    }

    private static String post(String version, String headers) {
        return "POST /events " + version + "\r\nHost: localhost\r\nContent-Type: text/plain\r\n" + headers + "\r\n";
    }

    private static String chunked(String body) {
        return post("HTTP/1.1", "Transfer-Encoding: chunked\r\n") + body;
    }

    /** Sends a request and what may be taken for another one behind it, and waits for the end of the connection. */
    private String refused(String request) throws IOException {
        String answers = RawClient.exchange(node.port(), request + SMUGGLED);
        assertEquals(1, answers.split("HTTP/1\\.[01] \\d", -1).length - 1, answers);
        assertTrue(answers.matches("(?s)HTTP/1\\.[01] (400|501) .*"), answers);
        assertEquals("", node.wire());
        return answers;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "100000003\r\nabc\r\n0\r\n\r\n",
                "8000000000000003\r\nabc\r\n0\r\n\r\n",
                "10000000000000003\r\nabc\r\n0\r\n\r\n",
                "-3\r\nabc\r\n0\r\n\r\n",
                "+3\r\nabc\r\n0\r\n\r\n",
                "0x3\r\nabc\r\n0\r\n\r\n",
                "3_\r\nabc\r\n0\r\n\r\n",
                "3 3\r\nabc\r\n0\r\n\r\n",
                "three\r\nabc\r\n0\r\n\r\n",
                "\r\nabc\r\n0\r\n\r\n",
                ";a=b\r\nabc\r\n0\r\n\r\n",
                "3\nabc\r\n0\r\n\r\n",
                "3;a=b\nabc\r\n0\r\n\r\n",
                "3\rabc\r\n0\r\n\r\n",
                "3;a=\"\r\nabc\r\n0\r\n\r\n\"",
                "3\r\nabc0\r\n\r\n",
                "3\r\nabcXY0\r\n\r\n",
                "3\r\nabc\n0\r\n\r\n",
                "3\r\nabcdef\r\n0\r\n\r\n",
                "\0" + "3\r\nabc\r\n0\r\n\r\n",
                " 3\r\nabc\r\n0\r\n\r\n",
                "3 \r\nabc\r\n0\r\n\r\n",
                "3\r\nabc\r\n0\n\r\n",
                "3\r\nabc\r\n0\r\nbroken trailer\r\n\r\n",
            })
    void aChunkThatIsNoneEndsTheConnection(String body) throws Exception {
        refused(chunked(body));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked, identity\r\n",
                "Transfer-Encoding: chunked, xchunked\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: xchunked\r\nContent-Length: 13\r\n",
                "Transfer-Encoding: chunked, identity\r\nContent-Length: 13\r\n",
                "Transfer-Encoding: chunked, chunked\r\n",
                "Transfer-Encoding: identity, chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: chunked;a=b\r\n",
                "Transfer-Encoding: \u000bchunked\r\n",
                "Transfer-Encoding: \"chunked\"\r\n",
                "Transfer-Encoding:\r\n chunked\r\n",
                "Transfer-Encoding : chunked\r\n",
                "Transfer-Encoding\r\n : chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 13\r\n",
                "Content-Length: 13\r\nTransfer-Encoding: chunked\r\n",
                "Content-Length: 13\r\nContent-Length: 14\r\n",
                "Content-Length: 13, 14\r\n",
                "Content-Length: +13\r\n",
                "Content-Length: -13\r\n",
                "Content-Length: 0xd\r\n",
                "Content-Length: 1 3\r\n",
                "Content-Length: 18446744073709551629\r\n",
                "Content-Length:\r\n 13\r\n",
            })
    void aLengthOfTwoMeaningsEndsTheConnection(String headers) throws Exception {
        refused(post("HTTP/1.1", headers) + "3\r\nabc\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Transfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 13\r\n"})
    void http10HasNoChunks(String headers) throws Exception {
        refused(post("HTTP/1.0", headers + "Connection: keep-alive\r\n") + "3\r\nabc\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Xength: 48\r\n",
                "content-xength: 48\r\n",
                "Content-Length: 0\r\nContent-Xength: 48\r\n",
            })
    void aHeaderThatLooksLikeContentLengthIsNone(String headers) throws Exception {
        String get = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n";
        String answers = RawClient.exchange(node.port(), get + headers + "\r\n" + get + "Connection: close\r\n\r\n");
        assertEquals(2, answers.split("HTTP/1\\.1 200 ", -1).length - 1, answers);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3\r\nabc\r\n0\r\n\r\n",
                "3;a=b\r\nabc\r\n0\r\n\r\n",
                "3;a\r\nabc\r\n0;b=c\r\n\r\n",
                "3;a=\"b;c\"\r\nabc\r\n0\r\n\r\n",
                "3 ;a=b\r\nabc\r\n0\r\n\r\n",
                "3 ; a = b\r\nabc\r\n0\r\n\r\n",
                "0003\r\nabc\r\n000\r\n\r\n",
                "3\r\nabc\r\n0\r\nX-Trailer: of no meaning\r\n\r\n",
            })
    void aChunkWithAnExtensionIsTaken(String body) throws Exception {
        String next = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        String answers = RawClient.exchange(node.port(), chunked(body) + next);
        assertTrue(answers.matches("(?s)HTTP/1\\.1 201 .*HTTP/1\\.1 200 .*"), answers);
        assertEquals(1, node.stream().journal().head());
    }
}
