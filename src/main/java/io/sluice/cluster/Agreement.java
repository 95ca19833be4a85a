package io.sluice.cluster;

import io.vertx.core.Future;

/** What this node has in common with the others of its cluster, and they may rely on. */
public interface Agreement {

    /**
     * Takes back what this node said.
     *
     * @return completes when another one may come that differs
     */
    Future<Void> withdraw();
}
