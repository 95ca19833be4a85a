package io.sluice.testing;

import static java.util.stream.Collectors.toMap;

import io.vertx.core.json.JsonObject;
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
public record DocumentPage(Path page, Map<String, String> programs) {

    public static final Path README = Path.of("README.md");
    public static final Path PAGES = Path.of("src", "docs");

    private static final Pattern PROGRAM = Pattern.compile("(?ms)^`([^`\n]+)`\n\n```\\w+\n(.*?)^```$");

    /** Reads a page of {@code src/docs}, or README.md. */
    public static DocumentPage read(String name) throws IOException {
        Path page = name.equals("README.md") ? README : PAGES.resolve(name);
        return new DocumentPage(
                page,
                PROGRAM.matcher(Files.readString(page))
                        .results()
                        .collect(toMap(found -> found.group(1), found -> found.group(2))));
    }

    /** README.md, CONTRIBUTING.md, SECURITY.md, and all pages of {@code src/docs}. */
    public static List<Path> all() throws IOException {
        try (Stream<Path> files = Files.list(PAGES)) {
            Stream<Path> pages = files.filter(file -> file.toString().endsWith(".md"));
            return Stream.concat(Stream.of(README, Path.of("CONTRIBUTING.md"), Path.of("SECURITY.md")), pages)
                    .sorted()
                    .toList();
        }
    }

    public String program(String command) {
        return Objects.requireNonNull(
                programs.get(command), () -> page + " has no program with the line `" + command + "`");
    }

    /** A node's configuration, which is one of the programs, on any free port of this host, with a webroot. */
    public String configuration(String file, Path webroot) {
        return onAnyPort(new JsonObject(program(file)), webroot);
    }

    /** A node's configuration on any free port of this host, with a webroot. */
    public static String onAnyPort(JsonObject configuration, Path webroot) {
        JsonObject http = configuration.getJsonObject("http", new JsonObject());
        http.put("host", "127.0.0.1").put("port", 0).put("webroot", webroot.toString());
        return configuration.put("http", http).encode();
    }

    /** The first block of code in a language. */
    public String block(String language) throws IOException {
        Matcher block = Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$").matcher(Files.readString(page));
        return block.find() ? block.group(1) : "";
    }

    /** Writes a program to its file, for a node at another URL. */
    public Path write(String command, Path directory, String url) throws IOException {
        String text = program(command).replace("http://localhost:8080", url);
        return Files.writeString(directory.resolve(command.substring(command.lastIndexOf(' ') + 1)), text);
    }
}
