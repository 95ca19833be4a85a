package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.RawClient;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths that are written so that a right to one stream might open another: each is asked for as it is served. */
class RightsPathTest extends GuardedServer {

    private static int status(String line, String name) throws Exception {
        String answer = RawClient.exchange(
                node.port(),
                line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token(name)
                        + "\r\n\r\n");
        return Integer.parseInt(answer.substring(9, 12));
    }

    /** Ada may have chat/ada, and nothing else of the template. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /chat/ada                     | 200
            /chat/%61da                   | 200
            /chat/./ada                   | 400
            //chat/ada                    | 200
            http://localhost/chat/ada     | 200
            HTTP://localhost/chat/ada     | 200
            http://localhost/chat/bob     | 403
            //chat/bob                    | 403
            /chat/bob                     | 403
            /chat/Ada                     | 403
            /chat/ADA                     | 403
            /chat/%62ob                   | 403
            /Chat/bob                     | 404
            /CHAT/ada                     | 404
            /chat%2Fbob                   | 404
            /chat%2fada                   | 404
            /chat%2F..%2Fevents           | 400
            /chat/ada/                    | 400
            /chat/ada//                   | 400
            /chat//ada                    | 400
            /chat/ada/../bob              | 400
            /chat/ada%2f..%2fbob          | 400
            /chat/..%2fchat%2fbob         | 400
            /chat/..                      | 400
            /chat/../chat/bob             | 400
            /chat/%2e%2e/chat/bob         | 400
            /chat/%2e%2e%2fchat%2fbob     | 400
            /events/../chat/bob           | 403
            /events/%2e%2e/chat/bob       | 403
            /x/../chat/bob                | 403
            /chat/ada;x=1                 | 400
            /chat/bob;/../ada             | 400
            /chat;x/bob                   | 404
            /chat/ada%3fx                 | 400
            /chat/ada%23                  | 400
            /chat/*                       | 400
            /chat/%2a                     | 400
            /chat/{sub}                   | 400
            /chat/ada%00                  | 400
            /chat/ada%252f                | 400
            /chat/bob?/chat/ada           | 403
            /chat/bob?name=ada            | 403
            /events;x                     | 404
            /EVENTS                       | 404
            """)
    void aPathIsAskedForAsItIsServed(String path, int status) throws Exception {
        assertEquals(status, status("GET " + path, "ada"));
        boolean isRead = status == 200;
        assertEquals(isRead ? 201 : status, publish(path));
    }

    private static int publish(String path) throws Exception {
        String answer = RawClient.exchange(
                node.port(),
                "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/plain\r\n"
                        + "Content-Length: 1\r\nAuthorization: Bearer " + token("ada") + "\r\n\r\nx");
        return Integer.parseInt(answer.substring(9, 12));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/events",
                "/events/",
                "//events",
                "/./events",
                "/x/../events",
                "/%65vents",
                "http://localhost/events"
            })
    void aDeclaredStreamIsClosedHoweverItsPathIsWritten(String path) throws Exception {
        String answer = RawClient.exchange(
                node.port(), "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 401 "), answer);
        assertEquals(403, status("GET " + path, "nothing"));
    }
}
