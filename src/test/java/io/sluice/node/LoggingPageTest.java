package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.testing.DocumentPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about the log has each line from INFO up that the sources have, and no other. */
class LoggingPageTest {

    private static final Pattern STATEMENT = Pattern.compile(
            "\\b(?:(?:LOG|log|lines)\\.(?:info|warn|error|routine)|warnOnce)\\(\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern JOINED = Pattern.compile("\"\\s*\\+\\s*\"");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final int A_WORD_OR_TWO = 8;

    private final String page;
    private final String sources;

    LoggingPageTest() throws IOException {
        String text = Files.readString(DocumentPage.PAGES.resolve("logging.md"));
        page = text.substring(text.indexOf("## The lines"));
        sources = sources();
    }

    private static String sources() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".java")).toList()) {
                all.append(JOINED.matcher(Files.readString(file)).replaceAll(""));
            }
        }
        return all.toString();
    }

    @Test
    void eachLineOfTheSourcesIsOnThePage() {
        List<String> missing = STATEMENT
                .matcher(sources)
                .results()
                .map(statement -> statement.group(1))
                .filter(line -> !page.contains(longest(line.split("\\{}|\\\\\"", -1))))
                .toList();
        assertEquals(List.of(), missing, "lines that logging.md does not explain");
    }

    @Test
    void eachLineOfThePageIsInTheSources() {
        List<String> missing = page.lines()
                .filter(line -> line.startsWith("| "))
                .flatMap(
                        row -> CODE.matcher(row.replaceFirst("^\\| [A-Z]+ ", "").split(" \\| ", 2)[0])
                                .results()
                                .map(code -> code.group(1)))
                .flatMap(line -> Stream.of(line.split("…", -1)))
                .map(String::strip)
                .filter(part -> part.length() >= A_WORD_OR_TWO && !sources.contains(part))
                .toList();
        assertEquals(List.of(), missing, "what no line of the log has");
    }

    private static String longest(String[] parts) {
        return Stream.of(parts)
                .map(String::strip)
                .max(Comparator.comparingInt(String::length))
                .orElse("");
    }
}
