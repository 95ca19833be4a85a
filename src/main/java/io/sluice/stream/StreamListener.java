package io.sluice.stream;

import org.jspecify.annotations.Nullable;

/**
 * Sees what happens to a stream and its subscriptions at this node: for metrics, presence, or a log. Each method does nothing
 * unless it is overridden.
 *
 * <p>The methods are called on event loops, some of them often: they must not block, and should allocate nothing. What they
 * throw is logged, and otherwise ignored.
 */
public interface StreamListener {

    /** New events of the log have reached this node, wherever they were published. Called once for each batch. */
    default void appended(int events) {}

    /**
     * A batch was published here.
     *
     * @param nanos from when the log was given it to the receipt
     */
    default void published(PublishDoor door, long nanos) {}

    /**
     * A publisher was refused, or its batch failed, and it was told. Whoever has gone before that is not counted.
     *
     * @param status of the answer to a POST, or the failure code of a request on the bus: see {@link PublishFailure}
     */
    default void publishFailed(PublishDoor door, int status) {}

    /** A message on the bus was not taken, and has no sender to be told. */
    default void dropped() {}

    /** A subscription opened. */
    default void opened() {}

    /**
     * A client came back with the last id that it has, or asked for events since a time, and was given where it goes on.
     *
     * @param result what it was told
     */
    default void resumed(ResumeResult result) {}

    /**
     * The number of subscriptions that read on from a position of their own, because their socket is slow or they have not had the history
     * yet, has changed at this node.
     *
     * @param change more than 0 if there are more of them
     */
    default void behind(int change) {}

    /**
     * A client was told, instead of a subscription, to come back: later, or if its rights have expired just now ({@link
     * CloseReason#EXPIRED}), with new ones.
     */
    default void refused(CloseReason reason) {}

    /**
     * Subscribers were written events. Called at most once for each turn of an event loop, for all of its subscribers.
     *
     * @param events events times subscribers
     * @param bytes of the events, without any framing
     */
    default void delivered(long events, long bytes) {}

    /**
     * A slice of new events was written to all who were due to get it. Called once for each slice of an event loop, not for each
     * subscriber.
     *
     * @param nanos from the arrival of its oldest event at this node to the end of the writing, 0 or more
     */
    default void written(long nanos) {}

    /**
     * A subscriber was told of a gap.
     *
     * @param lost the number of events in it, as the subscriber was told; null if it cannot be known
     */
    default void gap(@Nullable Long lost) {}

    /** A subscription closed. */
    default void closed(CloseReason reason) {}

    /**
     * The number of subscriptions to a stream has changed at this node: how many read it now, on all event loops together.
     *
     * <p>The calls for one stream come one after the other, and in the order of the changes, be it from several threads: the last one
     * said is the number that there is. Where a stream was deleted and made anew, it counts those of the new one.
     *
     * @param stream the full name of the stream: {@code events}, or {@code chat/42} for a stream of the template {@code chat/*}
     * @param now 0 or more
     */
    default void subscribers(String stream, int now) {}
}
