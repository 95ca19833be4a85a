package io.sluice.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The node: {@code target/sluice.jar}, with one event loop. It serves one stream to all, or a stream or topic to each. */
final class SluiceNode implements Contender {

    /** One stream for all. */
    static final String NAME = "sluice";
    /** One stream for all, with metrics. */
    static final String MEASURED = "measured";
    /** Each subscriber has a stream by name. */
    static final String NAMED = "named";
    /** Each subscriber has a topic of one stream. */
    static final String TOPICS = "topics";

    private static final String MAIN = "io.sluice.node.Main";
    private static final String CONFIGURATION = """
            {
              "http": { "host": "127.0.0.1", "port": 0, "transport": "%s" },
              "streams": { "events": { "lifetime": "0s" }%s },%s%s
              "publish": { "enabled": true, "anonymous": true }
            }
            """;

    // Nodes from before there were templates are measured, too.
    private static final String TEMPLATE = """
            , "chat/*": { "lifetime": "0s", "replay": "all", "max": 1000000, "keep": "2s" }""";
    private static final String ADMIN = """

              "admin": { "port": 0 },""";
    private static final String PRODUCER = """

              "producers": [ { "verticle": "%s", "config": { "named": %b, "subscribers": %d, "perSecond": %d } } ],""";

    private final String name;
    private final Path jar;
    private final String transport;
    private final Cores cores;

    SluiceNode(String name, Path jar, String transport, Cores cores) {
        this.name = name;
        this.jar = jar.toAbsolutePath();
        this.transport = transport;
        this.cores = cores;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String listenPath() {
        return switch (name) {
            case NAMED -> "/chat/" + LoadOptions.NUMBER;
            case TOPICS -> "/events?topic=" + LoadOptions.NUMBER;
            default -> "/events";
        };
    }

    @Override
    public String lacks() {
        return Files.exists(jar) ? "" : jar + " is not there; mvn package -DskipTests makes it";
    }

    @Override
    public Server start(Path directory) throws IOException, InterruptedException {
        return start(directory, List.of("-jar", jar.toString()), "");
    }

    @Override
    public Server startPublishing(Path directory, int subscribers) throws IOException, InterruptedException {
        return startPublishing(directory, subscribers, 1);
    }

    /** Starts it with a producer within it, that publishes so many messages a second to each subscriber, or topic. */
    Server startPublishing(Path directory, int subscribers, int perSecond) throws IOException, InterruptedException {
        String classes = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        String producer = PRODUCER.formatted(TurnProducer.class.getName(), name.equals(NAMED), subscribers, perSecond);
        return start(directory, List.of("-cp", jar + File.pathSeparator + classes, MAIN), producer);
    }

    private Server start(Path directory, List<String> program, String producer)
            throws IOException, InterruptedException {
        String template = name.equals(NAMED) ? TEMPLATE : "";
        String admin = name.equals(MEASURED) ? ADMIN : "";
        Path configuration = Files.writeString(
                directory.resolve("node.json"), CONFIGURATION.formatted(transport, template, producer, admin));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(program);
        command.addAll(List.of("-conf", configuration.toAbsolutePath().toString()));
        return Server.start(cores.onServerCore(command), directory, 0);
    }

    @Override
    public boolean isJvm() {
        return true;
    }
}
