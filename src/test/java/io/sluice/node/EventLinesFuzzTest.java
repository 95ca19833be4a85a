package io.sluice.node;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.ByteSize;
import io.sluice.log.Bytes;
import io.sluice.log.NewEvent;
import io.sluice.testing.Texts;
import io.vertx.ext.web.handler.HttpException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** A body of NDJSON, in whatever pieces it comes, against one that is split as a whole, and against RFC 8259 as a regular expression. */
class EventLinesFuzzTest {

    /** RFC 8259, with so many levels as the values here have. */
    private static final Pattern JSON = Pattern.compile("[ \t\r]*" + json(4) + "[ \t\r]*");

    /** Nearly JSON, and JSON that another reader takes. */
    private static final List<String> WRONG = List.of(
            "1.",
            "1e",
            "1e+",
            "-",
            "-.5",
            ".5",
            "01",
            "+1",
            "1.e1",
            "0x1",
            "NaN",
            "tru",
            "nulll",
            "\"",
            "[1,]",
            "[,]",
            "[",
            "]",
            "1 2",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{'a':1}",
            "{a:1}",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\t\"",
            "//",
            "1//",
            "\f1",
            "\u00a01");

    /** What is no UTF-8, though some readers take it: halves of surrogate pairs, long forms, beyond Unicode. */
    private static final List<String> NO_UTF8 = List.of(
            "\u00ed\u00a0\u0080",
            "\u00ed\u00b0\u0080",
            "\u00c0\u0080",
            "\u00c1\u00bf",
            "\u00e0\u0080\u0080",
            "\u00e0\u009f\u00bf",
            "\u00f0\u0080\u0080\u0080",
            "\u00f4\u0090\u0080\u0080",
            "\u00f5\u0080\u0080\u0080",
            "\u00e2\u0082",
            "\u0080",
            "\u00ff");

