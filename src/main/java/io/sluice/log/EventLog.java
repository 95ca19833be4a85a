package io.sluice.log;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides a stream's order and keeps its history: in memory, in a cluster, or in a database.
 *
 * <pre>
 *   EventStream --> append(batch)
 *                       |
 *                   AppendQueue        bounded; one call of the writer at a time
 *                       |
 *                   LogWriter          the log's own: gives ids, stores
 *                       |
 *                   Follower           sees every event once and in order: the stream's journal
 * </pre>
 *
 * <p>A {@link LogProvider} makes a log for a stream, from a {@link LogSetup}. A log never calls the stream: it tells its
 * follower what there is, and its {@link Leadership} which node takes events from the bus.
 *
 * <p>{@link #open} and {@link #close} are called on the setup's context, once each.
 */
public interface EventLog {

    /**
     * Follows the log from the oldest event that it keeps, and competes for the leadership.
     *
     * @return completes when the follower has what was kept
     */
    Future<Void> open();

    /**
     * Appends a batch: all of it, or nothing. Any thread.
     *
     * @return the receipt, on the caller's context, once the batch is safe and the follower has seen it; the first receipt if the
     *     batch's key was used before. Fails with {@link NotTakenException} if nothing was appended, with {@link
     *     OutcomeUnknownException} if the batch may have been appended, and with {@link KeyReusedException} if the log has other
     *     events of the same key
     */
    Future<Receipt> append(Batch batch);

    /** Steps down, finishes the batch in flight, and releases everything. The follower sees nothing afterwards. */
    Future<Void> close();

    /** The longest time by which this node may see an event later than another node does. */
    default Duration lag() {
        return Duration.ZERO;
    }

    /** Whether new events arrive at this node as they are appended, and can be appended. Any thread. */
    default boolean isFollowing() {
        return true;
    }

    /** Sees every event of a log once and in order, on the setup's context. */
    interface Follower {

        /**
         * Called first, and again if the next event does not follow the last: events were missed, or the log has lost its past.
         *
         * @param n the number before the next event's; may be lower than before. The epochs tell which old ids are still valid
         * @param latest the newest events of topics that have none behind n, oldest first, where the history keeps them: see {@link
         *     History#latest}
         * @param kept the events behind n; if n goes back, all that the log has, since readers continue in them at once
         */
        void reset(Epochs epochs, long n, List<Event> latest, List<Event> kept);

        /** The same where no older topic has a newest event. */
        default void reset(Epochs epochs, long n, List<Event> kept) {
            reset(epochs, n, List.of(), kept);
        }

        /** The log begins an epoch; the next event still follows the last. */
        void beginEpoch(Epochs epochs);

        /** The next events: their numbers follow the last without a hole. If it throws, it has taken none of them. */
        void append(List<Event> events);

        /**
         * Said after a {@link #reset}: the newest events that it had may lack topics whose newest event has a number up to n. 0 if they
         * lack none.
         */
        default void lackLatest(long n) {}

        /** What it has as the newest events of topics, for other nodes; null if it keeps none, or may be wrong. */
        default @Nullable LatestEvents latest() {
            return null;
        }
    }
}
