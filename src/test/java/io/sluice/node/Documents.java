package io.sluice.node;

import static java.util.stream.Collectors.toMap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One page of the documents and its programs. A program is a block of code below a line such as {@code `go run publish.go`} or
 * {@code `prices.json`}: the command that runs it, or its file's name.
 */
record Documents(Path page, Map<String, String> programs) {

    static final Path README = Path.of("README.md");
    static final Path PAGES = Path.of("src", "docs");

    private static final Pattern PROGRAM = Pattern.compile("(?ms)^`([^`\n]+)`\n\n```\\w+\n(.*?)^```$");

    /** Reads a page of {@code src/docs}, or README.md. */
    static Documents read(String name) throws IOException {
        Path page = name.equals("README.md") ? README : PAGES.resolve(name);
        return new Documents(
                page,
                PROGRAM.matcher(Files.readString(page))
                        .results()
                        .collect(toMap(found -> found.group(1), found -> found.group(2))));
    }

    /** README.md, CONTRIBUTING.md, and all pages of {@code src/docs}. */
    static List<Path> all() throws IOException {
        try (Stream<Path> files = Files.list(PAGES)) {
            Stream<Path> pages = files.filter(file -> file.toString().endsWith(".md"));
            return Stream.concat(Stream.of(README, Path.of("CONTRIBUTING.md")), pages)
                    .sorted()
                    .toList();
        }
    }

    String program(String command) {
        return Objects.requireNonNull(
                programs.get(command), () -> page + " has no program with the line `" + command + "`");
    }

    /** The first block of code in a language. */
    String block(String language) throws IOException {
        Matcher block = Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$").matcher(Files.readString(page));
        return block.find() ? block.group(1) : "";
    }

    /** Writes a program to its file, for a node at another URL. */
    Path write(String command, Path directory, String url) throws IOException {
        String text = program(command).replace("http://localhost:8080", url);
        return Files.writeString(directory.resolve(command.substring(command.lastIndexOf(' ') + 1)), text);
    }
}