    private static String json(int levels) {
        String string = "\"([^\"\\\\\\x00-\\x1f]|\\\\([\"\\\\/bfnrt]|u[0-9a-fA-F]{4}))*+\"";
        String number = "-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?";
        String flat = "null|true|false|" + number + "|" + string;
        if (levels == 0) {
            return "(" + flat + ")";
        }
        String blank = "[ \t\r]*";
        String value = blank + json(levels - 1) + blank;
        String member = blank + string + blank + ":" + value;
        return "(" + flat + "|\\[(" + blank + "|" + value + "(," + value + ")*)]|\\{(" + blank + "|" + member + "("
                + "," + member + ")*)})";
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void theEventsAreTheLinesOfTheWholeBody(@ForAll("bodies") byte[] body, @ForAll("cuts") List<Integer> cuts) {
        List<Bytes> expected = new ArrayList<>();
        int wrong = split(body, expected);
        if (wrong > 0) {
            HttpException refused = assertThrows(HttpException.class, () -> events(body, cuts));
            assertEquals(400, refused.getStatusCode());
            assertTrue(refused.getPayload().startsWith("line " + wrong + " "), wrong + ": " + refused.getPayload());
        } else if (expected.isEmpty()) {
            HttpException refused = assertThrows(HttpException.class, () -> events(body, cuts));
            assertEquals("the body has no line: expected one JSON value a line", refused.getPayload());
        } else {
            assertEquals(
                    expected, events(body, cuts).stream().map(NewEvent::data).toList());
        }
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void linesAsTheyComeAreTheSameUpToTheFirstWrongOne(
            @ForAll("bodies") byte[] body, @ForAll("cuts") List<Integer> cuts) {
        List<Bytes> expected = new ArrayList<>();
        int wrong = split(body, expected);
        EventLines lines = new EventLines(
                new PublishRequest(BodyType.LINES, "t", null, null, false, false, false), new ByteSize(100_000));
        List<Bytes> taken = new ArrayList<>();
        try {
            cut(body, cuts, (from, to) -> {
                int next = lines.take(body, from, to);
                lines.takeOut().forEach(event -> taken.add(event.data()));
                return next;
            });
            lines.endLastLine();
            assertEquals(0, wrong);
        } catch (HttpException e) {
            assertEquals(wrong, lines.number());
        }
        lines.takeOut().forEach(event -> taken.add(event.data()));
        assertEquals(expected, taken);
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void aWholeBodyIsOneValueOrRefused(@ForAll("lines") String text, @ForAll("cuts") List<Integer> cuts) {
        byte[] body = text.getBytes(ISO_8859_1);
        EventData data = new EventData(true, new ByteSize(100_000), () -> "the body");
        Supplier<Bytes> whole = () -> {
            cut(body, cuts, (from, to) -> {
                data.take(body, from, to);
                return to;
            });
            return data.end();
        };
        if (isJson(body)) {
            assertEquals(Bytes.copyOf(body), whole.get());
        } else {
            assertEquals(400, assertThrows(HttpException.class, whole::get).getStatusCode());
        }
    }

    /** What an event's text is, it stays: no byte is taken for another one's end or begin. */
    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void aPlainTextIsTakenAsItIsOrIsNoUtf8(@ForAll("bytes") byte[] body, @ForAll("cuts") List<Integer> cuts) {
        EventData data = new EventData(false, new ByteSize(100_000), () -> "the body");
        Supplier<Bytes> whole = () -> {
            cut(body, cuts, (from, to) -> {
                data.take(body, from, to);
                return to;
            });
            return data.end();
        };
        if (isUtf8(body)) {
            assertEquals(Bytes.copyOf(body), whole.get());
        } else {
            HttpException refused = assertThrows(HttpException.class, whole::get);
            assertEquals("the body is not UTF-8", refused.getPayload());
        }
    }

    // ---- what is expected

    /** Adds the data of each line. Answers the number of the first wrong line, 0 if there is none. */
    private static int split(byte[] body, List<Bytes> events) {
        int number = 0;
        // Of bytes: each is one character.
        for (String line : new String(body, ISO_8859_1).split("\n", -1)) {
            number++;
            byte[] bytes = line.getBytes(ISO_8859_1);
            if (line.matches("[ \t\r]*")) {
                continue;
            }
            if (!isJson(bytes)) {
                return number;
            }
            events.add(Bytes.of(new String(bytes, UTF_8).replaceFirst("\r\\z", "")));
        }
        return 0;
    }

    private static boolean isJson(byte[] bytes) {
        return isUtf8(bytes) && JSON.matcher(new String(bytes, UTF_8)).matches();
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            Bytes.decode(bytes);
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    // ---- what is taken

    private static List<NewEvent> events(byte[] body, List<Integer> cuts) {
        EventLines lines = new EventLines(PublishRequest.of(BodyType.LINES, "t"), new ByteSize(100_000));
        cut(body, cuts, (from, to) -> lines.take(body, from, to));
        return lines.end();
    }

    private interface Piece {
        int take(int from, int to);
    }

    private static void cut(byte[] bytes, List<Integer> cuts, Piece piece) {
        int from = 0;
        for (int i = 0; from < bytes.length; i++) {
            from = piece.take(from, Math.min(bytes.length, from + cuts.get(i % cuts.size())));
        }
    }

    // ---- bodies

    /** Each byte of a line as one character. */
    @Provide
    Arbitrary<String> lines() {
        return Arbitraries.frequencyOf(
                        Tuple.of(12, values(3)),
                        Tuple.of(2, Arbitraries.of("", " ", "\t \r")),
                        Tuple.of(1, changed(values(2))),
                        Tuple.of(1, Arbitraries.of(WRONG)),
                        Tuple.of(1, Texts.unicode()))
                .map(text -> new String(text.getBytes(UTF_8), ISO_8859_1));
    }

    @Provide
    Arbitrary<byte[]> bodies() {
        Arbitrary<String> ends = Arbitraries.of("\n", "\n", "\n", "\r\n", "\n\r\n", " \n");
        Arbitrary<String> begins = Arbitraries.frequency(Tuple.of(15, ""), Tuple.of(1, "\u00ef\u00bb\u00bf"));
        Arbitrary<String> lines = Combinators.combine(lines(), ends).as(String::concat);
        Arbitrary<String> last = lines();
        Arbitrary<byte[]> bodies = Combinators.combine(begins, lines.list().ofMaxSize(6), last)
                .as((begin, all, rest) -> (begin + String.join("", all) + rest).getBytes(ISO_8859_1));
        return Arbitraries.frequencyOf(Tuple.of(4, bodies), Tuple.of(1, changedBytes(bodies)));
    }

    @Provide
    Arbitrary<byte[]> bytes() {
        Arbitrary<byte[]> texts = Texts.unicode().map(text -> text.getBytes(UTF_8));
        Arbitrary<byte[]> broken = Combinators.combine(texts, Arbitraries.of(NO_UTF8), texts)
                .as((before, no, after) ->
                        (new String(before, ISO_8859_1) + no + new String(after, ISO_8859_1)).getBytes(ISO_8859_1));
        return Arbitraries.oneOf(
                texts,
                broken,
                changedBytes(texts),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(8));
    }

    private static Arbitrary<byte[]> changedBytes(Arbitrary<byte[]> bodies) {
        return Combinators.combine(bodies, Arbitraries.integers().between(0, 1 << 20), Arbitraries.bytes())
                .as((body, at, change) -> {
                    byte[] other = body.clone();
                    if (other.length > 0) {
                        other[at % other.length] = change;
                    }
                    return other;
                });
    }

    private static Arbitrary<String> changed(Arbitrary<String> values) {
        return Combinators.combine(
                        values,
                        Arbitraries.integers().between(0, 1 << 20),
                        Arbitraries.of(
                                "", ",", "]", "}", "\"", "\\", "0", "1", "-", ".", "e", " ", "\0", "\u00e9", "'"))
                .as((value, place, change) -> {
                    int at = place % (value.length() + 1);
                    return value.substring(0, at) + change + value.substring(Math.min(value.length(), at + place % 2));
                });
    }

    private static Arbitrary<String> values(int levels) {
        Arbitrary<String> strings =
                Texts.unicode().map(text -> '"' + text.replaceAll("[\"\\\\\\x00-\\x1f]", "\\\\u00e9") + '"');
        Arbitrary<String> numbers = Arbitraries.of(
                "0",
                "-0",
                "1",
                "-1.5",
                "1e9",
                "12E-3",
                "0.0e+0",
                "123456789012345678901234567890",
                "1.7976931348623157e309");
        Arbitrary<String> flat = Arbitraries.oneOf(
                strings,
                numbers,
                Arbitraries.of("null", "true", "false", "[]", "{}", "\"\\ud800\"", "\"\\\"\\\\\\/\\b\""));
        if (levels == 0) {
            return flat;
        }
        Arbitrary<String> blanks = Arbitraries.of("", "", "", " ", "\t", "\r");
        Arbitrary<String> value =
                Combinators.combine(blanks, values(levels - 1), blanks).as((before, v, after) -> before + v + after);
        Arbitrary<String> arrays = value.list().ofMinSize(1).ofMaxSize(3).map(all -> "[" + String.join(",", all) + "]");
        Arbitrary<String> objects = Combinators.combine(strings, value)
                .as((name, v) -> name + ":" + v)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(all -> "{" + String.join(",", all) + "}");
        return Arbitraries.frequencyOf(Tuple.of(3, flat), Tuple.of(1, arrays), Tuple.of(1, objects));
    }

    /** The sizes of the pieces in which bytes come. */
    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.of(5, 100).flatMap(most -> Arbitraries.integers()
                .between(1, most)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4));
    }
}
