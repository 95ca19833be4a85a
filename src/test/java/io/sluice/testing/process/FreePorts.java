package io.sluice.testing.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** Ports for what cannot take any, such as the members of a cluster, which know each other's. */
public final class FreePorts {

    private FreePorts() {}

    /** A free port that the system chooses. */
    public static int any() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    /** The first of some free ports in a row, below those that the system chooses. */
    public static int inARow(int count) {
        return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(15_000, 30_000))
                .filter(first -> areFree(first, count))
                .findFirst()
                .orElseThrow();
    }

    public static boolean areFree(int first, int count) {
        return IntStream.range(first, first + count).allMatch(port -> {
            try (ServerSocket probe = new ServerSocket(port)) {
                return probe.isBound();
            } catch (IOException e) {
                return false;
            }
        });
    }
}
