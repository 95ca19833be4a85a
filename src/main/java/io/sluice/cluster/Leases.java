package io.sluice.cluster;

import io.vertx.core.Future;

/** Gives each lease to one node at a time. */
public interface Leases {

    /**
     * Claims a lease until it is released. Any thread.
     *
     * @param name the same at all nodes
     * @return completes when its owner is known, after {@link LeaseListener#begins} if that is this node
     */
    Future<Lease> claim(String name, LeaseListener listener);

    /** Starts and stops the work of a lease's owner. On any thread. */
    interface LeaseListener {

        /** This node owns the lease now. */
        void begins();

        /** This node no longer owns the lease, or soon will not. */
        void ends();
    }

    /** A node's claim to a lease. */
    interface Lease {

        /** Lets go of the lease, so that another node may take it at once. */
        Future<Void> release();
    }
}
