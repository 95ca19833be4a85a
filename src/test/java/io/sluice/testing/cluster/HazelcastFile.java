package io.sluice.testing.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The shipped {@code conf/hazelcast.xml} for a cluster of another name at other ports, so that tests do not meet. */
public final class HazelcastFile {

    private static final Path SHIPPED = Path.of("conf", "hazelcast.xml");

    private HazelcastFile() {}

    /** Writes it; {@code port} is the first of ten. */
    public static Path write(Path directory, int port) throws IOException {
        String shipped = Files.readString(SHIPPED);
        String own = replace(shipped, "<cluster-name>sluice<", "<cluster-name>sluice-" + port + "<");
        return Files.writeString(directory.resolve("hazelcast.xml"), replace(own, ">5701<", ">" + port + "<"));
    }

    private static String replace(String text, String shipped, String own) {
        assertEquals(1, text.split(shipped, -1).length - 1, shipped + " is there once");
        return text.replace(shipped, own);
    }
}
