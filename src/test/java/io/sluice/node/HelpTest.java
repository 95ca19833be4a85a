package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HelpTest {

    static Stream<String> texts() {
        return Stream.concat(Stream.of(Help.OVERVIEW), Help.COMMANDS.stream());
    }

    @ParameterizedTest
    @MethodSource("texts")
    void eachHelpFitsAScreen(String command) {
        List<String> lines = Help.text(command).lines().toList();
        assertTrue(lines.size() <= 23, lines.size() + " lines and a prompt");
        lines.forEach(line -> assertTrue(line.length() <= 80, line));
    }

    @Test
    void theOverviewHasEachCommandAndThreeExamples() {
        String overview = Help.text(Help.OVERVIEW);
        Help.COMMANDS.forEach(command -> assertTrue(overview.contains("\n  " + command + " "), command));
        assertEquals(
                3, overview.lines().filter(line -> line.contains("java -jar")).count());
        assertTrue(overview.contains("-conf"));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            tial     => "tial": no such command; did you mean tail?
            frob     => "frob": no such command; --help lists what there is
            -confg   => "-confg": no such option; did you mean -conf?
            --frob   => "--frob": no such option; --help lists what there is
            """)
    void aMistypedWordIsOneLineWithTheNearest(String word, String line) {
        assertEquals(line, Help.unknown(word));
    }
}
