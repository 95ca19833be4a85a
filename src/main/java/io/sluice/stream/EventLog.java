package io.sluice.stream;

import io.vertx.core.Future;
import java.util.List;

/**
 * Where a stream's order is decided and its history kept.
 *
 * <p>The seam behind which a log is in memory, in a cluster or in a database. The caller is one {@link Ingest}: one thread,
 * one batch in flight.
 */
public interface EventLog {

    /**
     * Appends a batch: all of it, or nothing.
     *
     * @param batch one publication or more
     * @return the id of the last, once the log has all of them safe and its followers will see them; the numbers of the
     *     batch are without a hole. Fails where nobody can say that it is safe
     */
    Future<EventId> append(List<Publication> batch);

    /**
     * Follows the log from the oldest event that it keeps. The future completes when the follower has what was kept.
     */
    Future<Void> follow(Follower follower);

    /** Lets go of what the log holds. Nothing is delivered afterwards. */
    Future<Void> close();

    /** Sees every event of a log once and in order, on one thread. */
    interface Follower {

        /** Called once, first: the position just before the first event that will come. */
        void begin(EventId position);

        /** The next events: their numbers go on from the last without a hole. */
        void accept(List<Event> events);
    }
}
