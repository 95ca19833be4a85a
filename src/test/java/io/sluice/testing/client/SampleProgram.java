package io.sluice.testing.client;

import io.sluice.testing.process.Programs;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The samples in {@code src/main}, and how each is run; clients.md has the same table. */
// Lists of List.of are immutable.
@SuppressWarnings("ImmutableEnumChecker")
public enum SampleProgram {
    PYTHON(List.of("python3"), "src/main/python/subscribe.py", "src/main/python/publish.py"),
    NODE(List.of("node"), "src/main/js/subscribe.mjs", "src/main/js/publish.mjs"),
    GO(List.of("go", "run"), "src/main/go/subscribe.go", "src/main/go/publish.go"),
    RUBY(List.of("ruby"), "src/main/ruby/subscribe.rb", "src/main/ruby/publish.rb"),
    CURL(List.of("bash"), "src/main/curl/subscribe.sh", "src/main/curl/publish.sh"),
    JAVA(
            List.of("java"),
            "src/main/java/io/sluice/sample/Subscribe.java",
            "src/main/java/io/sluice/sample/Publish.java"),
    KOTLIN(
            List.of("java", "-cp", System.getProperty("sluice-polyglot.jar", "target/sluice-polyglot.jar")),
            "io.sluice.sample.SubscribeKt",
            "io.sluice.sample.PublishKt");

    private final List<String> command;
    private final String subscribe;
    private final String publish;

    SampleProgram(List<String> command, String subscribe, String publish) {
        this.command = command;
        this.subscribe = subscribe;
        this.publish = publish;
    }

    public List<String> subscribe(String url) {
        return command(subscribe, url);
    }

    public List<String> publish(String url, String message) {
        return command(publish, url, message);
    }

    private List<String> command(String what, String... arguments) {
        return Stream.of(command.stream(), Stream.of(what), Stream.of(arguments))
                .flatMap(words -> words)
                .toList();
    }

    /** A program that it needs and this machine lacks. */
    public Optional<String> missing() {
        return Stream.of(command.get(0), this == CURL ? "curl" : command.get(0))
                .filter(program -> Programs.find(program).isEmpty())
                .findFirst();
    }
}
