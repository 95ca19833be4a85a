package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The node: {@code target/sluice.jar}, with one event loop. */
final class SluiceNode implements Contender {

    static final String NAME = "sluice";

    private static final String CONFIGURATION = """
            {
              "http": { "host": "127.0.0.1", "port": 0, "transport": "%s" },
              "streams": { "events": { "lifetime": "0s" } },
              "publish": { "enabled": true, "anonymous": true }
            }
            """;

    private final Path jar;
    private final String transport;
    private final Cores cores;

    SluiceNode(Path jar, String transport, Cores cores) {
        this.jar = jar.toAbsolutePath();
        this.transport = transport;
        this.cores = cores;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String lacks() {
        return Files.exists(jar) ? "" : jar + " is not there; mvn package -DskipTests makes it";
    }

    @Override
    public Server start(Path directory) throws IOException, InterruptedException {
        Path configuration = Files.writeString(directory.resolve("node.json"), CONFIGURATION.formatted(transport));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = List.of(
                java,
                "-jar",
                jar.toString(),
                "-conf",
                configuration.toAbsolutePath().toString());
        return Server.start(cores.onServerCore(command), directory, 0);
    }

    @Override
    public boolean isJvm() {
        return true;
    }
}
