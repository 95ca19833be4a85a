package io.sluice.log;

import io.vertx.core.Future;
import java.util.List;

/** Writes to a log what an {@link AppendQueue} hands it, one call at a time. */
@FunctionalInterface
public interface LogWriter {

    /**
     * Appends some batches: all of them, or nothing. On the queue's context.
     *
     * @param batches one batch or more
     * @return a receipt for each, in their order, once the log has all of them safe and the follower has seen them; the first
     *     receipt for a key that was used before. Fails as {@link EventLog#append} does
     */
    Future<List<Receipt>> append(List<Batch> batches);
}
