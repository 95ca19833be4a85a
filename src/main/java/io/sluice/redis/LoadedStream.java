package io.sluice.redis;

import io.sluice.log.Journal;
import io.sluice.log.LogSetup;
import io.sluice.log.NamedStream;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node has of a stream of a template, and how that grows: page by page from Redis, or by events that come by the feed.
 *
 * <p>The name may be of no stream: then the journal is empty until somebody makes one. If another stream has the name than before,
 * readers are told a gap; the first epoch of a stream tells it from others.
 *
 * <p>On the template's context only.
 */
final class LoadedStream {

    /** How far the reading of a stream is. */
    enum Progress {
        /** There is more to read. */
        MORE,
        /** All is read, or the stream is not there. */
        ALL,
        /** The stream was there, and has gone. */
        GONE
    }

    private static final Logger LOG = LoggerFactory.getLogger(LoadedStream.class);

    private final NamedStream named;
    private final LogSetup setup;
    private final TemplateScripts scripts;
    private final StreamChanges changes;
    private final PageSize page = new PageSize();

    private FollowedLog log;

    /** The first epoch of the stream; null if it is not there. */
    private @Nullable String born;

    private boolean ended;

    LoadedStream(NamedStream named, LogSetup setup, TemplateScripts scripts, StreamChanges changes) {
        this.named = named;
        this.setup = setup;
        this.scripts = scripts;
        this.changes = changes;
        this.log = newLog();
    }

    private FollowedLog newLog() {
        return new FollowedLog(setup, last -> changes.lost(named));
    }

    NamedStream named() {
        return named;
    }

    /** Whether there is a stream that was born in an epoch. */
    boolean isBornIn(@Nullable String epoch) {
        return born != null && born.equals(epoch);
    }

    /** Whether it is there and goes for its idle time if nobody watches it. */
    boolean isOpen() {
        return born != null && !ended;
    }

    /** Whether its position can be compared with that of a receipt. */
    boolean knows(List<Receipt> receipts) {
        return born != null && log.knows(receipts);
    }

    /** Completes when the events of receipts are read, and after a while in any case. */
    Future<Void> awaitRead(List<Receipt> receipts) {
        return log.hasRead(receipts) ? setup.context().succeededFuture() : log.awaitRead(receipts);
    }

    void close() {
        log.close();
    }

    // ---- from Redis

    /** Reads the next page. */
    Future<Progress> readPage() {
        long cursor = log.cursor();
        return scripts.load(named.name(), log.last(), cursor, page.records()).compose(state -> take(state, cursor));
    }

    private Future<Progress> take(StreamState state, long cursor) {
        LogState now = state.log();
        if (now == null) {
            return Future.succeededFuture(notThere(state.gone()));
        }
        if (!state.born().equals(born) || (ended && !state.ended())) {
            begin(state.born());
        }
        if (!log.update(now)) {
            return scripts.startOver(named.name(), now.epochs(), log.last()).map(Progress.MORE);
        }
        if (cursor > log.cursor() || !append(state.records())) {
            return Future.succeededFuture(Progress.MORE);
        }
        if (log.cursor() < now.last() && !state.records().isEmpty()) {
            return Future.succeededFuture(Progress.MORE);
        }
        log.skipTo(now.last());
        return latest().map(latest -> {
            caughtUp(latest, state.ended());
            return Progress.ALL;
        });
    }

    /** The newest events of topics from before what was read. */
    private Future<LatestReader.Latest> latest() {
        return log.lacksLatest()
                ? scripts.latest(named.name(), log.start())
                : setup.context().succeededFuture(LatestReader.Latest.NONE);
    }

    private Progress notThere(boolean gone) {
        if (gone) {
            return Progress.GONE;
        }
        if (born != null) {
            forget();
            changes.forgotten(named);
        }
        return Progress.ALL;
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

    private boolean append(List<RedisRecord> records) {
        page.adapt(records.size(), records.stream().mapToLong(RedisRecord::size).sum());
        return log.append(
                records.stream().filter(record -> record.n() > log.cursor()).toList());
    }

    private void caughtUp(LatestReader.Latest latest, boolean atEnd) {
        log.caughtUp(latest);
        ended = atEnd;
        if (atEnd && named.journal().state() != Journal.State.ENDED) {
            named.writer().end();
        }
    }

    // ---- from the feed

    /** Appends events. Returns whether they follow what is read; if not, it is to be read again. */
    boolean follow(List<RedisRecord> events) {
        if (born == null) {
            return false;
        }
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
