package io.sluice.testing.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseParserTest {

    private final List<String> heard = new ArrayList<>();
    private final SseParser parser = new SseParser((data, length) -> heard.add(new String(data, 0, length, UTF_8)));

    @Test
    void anEventIsItsData() {
        take("id: x-1\nevent: t\ndata: one\n\ndata:two\n\n");
        assertEquals(List.of("one", "two"), heard);
    }

    @Test
    void severalDataLinesAreOneText() {
        take("data: one\ndata\ndata:  two\n\n");
        assertEquals(List.of("one\n\n two"), heard);
    }

    @Test
    void aBlockWithoutDataIsNoEvent() {
        take(": hi\n\nid: x-1\n\nretry: 2000\ndatabase: x\n\n");
        assertEquals(List.of(), heard);
    }

    @Test
    void anEventThatIsNotCompleteIsNotHeard() {
        take("data: one\n");
        assertEquals(List.of(), heard);
        take("\n");
        assertEquals(List.of("one"), heard);
    }

    @Test
    void aLineEndsWithLfCrOrBoth() {
        take("data: one\r\n\r\ndata: two\r\rdata: three\n\n");
        assertEquals(List.of("one", "two", "three"), heard);
    }

    @Test
    void theEventsAreTheSameWhereverTheBytesAreCut() {
        String text = ": hi\r\n\r\nid: 1\r\ndata: one\r\n\r\ndata: a\ndata: b\n\ndata: c\r\rdata: d\n\n";
        List<String> whole = List.of("one", "a\nb", "c", "d");
        for (int first = 0; first <= text.length(); first++) {
            for (int second = first; second <= text.length(); second++) {
                heard.clear();
                take(text.substring(0, first));
                take(text.substring(first, second));
                take(text.substring(second));
                assertEquals(whole, heard, "cut at " + first + " and " + second);
            }
        }
    }

    private void take(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        parser.take(bytes, 0, bytes.length);
    }
}
