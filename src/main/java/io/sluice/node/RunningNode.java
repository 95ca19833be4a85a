package io.sluice.node;

import io.sluice.metrics.StreamFigures;
import java.util.List;
import java.util.Optional;

/**
 * A node that serves its streams: for what is told of it, and for what can be changed while it runs.
 *
 * @param figures of the streams; none without an admin listener
 * @param membership of its cluster, if it is in one
 * @param bounds of its clients, and how many there are
 * @param reload what is read again while it runs
 * @param port of its streams
 * @param loops the number of event loops that serve them
 */
record RunningNode(
        NodeConfig config,
        NodeStreams streams,
        List<StreamFigures> figures,
        Optional<Membership> membership,
        AccessRules rules,
        ClientBounds bounds,
        Serving serving,
        Reload reload,
        int port,
        int loops) {}
