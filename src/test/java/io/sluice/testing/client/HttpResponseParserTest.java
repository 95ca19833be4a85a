package io.sluice.testing.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.HttpResponseParser.MalformedResponseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpResponseParserTest {

    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String PLAIN = "HTTP/1.0 200 OK\r\n\r\n";

    private final StringBuilder body = new StringBuilder();
    private int ends;
    private boolean bodies = true;
    private HttpResponseParser parser = fresh();

    @Test
    void aBodyIsWhatIsInItsChunks() {
        take(CHUNKED + "3\r\none\r\n00B\r\ntwo and\r\n\r\n\r\n0\r\n\r\n");
        assertEquals("onetwo and\r\n\r\n", body.toString());
        assertEquals(1, ends);
        assertTrue(parser.isBetweenResponses());
    }

    @Test
    void aConnectionHasOneResponseAfterTheOther() {
        take(CHUNKED + "1\r\na\r\n0\r\n\r\n" + CHUNKED + "1\r\nb\r\n0\r\n\r\n");
        assertEquals("ab", body.toString());
        assertEquals(2, ends);
    }

    @Test
    void theBodyIsTheSameWhereverTheBytesAreCut() {
        String text = CHUNKED + "2\r\non\r\n1\r\ne\r\n0\r\n\r\n" + PLAIN + "two";
        for (int first = 0; first <= text.length(); first++) {
            for (int second = first; second <= text.length(); second++) {
                body.setLength(0);
                parser = fresh();
                take(text.substring(0, first));
                take(text.substring(first, second));
                take(text.substring(second));
                assertEquals("onetwo", body.toString(), "cut at " + first + " and " + second);
            }
        }
    }

    @Test
    void aBodyWithoutChunksEndsWithTheConnection() {
        take(PLAIN + "one");
        assertEquals(0, ends);
        assertTrue(parser.connectionEnded());
        assertEquals(1, ends);
    }

    @Test
    void aConnectionMayNotEndWithinAChunk() {
        take(CHUNKED + "3\r\non");
        assertFalse(parser.connectionEnded());
    }

    @Test
    void theAnswerToHeadHasNoBody() {
        bodies = false;
        take(CHUNKED + CHUNKED);
        assertEquals("", body.toString());
        assertTrue(parser.isBetweenResponses());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x\r\n",
                "\r\n",
                "-1\r\n",
                " 1\r\na\r\n",
                "123456789\r\n",
                "1;x=y\r\na\r\n",
                "1\na\r\n",
                "1\r\na\n",
                "1\r\nab\r\n",
                "1\r\na\r\r\n",
                "0\r\nTrailer: x\r\n\r\n",
                "0\r\n\n",
                "1\rx\na\r\n"
            })
    void aChunkThatIsNotFramedToTheLetterIsRefused(String chunk) {
        assertThrows(MalformedResponseException.class, () -> take(CHUNKED + chunk));
    }

    @Test
    void aHeadThatDoesNotEndIsRefused() {
        assertThrows(MalformedResponseException.class, () -> take("HTTP/1.1 200 OK\r\nX: " + "x".repeat(20_000)));
    }

    private HttpResponseParser fresh() {
        return new HttpResponseParser(new HttpResponseParser.Handler() {
            @Override
            public boolean head(String head) {
                return bodies;
            }

            @Override
            public void body(byte[] bytes, int from, int to) {
                body.append(new String(bytes, from, to - from, ISO_8859_1));
            }

            @Override
            public void end() {
                ends++;
            }
        });
    }

    private void take(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        parser.take(bytes, 0, bytes.length);
    }
}
