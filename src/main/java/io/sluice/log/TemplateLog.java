package io.sluice.log;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides the order of each stream of a template, and keeps its history: what an {@link EventLog} does for one stream, for any
 * number of them. Streams come and go; each has ids, an order and a history of its own.
 *
 * <p>Names are those within the template: 1 to 128 characters of {@code A-Za-z0-9._~-}, checked by the caller. Every method may be
 * called by any thread, and its future completes on the caller's context.
 */
public interface TemplateLog {

    /** Follows the log, and completes when this node has what is needed to serve its streams. Called once. */
    Future<Void> open();

    /**
     * Appends a batch to a stream: all of it, or nothing. Makes the stream if it is not there, unless {@link
     * TemplateRules#createByPublish} is false. Ends the stream if the batch does.
     *
     * @return the receipt, once the batch is safe; the first receipt if the batch's key was used before. Fails as {@link
     *     EventLog#append} does, and with {@link StreamEndedException} or {@link NoSuchStreamException}, or {@link
     *     NotTakenException} if the template has as many streams as it may
     */
    Future<Receipt> append(String name, Batch batch);

    /**
     * Makes a stream, if it is not there.
     *
     * @param key as {@link Batch#key}: the repetition of the request that made it gets the same answer
     * @return a receipt with the stream's position; its count is 1 if the stream was made now, and 0 if it was there. Fails as {@link
     *     #append} does
     */
    Future<Receipt> create(String name, @Nullable String key);

    /** Deletes a stream with all that it has. Completes with whether it was there. */
    Future<Boolean> delete(String name);

    /**
     * Has this node follow a stream, whether it is there or not, until {@link #release}. Called once for each watcher.
     *
     * @return the stream, with a journal that has what is kept. Fails with {@link NoSuchStreamException} if the stream was there a
     *     while ago, and has gone
     */
    Future<NamedStream> watch(String name);

    /** A watcher leaves. */
    void release(NamedStream stream);

    /**
     * The streams by name.
     *
     * @param after the name behind which to begin, or null for the beginning
     * @param limit the most streams, 1 or more
     */
    Future<List<NamedStreamInfo>> list(@Nullable String after, int limit);

    /** The number of subscriptions to a stream at this node. */
    int subscribers(String name);

    /** The longest time by which this node may see an event later than another node does. */
    default Duration lag() {
        return Duration.ZERO;
    }

    /** Whether new events arrive at this node as they are appended, and can be appended. */
    default boolean isFollowing() {
        return true;
    }

    /** What this node holds of the streams. Goes through all of them. */
    Held held();

    /** How many of the shards this node leads; 1 if there are none, and any node may write. */
    default int leads() {
        return 1;
    }

    /** Finishes what is under way, and releases everything. */
    Future<Void> close();
}
