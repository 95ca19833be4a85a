package io.sluice.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.sluice.stream.JsonBounds;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The verdicts over JSON, compared with Jackson's, and how the first wrong byte is named. */
class JsonCheckTest {

    private static final List<String> SEEDS = List.of(
            "{\"a\":1,\"b\":[true,false,null],\"c\":{\"d\":\"e\"}}",
            "[-0.5e+10,0,1E5,12.25,-7]",
            " [ { } , [ ] , \"\\u00fc\\n\\\\\\\"\" ] ",
            "\"Gr\u00fc\u00dfe \ud83d\ude80\"",
            "[[[[{\"x\":[{}]}]]]]",
            "null",
            "-1.50e+3");

    private static final String ALPHABET = "{}[]\",:0123456789-+.eEtrufalsn \t\r\n\\u/b'\u0001\u007f\u00fc\ufeff";

    private static final JsonFactory JACKSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(JsonBounds.MAX_LEVELS)
                    .build())
            .build();

    private static void check(String text, int... cuts) {
        byte[] bytes = text.getBytes(UTF_8);
        JsonCheck check = new JsonCheck();
        int from = 0;
        for (int cut : cuts) {
            check.take(bytes, from, cut);
            from = cut;
        }
        check.take(bytes, from, bytes.length);
        check.end();
        check.close();
    }

    private static boolean accepts(Runnable check) {
        try {
            check.run();
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean jacksonAccepts(String text) {
        try (JsonParser parser = JACKSON.createParser(text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            parser.finishToken();
            return parser.nextToken() == null;
        } catch (JsonProcessingException e) {
            return false;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Jackson takes it if the brace comes in a piece of its own. */
    @ParameterizedTest
    @ValueSource(
            strings = {"{\"a\":}", "[{\"a\":}]", "{\"a\": }", "{\"a\":1,}", "{\"a\":[1], }", "{\"}\\\"\":\",}\",}"})
    void anObjectThatEndsBehindACommaOrColonIsRefusedWhereverTheBytesAreCut(String text) {
        for (int cut = 0; cut <= text.length(); cut++) {
            int at = cut;
            assertFalse(accepts(() -> check(text, at)), text + " cut at " + cut);
        }
        assertFalse(accepts(() -> check(text, IntStream.range(0, text.length()).toArray())), text + " byte by byte");
    }

    @Test
    void theVerdictIsJacksonsWhereverTheBytesAreCut() {
        Random random = new Random(13);
        int accepted = 0;
        for (int i = 0; i < 60_000; i++) {
            String text = mutated(SEEDS.get(random.nextInt(SEEDS.size())), random);
            int cut = random.nextInt(text.getBytes(UTF_8).length + 1);
            boolean expected = jacksonAccepts(text);
            assertEquals(expected, accepts(() -> check(text)), text);
            assertEquals(expected, accepts(() -> check(text, cut)), text + " cut at " + cut);
            if (i % 8 == 0) {
                int[] everywhere =
                        IntStream.range(0, text.getBytes(UTF_8).length).toArray();
                assertEquals(expected, accepts(() -> check(text, everywhere)), text + " byte by byte");
            }
            accepted += expected ? 1 : 0;
        }
        assertTrue(accepted > 1000, "of both kinds: " + accepted);
    }

    /** One to three characters more, fewer or others. */
    private static String mutated(String seed, Random random) {
        StringBuilder text = new StringBuilder(seed);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(text.length() + 1);
            char other = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
            switch (random.nextInt(3)) {
                case 0 -> text.insert(at, other);
                case 1 -> text.delete(at, Math.min(at + 1, text.length()));
                default -> text.replace(at, Math.min(at + 1, text.length()), String.valueOf(other));
            }
        }
        // Half of the rocket would become a question mark.
        return text.toString().replaceAll("[\\ud800-\\udfff]+", "\ud83d\ude80");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"a":1,}        => is not JSON: Unexpected character ('}' (code 125)): was expecting double-quote to start field name
            [1 2]           => is not JSON: Unexpected character ('2' (code 50)): was expecting comma to separate Array entries
            [1}             => is not JSON: Unexpected close marker '}': expected ']'
            {"a" 1}         => is not JSON: Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value
            01              => is not JSON: Invalid numeric value: Leading zeroes not allowed
            1a              => is not JSON: Unexpected character ('a' (code 97)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
            nul             => is not JSON: Unrecognized token 'nul': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
            "abc            => is not JSON: Unexpected end-of-input: was expecting rest of token
            1.              => is not JSON: Unexpected end-of-input within a number
            "\\x"           => is not JSON: Unrecognized character escape 'x' (code 120)
            "\\u12g4"       => is not JSON: Unexpected character ('g' (code 103)): expected a hex-digit for character escape sequence
            """)
    void whatIsWrongIsNamed(String text, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> check(text)).getMessage());
    }

    @Test
    void depthNumbersAndNamesAreBounded() {
        check("[".repeat(200) + "]".repeat(200));
        assertRefused(
                "has more than 200 objects and lists inside each other: expected at most 200",
                "[".repeat(201) + "]".repeat(201));
        assertRefused(
                "has more than 200 objects and lists inside each other: expected at most 200",
                "{\"a\":".repeat(8 << 17));
        check("1".repeat(1000));
        assertRefused(
                "is not JSON: Number value length (1001) exceeds the maximum allowed (1000, from `StreamReadConstraints.getMaxNumberLength()`)",
                "1".repeat(1001));
        check("{\"" + "n".repeat(50_000) + "\":1}");
        assertRefused(
                "is not JSON: Name length (50001) exceeds the maximum allowed (50000, from `StreamReadConstraints.getMaxNameLength()`)",
                "{\"" + "n".repeat(50_001) + "\":1}");
        check("\"" + "v".repeat(1 << 20) + "\"");
    }

    private static void assertRefused(String message, String text) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> check(text)).getMessage());
    }
}
