package io.sluice.redis;

import io.sluice.log.Journal;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream of a template that somebody watches at this node. It is read from Redis once, and then follows the feed.
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
 * <p>The name may be of no stream: then the journal is empty until somebody makes one. If another stream has the name than before,
 * readers are told a gap; the first epoch of a stream tells it from others.
 *
 * <p>On the template's context only.
 */
final class WatchedStream {

    private static final long MAX_PENDING_BYTES = 1L << 20;
    private static final long READ_MILLIS = 2000;

    private static final Logger LOG = LoggerFactory.getLogger(WatchedStream.class);

    /** Is told what has become of a stream. */
    interface Changes {

        /** It was deleted, and the object is closed. */
        void deleted(WatchedStream stream);

        /** Redis has lost events of it. */
        void lost(WatchedStream stream);

        /** Redis has it no more, though nobody has deleted it. */
        void forgotten(WatchedStream stream);
    }

    private final NamedStream named;
    private final LogSetup setup;
    private final TemplateScripts scripts;
    private final StreamLoader loader;
    private final Changes changes;
    private final PageSize page = new PageSize();

    private FollowedLog log;

    /** The first epoch of the stream; null if it is not there. */
    private @Nullable String born;

    private boolean ended;

    /** Events of the feed that the journal does not have yet. */
    private final List<RedisRecord> pending = new ArrayList<>();

    private long pendingBytes;

    private boolean wanted;
    private boolean loading;
    private boolean closed;

    /** Whether it was loaded once. */
    private boolean known;

    /** Completes when nothing more is wanted. */
    private Promise<Void> settled;

    WatchedStream(NamedStream named, LogSetup setup, TemplateScripts scripts, StreamLoader loader, Changes changes) {
        this.named = named;
        this.setup = setup;
        this.scripts = scripts;
        this.loader = loader;
        this.changes = changes;
        this.log = newLog();
        this.settled = setup.context().promise();
        want();
    }

    private FollowedLog newLog() {
        return new FollowedLog(setup, last -> changes.lost(this));
    }

    NamedStream named() {
        return named;
    }

    /** Whether it is there and goes for its idle time if nobody watches it. */
    boolean isOpen() {
        return born != null && !ended;
    }

    /** Completes when it was loaded. Fails with {@link NoSuchStreamException} if it has gone. */
    Future<Void> ready() {
        return known ? setup.context().succeededFuture() : settled.future();
    }

    /** Completes when this node has read the events of a receipt, and after a while in any case. */
    Future<Void> awaitRead(Receipt receipt) {
        List<Receipt> one = List.of(receipt);
        if (born == null || !log.knows(one)) {
            return awaitLook();
        }
        return log.hasRead(one) ? setup.context().succeededFuture() : log.awaitRead(one);
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
        log.close();
        settled.tryFail(why);
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
        readPage(done);
        return done.future().onComplete(this::loaded);
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
        } else if (wanted) {
            loader.add(this);
        } else {
            flush();
            if (!wanted) {
                settled.tryComplete();
            }
        }
    }

    private void readPage(Promise<Void> done) {
        long cursor = log.cursor();
        scripts.load(named.name(), log.last(), cursor, page.records())
                .compose(state -> closed ? Future.succeededFuture(true) : take(state, cursor))
                .onComplete(
                        all -> {
                            if (all) {
                                done.complete();
                            } else {
                                readPage(done);
                            }
                        },
                        done::fail);
    }

    /** Completes with whether all is read. */
    private Future<Boolean> take(StreamState state, long cursor) {
        LogState now = state.log();
        if (now == null) {
            notThere(state.gone());
            return Future.succeededFuture(true);
        }
        if (!state.born().equals(born) || (ended && !state.ended())) {
            begin(state.born());
        }
        if (!log.update(now)) {
            return scripts.startOver(named.name(), now.epochs(), log.last()).map(false);
        }
        if (cursor > log.cursor() || !append(state.records())) {
            return Future.succeededFuture(false);
        }
        boolean all = log.cursor() >= now.last() || state.records().isEmpty();
        if (all) {
            caughtUp(now.last(), state.ended());
        }
        return Future.succeededFuture(all);
    }

    private boolean append(List<RedisRecord> records) {
        page.adapt(records.size(), records.stream().mapToLong(RedisRecord::size).sum());
        return log.append(
                records.stream().filter(record -> record.n() > log.cursor()).toList());
    }

    private void begin(String first) {
        if (born != null) {
            forget();
        }
        born = first;
    }

    private void forget() {
        born = null;
        ended = false;
        log.close();
        log = newLog();
    }

    private void caughtUp(long last, boolean atEnd) {
        log.skipTo(last);
        log.caughtUp();
        ended = atEnd;
        if (atEnd && named.journal().state() != Journal.State.ENDED) {
            named.writer().end();
        }
        known = true;
    }

    private void notThere(boolean gone) {
        if (gone) {
            delete();
        } else if (born != null) {
            forget();
            changes.forgotten(this);
        }
        known = true;
    }

    private void delete() {
        close(new NoSuchStreamException("the stream " + setup.stream() + " has gone"));
        changes.deleted(this);
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
        } else if (born != null && born.equals(entry.gone())) {
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
        if (born == null || !follow(events)) {
            want();
        }
    }

    /** Whether the events follow what is read. */
    private boolean follow(List<RedisRecord> events) {
        List<RedisRecord> next = new ArrayList<>(events.size());
        long n = log.cursor();
        for (RedisRecord event : events) {
            if (event.n() > n + 1) {
                return false;
            }
            if (event.n() == n + 1) {
                next.add(event);
                n++;
            }
        }
        try {
            return next.isEmpty() || log.append(next);
        } catch (RuntimeException | Error e) {
            LOG.debug("stream {}: its journal has failed", setup.stream(), e);
            return false;
        }
    }
}
