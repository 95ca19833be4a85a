package io.sluice.testing.network;

import io.sluice.testing.process.NodeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Hosts for the nodes of a cluster. They can be cut from each other, while this one reaches each of them. */
public interface Network extends AutoCloseable {

    /** One of them. */
    interface Host {

        int number();

        /** Its address for this host. */
        String outside();

        /** Starts a node there, which knows where the other hosts are. */
        NodeProcess start(List<String> options, String... arguments) throws IOException;
    }

    /** The needs of this test. */
    String NEEDS =
            "it needs root and ip (Debian: apt-get install iproute2), or that all of 127.0.0.0/8 is this machine";

    private static boolean hasNamespaces() {
        String forced = System.getProperty("sluice.test.network", "namespaces");
        return switch (forced) {
            case "namespaces" -> NetworkNamespaces.areAllowed();
            case "proxies" -> false;
            default ->
                throw new IllegalArgumentException(
                        "-Dsluice.test.network=" + forced + ": expected namespaces or proxies");
        };
    }

    static boolean isPossible() {
        return hasNamespaces() || ProxiedNetwork.arePossible();
    }

    /** NetworkNamespaces where this machine allows them, else proxies; these keep their files in the directory. */
    static Network of(int count, Path directory) throws IOException {
        Network network = hasNamespaces() ? NetworkNamespaces.of(count) : ProxiedNetwork.of(count, directory);
        System.out.println("the hosts are " + network.getClass().getSimpleName());
        return network;
    }

    List<? extends Host> hosts();

    /** Cuts each of these groups from the others: packets from one to another vanish silently. */
    void cut(List<List<Host>> groups);

    void heal();

    @Override
    void close();
}
