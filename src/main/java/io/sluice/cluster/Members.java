package io.sluice.cluster;

/** The members of the cluster that a Vert.x instance is in. A line in the log says whenever one comes or goes. */
public interface Members {

    /** The name of this member, {@code 127.0.0.1:5701}. */
    String self();

    /** This member's name, the cluster's and the number of the others: {@code 127.0.0.1:5701 in "sluice" with 2 others}. */
    String describe();

    /** Stops logging. */
    void close();
}
