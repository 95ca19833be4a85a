package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentsTest {

    private static Arguments parse(String... arguments) {
        return Arguments.parse(List.of(arguments), Set.of("topic", "last-id"), Set.of("json"));
    }

    @Test
    void anOptionThatIsRepeatedTakesNoArgumentThatFollows() {
        Arguments parsed = parse("--topic", "a", "-topic=b=c", "http://host/", "--json");
        assertEquals(List.of("a", "b=c"), parsed.all("topic"));
        assertEquals("http://host/", parsed.only("a URL"));
        assertTrue(parsed.has("json"));
        assertEquals(Optional.empty(), parsed.value("last-id"));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            --jsn                      => --jsn: no such option; did you mean --json?
            --frobnicate=1             => --frobnicate: no such option; expected one of --json, --last-id, --topic
            --json=yes                 => --json: expected no value
            --topic                    => --topic: expected a value behind it
            """)
    void aWrongOptionIsOneLine(String argument, String line) {
        assertEquals(
                line, assertThrows(UsageException.class, () -> parse(argument)).getMessage());
    }

    @Test
    void whatIsMissingOrTooMuchIsOneLine() {
        assertEquals(
                "expected a URL",
                assertThrows(UsageException.class, () -> parse().only("a URL")).getMessage());
        assertEquals(
                "\"b\": expected a URL alone",
                assertThrows(UsageException.class, () -> parse("a", "b").only("a URL"))
                        .getMessage());
        assertEquals(
                "--topic: expected once",
                assertThrows(UsageException.class, () -> parse("--topic=a", "--topic=b")
                                .value("topic"))
                        .getMessage());
    }
}
