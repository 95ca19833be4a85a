package io.sluice.redis;

import io.sluice.log.LogSetup;
import io.sluice.log.NamedStream;
import io.sluice.log.NoSuchStreamException;
import io.sluice.log.NotTakenException;
import io.sluice.log.Receipt;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream of a template that somebody watches at this node: when it is read from Redis, and when it follows the feed.
 *
 * <pre>
 *   watched --> wanted --> load.lua, page by page --> follows --> the feed's next event: into the journal
 *                  ^                                     |
 *                  +-------------------------------------+
 *                     the feed says "look", or has an event that is not the next one, or was lost
 * </pre>
 *
 * <p>While it is loaded, events of the feed wait. Those that the load has brought are dropped then.
 *
 * <p>On the template's context only.
 */
final class WatchedStream {

    private static final long MAX_PENDING_BYTES = 1L << 20;

    /** How long who comes waits for a Redis that is away. */
    private static final long READY_MILLIS = 10_000;

    private static final long READ_MILLIS = 2000;

    private static final Logger LOG = LoggerFactory.getLogger(WatchedStream.class);

    private final LogSetup setup;
    private final StreamLoader loader;
    private final StreamChanges changes;
    private final LoadedStream stream;

    /** Events of the feed that the journal does not have yet. */
    private final List<RedisRecord> pending = new ArrayList<>();

    private long pendingBytes;

    private boolean wanted;
    private boolean loading;
    private boolean closed;

    /** Completes when it was read for the first time. */
    private final Promise<Void> ready;

    /** Completes when nothing more is wanted. */
    private Promise<Void> settled;

    WatchedStream(
            NamedStream named, LogSetup setup, TemplateScripts scripts, StreamLoader loader, StreamChanges changes) {
        this.setup = setup;
        this.loader = loader;
        this.changes = changes;
        this.stream = new LoadedStream(named, setup, scripts, changes);
        this.ready = setup.context().promise();
        this.settled = setup.context().promise();
        want();
    }

    NamedStream named() {
        return stream.named();
    }

    /** As {@link LoadedStream#isOpen}. */
    boolean isOpen() {
        return stream.isOpen();
    }

    /** Completes when it was read. Fails with {@link NoSuchStreamException} if it has gone, and if that takes too long. */
    Future<Void> ready() {
        return ready.future().isComplete()
                ? ready.future()
                : ready.future().timeout(READY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Completes when this node has read the events of a receipt, and after a while in any case. */
    Future<Void> awaitRead(Receipt receipt) {
        List<Receipt> one = List.of(receipt);
        return stream.knows(one) ? stream.awaitRead(one) : awaitLook();
    }

    /** Completes when this node has seen what has happened to the stream, and after a while in any case. */
    Future<Void> awaitLook() {
        want();
        return settled.future().timeout(READ_MILLIS, TimeUnit.MILLISECONDS).otherwiseEmpty();
    }

    void close() {
        close(new NotTakenException("the stream " + setup.stream() + " is not followed any more; try again"));
    }

    private void close(Throwable why) {
        closed = true;
        stream.close();
        ready.tryFail(why);
        settled.tryFail(why);
    }

    private void delete() {
        close(new NoSuchStreamException("the stream " + setup.stream() + " has gone"));
        changes.deleted(stream.named());
    }

    // ---- loading

    /** Has it read from Redis again. */
    void reload() {
        clearPending();
        want();
    }

    /** Has it read again if that has failed. */
    void retry() {
        if (wanted && !loading) {
            loader.add(this);
        }
    }

    private void want() {
        if (!wanted && !closed) {
            wanted = true;
            renewSettled();
            if (!loading) {
                loader.add(this);
            }
        }
    }

    private void renewSettled() {
        if (settled.future().isComplete()) {
            settled = setup.context().promise();
        }
    }

    /** Reads it, if that is wanted. The loader calls this. */
    Future<Void> load() {
        if (!wanted || loading || closed) {
            return setup.context().succeededFuture();
        }
        wanted = false;
        loading = true;
        renewSettled();
        Promise<Void> done = setup.context().promise();
        readOn(done);
        return done.future().onComplete(this::loaded);
    }

    private void readOn(Promise<Void> done) {
        stream.readPage()
                .onComplete(
                        progress -> {
                            if (closed || progress == LoadedStream.Progress.ALL) {
                                done.complete();
                            } else if (progress == LoadedStream.Progress.GONE) {
                                delete();
                                done.complete();
                            } else {
                                readOn(done);
                            }
                        },
                        done::fail);
    }

    private void loaded(AsyncResult<Void> done) {
        loading = false;
        if (closed) {
            return;
        }
        if (done.failed()) {
            LOG.debug("stream {}: it cannot be read", setup.stream(), done.cause());
            // The sweep tries again, and a new connection does.
            wanted = true;
            settled.tryFail(done.cause());
            return;
        }
        ready.tryComplete();
        if (wanted) {
            loader.add(this);
            return;
        }
        flush();
        if (!wanted) {
            settled.tryComplete();
        }
    }

    // ---- the feed

    /** Takes an entry of the feed; {@link #flush} follows after the last one. */
    void take(FeedEntry entry) {
        if (closed) {
            return;
        }
        RedisRecord event = entry.event();
        if (event != null) {
            add(event);
        } else if (stream.isBornIn(entry.gone())) {
            flush();
            delete();
        } else {
            want();
        }
    }

    private void add(RedisRecord event) {
        pending.add(event);
        pendingBytes += event.size();
        if (loading && pendingBytes > MAX_PENDING_BYTES) {
            clearPending();
            want();
        }
    }

    private void clearPending() {
        pending.clear();
        pendingBytes = 0;
    }

    /** Appends what has come by the feed, if it follows. */
    void flush() {
        if (loading || closed || pending.isEmpty()) {
            return;
        }
        List<RedisRecord> events = List.copyOf(pending);
        clearPending();
        if (!stream.follow(events)) {
            want();
        }
    }
}
