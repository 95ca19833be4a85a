package io.sluice.cluster;

import java.util.List;

/** The members of the cluster that a Vert.x instance is in. A line in the log says whenever one comes or goes. */
public interface Members {

    /** The name of this member, {@code 127.0.0.1:5701}. */
    String self();

    /** This member's name, the cluster's and the number of the others: {@code 127.0.0.1:5701 in "sluice" with 2 others}. */
    String describe();

    /** The names of all members, this one among them. */
    List<String> names();

    /** Stops logging. */
    void close();
}
