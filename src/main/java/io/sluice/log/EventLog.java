package io.sluice.log;

import io.sluice.stream.EventStream;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * Where a stream's order is decided and its history kept.
 *
 * <p>The seam behind which a log is in memory, in a cluster or in a database. The caller is a {@link EventStream}: one thread, one
 * batch in flight.
 */
public interface EventLog {

    /**
     * Appends a batch: all of it, or nothing.
     *
     * @param batch one submission or more
     * @return a receipt for each, in their order, once the log has all of them safe and the caller's follower has seen them.
     *     Fails with {@link NotTakenException} where nothing of it was taken, with anything else where nobody can say
     */
    Future<List<Receipt>> append(List<Batch> batch);

    /**
     * Follows the log from the oldest event that it keeps, and has this node take in events when it is its turn.
     *
     * @return completes when the follower has what was kept
     */
    Future<Void> open(Follower follower, Ingestion ingestion);

    /** Lets go of what the log holds. Nothing is delivered afterwards. */
    Future<Void> close();

    /** How much later than another node this one may see an event. */
    default Duration lag() {
        return Duration.ZERO;
    }

    /** Whether new events arrive at this node as they are appended. Any thread. */
    default boolean isFollowing() {
        return true;
    }

    /** Sees every event of a log once and in order, on one thread. */
    interface Follower {

        /**
         * Called first, and again where what comes next does not go on from the last: events were missed, or the log has
         * lost its past.
         *
         * @param n that just before the next event's, be it below those before; what is still the log's of what was there is
         *     told by the epochs
         * @param kept what the log has behind n: where it was there before, all of it, since readers go on in it at once
         */
        void begin(Epochs epochs, long n, List<Event> kept);

        /** The log begins an epoch, and goes on from the last event. */
        void goOn(Epochs epochs);

        /** The next events: their numbers go on from the last without a hole. */
        void accept(List<Event> events);
    }

    /**
     * How a stream's events come from the bus, which is the affair of one node at a time: the log says which.
     *
     * <p>On the follower's thread.
     */
    interface Ingestion {

        /** It is this node's turn; completes when every node sends its messages here. */
        Future<Void> begin();

        /** It is not any more. */
        Future<Void> end();

        /** Takes in what another node was given to publish: all of it, or nothing. */
        Future<List<Receipt>> publish(List<Batch> batch);
    }
}
