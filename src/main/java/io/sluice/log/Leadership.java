package io.sluice.log;

import io.vertx.core.Future;

/**
 * Takes events from the bus at the node that leads a stream. The log decides which node that is; a log that any node may write
 * has every node lead.
 *
 * <p>Called on the log's context.
 */
public interface Leadership {

    /** This node leads now; completes when every node's bus messages come here. */
    Future<Void> lead();

    /** This node leads no longer; completes when no bus message comes here. Harmless if it did not lead. */
    Future<Void> stepDown();
}
