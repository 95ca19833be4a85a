package io.sluice.stream;

/** Why a subscription ended, or was refused: for the client, for the log, and for a {@link StreamListener}. */
public enum CloseReason {
    /** The subscription has lasted as long as its stream's subscriptions do. */
    LIFETIME,
    /** The node stops, or this part of it. */
    DRAIN,
    /**
     * The client fell out of the history, and the stream ends the subscriptions of those that do; or it is among the slowest while too
     * many bytes wait for slow clients.
     */
    SLOW,
    /** The node holds as many subscriptions as it may, or as many bytes for slow clients. */
    OVERLOAD,
    /** The client's socket took nothing for too long. The client is not told: nothing would arrive. */
    DEAD,
    /** The client has gone. */
    GONE,
    /** The client's right to read has expired. */
    EXPIRED,
    /** The stream has ended, and the client has all of it. */
    END,
    /** The stream was deleted. */
    DELETED,
    /** The client has polled, and has its answer: what there was, or nothing when its time was over. */
    ANSWERED
}
