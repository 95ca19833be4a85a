package io.sluice.log;

import io.vertx.core.internal.ContextInternal;
import java.time.Duration;

/**
 * Everything that a log is made from.
 *
 * @param context the stream's event loop, on which the log calls the follower and the leadership
 * @param stream the name of the stream
 * @param history how much the log keeps
 * @param idempotency how long a batch's key is remembered; 0 for not at all
 * @param follower sees every event
 * @param leadership starts and stops the consumers on the bus
 */
public record LogSetup(
        ContextInternal context,
        String stream,
        History history,
        Duration idempotency,
        EventLog.Follower follower,
        Leadership leadership) {}
