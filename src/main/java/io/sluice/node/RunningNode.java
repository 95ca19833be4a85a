package io.sluice.node;

import java.util.Optional;

/**
 * A node that serves its streams: for what is told of it, and for what can be changed while it runs.
 *
 * @param reports of the streams
 * @param membership of its cluster, if it is in one
 * @param bounds of its clients, and how many there are
 * @param port of its streams
 * @param loops the number of event loops that serve them
 */
record RunningNode(
        NodeConfig config,
        NodeStreams streams,
        StreamReports reports,
        Optional<Membership> membership,
        AccessRules rules,
        ClientBounds bounds,
        Serving serving,
        int port,
        int loops) {}
