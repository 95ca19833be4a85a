package io.sluice.testing;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** Texts that a stranger may send, for properties that hold whatever the text is. */
public final class Texts {

    /** What means something to some reader of it. */
    private static final List<String> WORDS = List.of(
            "\r",
            "\n",
            "\r\n",
            "\n\r",
            "\0",
            "\ufeff",
            "\u0085",
            "\u2028",
            " ",
            ":",
            "data:",
            "data: x\n\n",
            "id: 1",
            "event: close",
            "retry: 1",
            ".",
            "..",
            "*",
            ">",
            ".>",
            "#",
            "/",
            "{",
            "}",
            "{sub}",
            "$1",
            "\\",
            "%2e",
            "%2F",
            "-",
            "\"",
            "'",
            "\u007f",
            "\ufffd",
            "\uffff",
            "\u00e9",
            "e\u0301",
            "\ud83d\ude00",
            "\u0660");

    private Texts() {}

    /** Unicode text, which has a UTF-8. */
    public static Arbitrary<String> unicode() {
        return joined(List.of(words(), ascii(), codePoints()));
    }

    /** Any characters, halves of surrogate pairs among them. */
    public static Arbitrary<String> any() {
        return joined(List.of(words(), ascii(), codePoints(), Arbitraries.of("\ud800", "\udc00", "\udbff", "\udfff")));
    }

    /** Something of a kind, changed at one place. */
    public static Arbitrary<String> nearly(Arbitrary<String> kind) {
        return kind.flatMap(
                text -> Arbitraries.integers().between(0, text.length()).flatMap(at -> any().map(change -> {
                    String rest = text.substring(at);
                    boolean replaces = !rest.isEmpty() && change.length() % 2 == 0;
                    return text.substring(0, at) + change + (replaces ? rest.substring(1) : rest);
                })));
    }

    private static Arbitrary<String> joined(List<Arbitrary<String>> pieces) {
        return Arbitraries.frequencyOf(
                        Tuple.of(9, Arbitraries.oneOf(pieces).list().ofMaxSize(6)),
                        Tuple.of(1, Arbitraries.oneOf(pieces).list().ofMaxSize(60)))
                .map(parts -> String.join("", parts));
    }

    private static Arbitrary<String> words() {
        return Arbitraries.of(WORDS);
    }

    private static Arbitrary<String> ascii() {
        return Arbitraries.strings().withCharRange(' ', '~').ofMinLength(1).ofMaxLength(8);
    }

    /** Any that is no surrogate. */
    private static Arbitrary<String> codePoints() {
        return Arbitraries.integers()
                .between(0, Character.MAX_CODE_POINT - 0x800)
                .map(i -> Character.toString(i < Character.MIN_SURROGATE ? i : i + 0x800));
    }
}
