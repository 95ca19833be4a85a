package io.sluice.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.ByteSize;
import io.sluice.log.NewEvent;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NDJSON as it comes: what is made of it, how much of it in a turn, and where it ends. */
class EventLinesTest {

    private static EventLines lines() {
        return new EventLines(PublishRequest.of(BodyType.LINES, "t"), new ByteSize(1024));
    }

    /** Takes a body, in pieces of a size. Returns the number of turns. */
    private static int take(EventLines lines, String body, int pieces) {
        byte[] bytes = body.getBytes(UTF_8);
        int turns = 0;
        for (int from = 0; from < bytes.length; turns++) {
            from = lines.take(bytes, from, Math.min(bytes.length, from + pieces));
        }
        return turns;
    }

    private static void assertRefused(int status, String message, String body) {
        EventLines lines = lines();
        HttpException refused = assertThrows(HttpException.class, () -> {
            take(lines, body, 8192);
            lines.end();
        });
        assertEquals(message, refused.getPayload());
        assertEquals(status, refused.getStatusCode());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8, 1000})
    void theEventsAreTheSameHoweverTheBytesCome(int pieces) {
        EventLines lines = lines();
        take(lines, "\n{\"a\":\"\u00fc\"}\r\n \t\r\n[1, 2] \n\n-3.5\r", pieces);
        List<String> data =
                lines.end().stream().map(NewEvent::data).map(String::valueOf).toList();
        assertEquals(List.of("{\"a\":\"\u00fc\"}", "[1, 2] ", "-3.5"), data);
    }

    @Test
    void tenThousandLinesAtOnceAreManyTurns() {
        EventLines lines = lines();
        assertEquals(10_000 / EventLines.LINES_A_TURN, take(lines, "1\n".repeat(10_000), 20_000));
        assertEquals(10_000, lines.end().size());
    }

    @Test
    void theLineAfterTenThousandIsRefusedAsSoonAsItIsThere() {
        EventLines lines = lines();
        byte[] body = "1\n".repeat(4_000_000).getBytes(UTF_8);
        int[] next = {0};
        HttpException refused = assertThrows(HttpException.class, () -> {
            while (true) {
                next[0] = lines.take(body, next[0], body.length);
            }
        });
        assertEquals("line 10001 is one too many: expected at most 10000 events", refused.getPayload());
        assertEquals(413, refused.getStatusCode());
        assertTrue(next[0] <= 20_000, "no further: " + next[0]);
        assertRefused(413, "line 10001 is one too many: expected at most 10000 events", "1\n".repeat(10_000) + "1");
    }

    @Test
    void blankLinesCountToo() {
        assertRefused(
                413,
                "line 20001 is one too many: expected at most 20000 lines, blank ones among them",
                "\n".repeat(4_000_000));
        EventLines lines = lines();
        take(lines, "1\n\n".repeat(9_999), 8192);
        assertEquals(9_999, lines.end().size());
    }

    @Test
    void aLineThatIsTooLargeIsRefusedBeforeItsEnd() {
        EventLines lines = lines();
        take(lines, "1\n" + "8".repeat(900), 100);
        HttpException refused = assertThrows(HttpException.class, () -> take(lines, " ".repeat(1000), 200));
        assertEquals("line 2 has 1100 bytes or more: expected at most 1kB", refused.getPayload());
        assertRefused(413, "line 1 has 1025 bytes: expected at most 1kB", '"' + "x".repeat(1023) + '"');
    }

    @Test
    void theLineEndIsNoPartOfTheSize() {
        EventLines lines = lines();
        take(lines, '"' + "x".repeat(1022) + "\"\r\n", 8192);
        assertEquals(1024, lines.end().get(0).size());
    }

    @Test
    void whatItHoldsIsAboutTheSizeOfTheBody() {
        EventLines lines = lines();
        take(lines, ("\"" + "x".repeat(998) + "\"\n").repeat(500), 700);
        assertTrue(lines.held() >= 500_000 && lines.held() <= 650_000, "held: " + lines.held());
        EventLines tiny = lines();
        take(tiny, "1\n".repeat(5_000), 8192);
        assertTrue(tiny.held() >= 64 * 5_000, "objects cost, too: " + tiny.held());
    }

    // ---- lines as they come

    private static EventLines endless() {
        return new EventLines(
                new PublishRequest(BodyType.LINES, "t", null, null, false, false, false), ByteSize.ofMegabytes(1));
    }

    private static String line(int bytes) {
        return '"' + "x".repeat(bytes - 2) + "\"\n";
    }

    @Test
    void whatIsTakenOutIs128kBAtMostOrOneEventThatIsLarger() {
        EventLines lines = endless();
        take(lines, line(50_000).repeat(3) + line(300_000) + line(10), 1 << 20);
        assertTrue(lines.isFull());
        List<Integer> batches = Stream.generate(lines::takeOut)
                .map(List::size)
                .takeWhile(size -> size > 0)
                .toList();
        assertEquals(List.of(2, 1, 1, 1), batches);
        assertEquals(0, lines.held());
    }

    @Test
    void linesAsTheyComeAreFullAfterATurnsLines() {
        EventLines lines = endless();
        take(lines, "1\n".repeat(EventLines.LINES_A_TURN - 1), 8192);
        assertFalse(lines.isFull());
        take(lines, "1\n", 8192);
        assertTrue(lines.isFull());
        assertEquals(EventLines.LINES_A_TURN, lines.takeOut().size());
        assertFalse(lines.isFull());
    }

    @Test
    void linesAsTheyComeHaveNoBoundAndTheirNumberGoesOn() {
        EventLines lines = endless();
        for (int i = 0; i < 50; i++) {
            take(lines, "1\n\n".repeat(500), 8192);
            lines.takeOut();
        }
        assertEquals(50_001, lines.number());
        assertFalse(lines.hasEvents());
        assertFalse(lines.isEmpty());
    }
}
