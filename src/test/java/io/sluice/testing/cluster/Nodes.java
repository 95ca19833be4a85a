package io.sluice.testing.cluster;

import io.sluice.testing.process.NodeProcess;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ThreadLocalRandom;

/** Nodes that serve one stream, while some of them come and go. */
public interface Nodes {

    /** Those that live. */
    List<NodeProcess> nodes();

    /** One of those that live; fails with {@link NoSuchElementException} where there is none. */
    default NodeProcess anyNode() {
        List<NodeProcess> living = nodes();
        if (living.isEmpty()) {
            throw new NoSuchElementException("no node lives");
        }
        return living.get(ThreadLocalRandom.current().nextInt(living.size()));
    }

    /** SIGKILL. Its clients still try to come back to it for a moment. */
    void kill(NodeProcess node) throws InterruptedException;

    /** No node has said what its user should not have to read. */
    void assertQuiet();
}
