package io.sluice.node;

/** The kinds of log that a stream may have, as the configuration names them. {@link Logs} opens each. */
enum LogKind {
    /** The best that the node has: Hazelcast if the node is clustered, else memory. */
    AUTO("in memory"),
    /** This process. */
    MEMORY("in memory"),
    /** The cluster that the node is in. */
    HAZELCAST("in the cluster"),
    /** A Redis, which outlives the nodes. */
    REDIS("in Redis");

    private final String place;

    LogKind(String place) {
        this.place = place;
    }

    /** The place of the history, for the start line. */
    String place() {
        return place;
    }
}
