package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Event;
import io.sluice.testing.client.RawClient;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths and queries in every shape: what is no URL is 400 as problem+json, and not a line in the log. */
class RequestTargetTest extends QuietServer {

    private static final String LAST = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";

    RequestTargetTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "streams": { "events": { "lifetime": "50ms" } },
              "publish": { "enabled": true, "anonymous": true }
            }
            """);
    }

    private String get(String target) throws IOException {
        return RawClient.exchange(node.port(), "GET " + target + LAST + "\r\n");
    }

    private static void assertRefused(int status, String detail, String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertTrue(answer.contains("Content-Type: application/problem+json\r\n"), answer);
        assertTrue(answer.contains("\"detail\":\"" + detail + "\""), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%zz", "/%", "/%4", "/events%", "/a/%g1/b", "/%-1", "/%u0041", "http://localhost/%zz"})
    void aPathWithABrokenEscapeIsRefused(String target) throws Exception {
        assertRefused(
                400,
                "the path has a % that no two hexadecimal digits follow: expected percent-encoded UTF-8",
                get(target));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%ff", "/%c0%af", "/%ed%a0%80", "/%f8%88%80%80%80", "/a\u00ffb", "/%e2%82"})
    void aPathThatIsNotUtf8IsRefused(String target) throws Exception {
        assertRefused(400, "the path has text that is not UTF-8: expected percent-encoded UTF-8", get(target));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%00", "/events%00", "/a%0d%0ab", "/%7f", "/a%09"})
    void aPathWithAControlCharacterIsRefused(String target) throws Exception {
        assertRefused(400, "the path has a control character", get(target));
    }

    @ParameterizedTest
    @ValueSource(strings = {"events", "*", "localhost:80", "?topic=a", "mailto:a@b"})
    void aTargetWithoutAPathIsRefused(String target) throws Exception {
        assertRefused(400, "expected a path that begins with /", get(target));
    }

    @Test
    void aTargetThatIsTooLongIsRefused() throws Exception {
        String answer = get("/" + "a".repeat(10_000));
        assertTrue(answer.startsWith("HTTP/1.0 414 "), answer);
        assertTrue(answer.contains("Content-Type: application/problem+json\r\n"), answer);
    }

    @ParameterizedTest
    @CsvSource({
        "/events?topic=%ff%fe, text that is not UTF-8",
        "/events?%ff=1, text that is not UTF-8",
        "/events?lastEventId=%e2%82, text that is not UTF-8",
        "/events?topic=a%, a % that no two hexadecimal digits follow",
        "/events?replay=%zz, a % that no two hexadecimal digits follow",
        "/events?node%g0, a % that no two hexadecimal digits follow"
    })
    void aQueryThatCannotBeDecodedIsRefusedAtEachDoor(String target, String wrong) throws Exception {
        String detail = "the query has " + wrong + ": expected percent-encoded UTF-8";
        assertRefused(400, detail, get(target));
        assertRefused(400, detail, post(target));
        assertEquals("", node.wire());
    }

    @ParameterizedTest
    @CsvSource({
        "a;b, a;b",
        "a%3Bb, a;b",
        "prix-%C3%A9, prix-\u00e9",
        "prix-\u00c3\u00a9, prix-\u00e9",
        "a+b%2Bc, a b+c",
        "a=b, a=b",
        "%61;topic=x, a;topic=x"
    })
    void aTopicIsReadAsABrowserWritesIt(String written, String topic) throws Exception {
        String answer = post("/events?&topic=" + written + "&&type=t;u");
        assertTrue(answer.startsWith("HTTP/1.1 201 "), answer);
        Event event = Objects.requireNonNull(node.stream().journal().read(1)).event();
        assertEquals(topic, event.topic());
        assertEquals("t;u", event.type());
        String read = get("/events?replay=all;x=1&topic=" + written);
        assertTrue(read.startsWith("HTTP/1.1 400 ") && read.contains("\"detail\":\"replay is \\\"all;x=1\\\": "), read);
        assertTrue(get("/events?replay=all&topic=" + written).contains("\ndata: x\n"));
        assertTrue(get("/events?replay=all&topic=a").endsWith("data: {}\n\n\r\n0\r\n\r\n"));
    }

    @Test
    void aUrlAsTheTargetIsItsPath() throws Exception {
        assertTrue(get("http://localhost/events?replay=none").startsWith("HTTP/1.1 200 OK\r\n"));
        assertTrue(get("http://localhost").startsWith("HTTP/1.1 200 OK\r\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"//", "//events", "/../events", "/%2e%2e/events", "/./events", "/events/", "/;/events"})
    void aPathThatIsWrittenStrangelyIsNoFailure(String target) throws Exception {
        String answer = get(target);
        assertTrue(List.of("200", "404").contains(answer.substring(9, 12)), answer);
    }

    private String post(String target) throws IOException {
        return RawClient.exchange(
                node.port(), "POST " + target + LAST + "Content-Type: text/plain\r\nContent-Length: 1\r\n\r\nx");
    }
}
