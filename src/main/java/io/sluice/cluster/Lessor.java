package io.sluice.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Gives each lease to one node at a time: {@link #inCluster}, or a {@link RedisClient}. */
public interface Lessor {

    /** The one of the cluster that a Vert.x instance is in, by Hazelcast. */
    static Lessor inCluster(Vertx vertx) {
        return Leases.lessor(vertx);
    }

    /**
     * Wants a lease from now on, until it is released. Any thread.
     *
     * @param name the same at all nodes
     * @return completes when it is known whether it is this node's, after {@link Turn#begins} where it is
     */
    Future<Lease> claim(String name, Turn turn);

    /** What the owner of a lease does, and stops doing. On any thread. */
    interface Turn {

        /** This node has it now. */
        void begins();

        /** It has it no longer, or soon will not. */
        void ends();
    }

    /** A node's wish for a lease. */
    interface Lease {

        /** Lets go of it, so that another node may take it at once. */
        Future<Void> release();
    }
}
