package io.sluice.node;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The samples beside {@code src/main/java}, and how each is run from its file; README.md has the same table. */
@SuppressWarnings("ImmutableEnumChecker") // its fields are: List.of
enum Sample {
    PYTHON(List.of("python3"), "python/subscribe.py", "python/publish.py"),
    NODE(List.of("node"), "js/subscribe.mjs", "js/publish.mjs"),
    GO(List.of("go", "run"), "go/subscribe.go", "go/publish.go"),
    RUBY(List.of("ruby"), "ruby/subscribe.rb", "ruby/publish.rb"),
    CURL(List.of("bash"), "curl/subscribe.sh", "curl/publish.sh"),
    JAVA(List.of("java"), "java/io/sluice/sample/Subscribe.java", "java/io/sluice/sample/Publish.java");

    private static final Path DIRECTORY = Path.of("src", "main");

    private final List<String> command;
    private final String subscribe;
    private final String publish;

    Sample(List<String> command, String subscribe, String publish) {
        this.command = command;
        this.subscribe = subscribe;
        this.publish = publish;
    }

    List<String> subscribe(String url) {
        return command(subscribe, url);
    }

    List<String> publish(String url, String message) {
        return command(publish, url, message);
    }

    private List<String> command(String file, String... arguments) {
        return Stream.of(command.stream(), Stream.of(DIRECTORY.resolve(file).toString()), Stream.of(arguments))
                .flatMap(words -> words)
                .toList();
    }

    /** A program that it needs and this machine lacks. */
    Optional<String> missing() {
        return Stream.of(command.get(0), this == CURL ? "curl" : command.get(0))
                .filter(program -> Page.program(program).isEmpty())
                .findFirst();
    }
}
