package io.sluice.testing.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of WHATWG HTML 9.2.6, and each of its sentences. */
class StandardParserTest {

    private final List<ReceivedEvent> heard = new ArrayList<>();
    private final StandardParser parser = new StandardParser(heard::add);

    @Test
    void linesOfDataAreJoined() {
        take("data: YHOO\ndata: +2\ndata: 10\n\n");
        assertHeard(new ReceivedEvent("", "message", "YHOO\n+2\n10"));
    }

    @Test
    void anIdStaysUntilAnotherOneAndAnEmptyOneResetsIt() {
        take(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\n\nid\ndata:  third event\n\n");
        assertHeard(
                new ReceivedEvent("1", "message", "first event"),
                new ReceivedEvent("1", "message", "second event"),
                new ReceivedEvent("", "message", " third event"));
    }

    @Test
    void aDataLineIsAnEventThoughItIsEmptyAndOneWithoutItsEndIsNone() {
        take("data\n\ndata\ndata\n\ndata:");
        assertHeard(new ReceivedEvent("", "message", ""), new ReceivedEvent("", "message", "\n"));
    }

    @Test
    void oneSpaceBehindTheColonCountsForNothing() {
        take("data:test\n\ndata: test\n\n");
        assertHeard(new ReceivedEvent("", "message", "test"), new ReceivedEvent("", "message", "test"));
    }

    @Test
    void aTypeIsForOneBlock() {
        take("event: add\ndata: 1\n\nevent: add\n\ndata: 2\n\n");
        assertHeard(new ReceivedEvent("", "add", "1"), new ReceivedEvent("", "message", "2"));
    }

    @Test
    void aBlockWithoutDataStillGivesItsId() {
        take("id: 7\n\n");
        assertEquals("7", parser.lastEventId());
        take("id: 8\n");
        assertEquals("7", parser.lastEventId(), "the block has no end yet");
        take("id: a\0b\n\n");
        assertEquals("8", parser.lastEventId(), "an id with NUL is ignored");
        assertHeard();
    }

    @Test
    void retryIsDigitsOnly() {
        take("retry: 1x\nretry: -1\nretry:\n\n");
        assertEquals(-1, parser.reconnectionTime());
        take("retry: 2000\n");
        assertEquals(2000, parser.reconnectionTime());
    }

    @Test
    void namesAreExactAndUnknownFieldsAreIgnored() {
        take("Data: 1\n data: 2\ndata : 3\ndatax\n\n");
        assertHeard();
    }

    @Test
    void aLineEndsInThreeWaysWhereverTheBytesAreCut() {
        String text = "\ufeffid: 1\r\ndata: \u00fc\r\n\r\ndata: b\rdata: c\r\rdata: \ud83d\ude00\n\n";
        byte[] bytes = text.getBytes(UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            List<ReceivedEvent> events = new ArrayList<>();
            StandardParser cutParser = new StandardParser(events::add);
            cutParser.take(bytes, 0, cut);
            cutParser.take(bytes, cut, bytes.length);
            assertEquals(
                    List.of(
                            new ReceivedEvent("1", "message", "\u00fc"),
                            new ReceivedEvent("1", "message", "b\nc"),
                            new ReceivedEvent("1", "message", "\ud83d\ude00")),
                    events,
                    "cut at " + cut);
        }
    }

    @Test
    void oneByteOrderMarkIsLeftOut() {
        take("\ufeffdata: 1\n\n\ufeffdata: 2\n\ndata: \ufeff3\n\n");
        assertHeard(new ReceivedEvent("", "message", "1"), new ReceivedEvent("", "message", "\ufeff3"));
    }

    /** The maximal parts of Unicode 3.9, as WHATWG Encoding has them. */
    @ParameterizedTest
    @CsvSource({
        "80, ?",
        "c3 28, ?(",
        "c0 af, ??",
        "e0 80 80, ???",
        "e2 82 28, ?(",
        "ed a0 80, ???",
        "f0 9f 98 28, ?(",
        "f4 90 80 80, ????",
        "f5, ?",
        "e2 82 e2 82 ac, ?\u20ac"
    })
    void whatIsNotUtf8IsReplaced(String hex, String text) {
        StringBuilder bytes = new StringBuilder("data:");
        for (String b : hex.split(" ", -1)) {
            bytes.append((char) Integer.parseInt(b, 16));
        }
        take(bytes.append("\n\n").toString(), ISO_8859_1);
        assertHeard(new ReceivedEvent("", "message", text.replace('?', '\ufffd')));
    }

    private void take(String text) {
        take(text, UTF_8);
    }

    private void take(String text, Charset charset) {
        byte[] bytes = text.getBytes(charset);
        parser.take(bytes, 0, bytes.length);
    }

    private void assertHeard(ReceivedEvent... events) {
        assertEquals(List.of(events), heard);
    }
}
