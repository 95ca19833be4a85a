package io.sluice.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.SseParser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventResponseTest {

    private static final String CHUNKED = """
            HTTP/1.1 200 OK\r
            Content-Type: text/event-stream; charset=utf-8\r
            Transfer-Encoding: chunked\r
            \r
            """;

    private final List<String> heard = new ArrayList<>();
    private EventResponse response = fresh();

    @Test
    void chunksAreNoPartOfTheEvents() {
        take(CHUNKED + "7;x=y\r\ndata: o\r\nb\r\nne\n\ndata: t\r\n4\r\nwo\n\n\r\n");
        assertEquals(List.of("one", "two"), heard);
        assertTrue(response.isOpen());
    }

    @Test
    void theEventsAreTheSameWhereverTheBytesAreCut() {
        String text = CHUNKED + "7\r\ndata: o\r\n000F\r\nne\n\ndata: two\n\n\r\n0\r\n\r\n";
        for (int first = 0; first <= text.length(); first++) {
            for (int second = first; second <= text.length(); second++) {
                heard.clear();
                response = fresh();
                take(text.substring(0, first));
                take(text.substring(first, second));
                take(text.substring(second));
                assertEquals(List.of("one", "two"), heard, "cut at " + first + " and " + second);
                assertTrue(response.hasEnded());
            }
        }
    }

    @Test
    void aBodyMayComeWithoutChunks() {
        take("HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: one\n\n");
        assertEquals(List.of("one"), heard);
        assertFalse(response.hasEnded());
    }

    @Test
    void theLastChunkIsTheEnd() {
        take(CHUNKED + "0\r\n\r\n");
        assertTrue(response.hasEnded());
        assertEquals("", response.problem());
    }

    @Test
    void anotherStatusIsAProblem() {
        take("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        assertTrue(response.hasEnded());
        assertEquals("it answers HTTP/1.1 503 Service Unavailable", response.problem());
    }

    @Test
    void anotherTypeIsAProblem() {
        take("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n");
        assertEquals("it answers with something else than text/event-stream", response.problem());
    }

    private EventResponse fresh() {
        return new EventResponse(new SseParser((data, length) -> heard.add(new String(data, 0, length, UTF_8))));
    }

    private void take(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        response.take(bytes, 0, bytes.length);
    }
}
