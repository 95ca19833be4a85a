package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Bytes;
import java.nio.charset.CharacterCodingException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The verdicts over UTF-8, compared with those of the JDK's decoder. */
class Utf8CheckTest {

    /** The bytes at which something changes (RFC 3629 4), and some between them. */
    private static final int[] EDGES = {
        0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
        0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff
    };

    private static boolean isUtf8(byte[] bytes, int cut) {
        Utf8Check check = new Utf8Check();
        return check.take(bytes, 0, cut) && check.take(bytes, cut, bytes.length) && check.isComplete();
    }

    private static boolean decodes(byte[] bytes) {
        try {
            Bytes.decode(bytes);
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void theVerdictIsTheDecodersWhereverTheBytesAreCut() {
        Random random = new Random(13);
        int accepted = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[random.nextInt(6)];
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = (byte) EDGES[random.nextInt(EDGES.length)];
            }
            boolean expected = decodes(bytes);
            assertEquals(expected, isUtf8(bytes, random.nextInt(bytes.length + 1)), () -> Bytes.copyOf(bytes)
                    .toString());
            accepted += expected ? 1 : 0;
        }
        assertTrue(accepted > 1000, "of both kinds: " + accepted);
    }
}
