package io.sluice.redis;

import io.sluice.log.Batch;
import io.sluice.log.Held;
import io.sluice.log.NamedStream;
import io.sluice.log.NamedStreamInfo;
import io.sluice.log.NoSuchStreamException;
import io.sluice.log.NotTakenException;
import io.sluice.log.OpenersContext;
import io.sluice.log.Receipt;
import io.sluice.log.TemplateLog;
import io.sluice.log.TemplateLogProvider;
import io.sluice.log.TemplateSetup;
import io.sluice.log.WriteQueue;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a template in Redis. Each is a log of its own, as {@link RedisLog} has one; any node writes to any of them.
 *
 * <pre>
 *    append, create, delete                                         watch
 *            |                                                        |
 *       WriteQueue, TemplateWriter                              WatchedStreams: those that are watched here
 *            |  append.lua: several streams                     ^ load.lua       ^
 *            v                                                  |                |
 *    Redis   sluice:{chat/*}:log:42     41-0 | 42-0             |                |
 *            sluice:{chat/*}:state:42   epochs, n, born, ended -+                |
 *            sluice:{chat/*}:latest:42  with history.latest: the newest event of each topic; topics:42: the topics
 *            sluice:{chat/*}:log        the feed: "42 has event 42", "7 has changed" -- FeedFollower: XREAD BLOCK
 *            sluice:{chat/*}:names      all streams, for lists
 *            sluice:{chat/*}:times      when each goes <-- TemplateSweep: "these are watched here"
 *            sluice:{chat/*}:gone:41    one that has gone, for a time
 * </pre>
 *
 * <p><b>The feed</b> carries what happens to all streams, so that a node needs one connection that waits, however many streams are
 * watched. It is short. A node that was away reads what it has missed from the streams themselves, which are what counts.
 *
 * <p><b>A stream's end.</b> A stream goes at a time that each event, and each node that watches it, puts off. One that has ended, or
 * was deleted, leaves a mark for a while. A stream that is made anew has another first epoch.
 *
 * <p>Ids, epochs and a Redis that is away: as {@link RedisLog} says. Read {@code template/append.lua} next, then {@link
 * WatchedStream}.
 */
public final class RedisTemplateLog implements TemplateLog {

    // One node may lose its connection while another node keeps its own.
    private static final Duration LAG = Duration.ofSeconds(15);

    private static final long FINISH_MILLIS = 2000;

    private final ContextInternal context;
    private final ReconnectingRedis commands;
    private final ReconnectingRedis reads;
    private final WriteQueue<StreamWrite, String> queue;
    private final TemplateWriter writer;
    private final RetentionAgreement retention;
    private final TemplateScripts scripts;
    private final WatchedStreams streams;
    private final FeedFollower feed;
    private final TemplateSweep sweep;

    // On the context only.
    private Future<List<String>> inFlight = Future.succeededFuture(List.of());

    private RedisTemplateLog(TemplateSetup setup, RedisClient redis) {
        TemplateKeys keys = new TemplateKeys(setup.template());
        this.context = OpenersContext.of(setup.vertx());
        this.commands = redis.connection(context, connected -> RestartMarker.check(connected, keys.feed()));
        this.reads = redis.connection(context, connected -> RestartMarker.check(connected, keys.feed())
                .onSuccess(v -> retryReads()));
        this.queue = new WriteQueue<>(context, this::write);
        this.writer = new TemplateWriter(commands, keys, setup);
        this.retention =
                new RetentionAgreement(commands, keys.feed(), setup.rules().history());
        this.scripts = new TemplateScripts(reads, keys, setup.rules());
        this.streams = new WatchedStreams(setup, context, scripts);
        this.feed = new FeedFollower(context, redis, keys.feed(), streams);
        this.sweep = new TemplateSweep(context, reads, setup.rules(), scripts, streams);
    }

    /** The provider of logs in a Redis. All nodes that have a template of one name share its streams, and need the same history. */
    public static TemplateLogProvider provider(RedisClient redis) {
        return setup -> new RedisTemplateLog(setup, redis);
    }

    @Override
    public Future<Void> open() {
        return commands.onContext(() -> commands.open()
                .compose(v -> retention.open())
                .compose(v -> reads.open())
                .compose(v -> feed.open())
                .onSuccess(v -> sweep.start()));
    }

    /** Once the connection counts as up. */
    private void retryReads() {
        context.runOnContext(v -> streams.retry());
    }

    // ---- writing

    @Override
    public Future<Receipt> append(String name, Batch batch) {
        StreamWrite write = StreamWrite.append(name, batch);
        return write(write)
                .compose(receipt -> awaitRead(
                        name, receipt, stream -> batch.end() ? stream.awaitLook() : stream.awaitRead(receipt)));
    }

    @Override
    public Future<Receipt> create(String name, @Nullable String key) {
        return write(StreamWrite.create(name, key))
                .compose(receipt -> awaitRead(name, receipt, WatchedStream::awaitLook));
    }

    @Override
    public Future<Boolean> delete(String name) {
        StreamWrite write = StreamWrite.delete(name);
        return queue.write(List.of(write))
                .map(lines -> {
                    writer.receipt(write, lines.get(0));
                    return true;
                })
                .recover(failure -> failure instanceof NoSuchStreamException
                        ? Future.succeededFuture(false)
                        : Future.failedFuture(failure))
                .compose(done -> awaitRead(name, done, WatchedStream::awaitLook));
    }

    private Future<Receipt> write(StreamWrite write) {
        return queue.write(List.of(write)).map(lines -> writer.receipt(write, lines.get(0)));
    }

    private Future<List<String>> write(List<StreamWrite> writes) {
        inFlight = writer.write(writes);
        return inFlight;
    }

    /** Completes with a result once this node has seen what was done, if it watches the stream. */
    private <T> Future<T> awaitRead(String name, T result, Function<WatchedStream, Future<Void>> seen) {
        if (!streams.isWatched(name)) {
            return Future.succeededFuture(result);
        }
        return commands.onContext(() -> {
            WatchedStream stream = streams.find(name);
            return stream == null
                    ? context.succeededFuture(result)
                    : seen.apply(stream).map(result);
        });
    }

    // ---- reading

    @Override
    public Future<NamedStream> watch(String name) {
        return reads.onContext(() -> streams.watch(name)
                .recover(failure -> Future.failedFuture(
                        failure instanceof NoSuchStreamException || failure instanceof NotTakenException
                                ? failure
                                : reads.unavailable())));
    }

    @Override
    public Held held() {
        return streams.held();
    }

    @Override
    public void release(NamedStream stream) {
        context.execute(() -> streams.release(stream));
    }

    @Override
    public Future<List<NamedStreamInfo>> list(@Nullable String after, int limit) {
        return reads.onContext(() -> list(after, limit, new ArrayList<>()));
    }

    /** A name may be of a stream that goes in between: then more names are read. */
    private Future<List<NamedStreamInfo>> list(@Nullable String after, int limit, List<NamedStreamInfo> found) {
        int missing = limit - found.size();
        return scripts.names(after, missing).compose(names -> {
            if (names.isEmpty()) {
                return context.succeededFuture(found);
            }
            return scripts.describe(names).compose(infos -> {
                found.addAll(infos);
                return found.size() == limit || names.size() < missing
                        ? context.succeededFuture(found)
                        : list(names.get(names.size() - 1), limit, found);
            });
        });
    }

    @Override
    public int subscribers(String name) {
        return streams.subscribers(name);
    }

    @Override
    public Duration lag() {
        return LAG;
    }

    /** Whether Redis can be read and written. */
    @Override
    public boolean isFollowing() {
        return feed.isFollowing() && reads.isUp() && commands.isUp() && queue.isAnswering();
    }

    @Override
    public Future<Void> close() {
        return commands.onContext(() -> {
            queue.close();
            sweep.stop();
            return inFlight.timeout(FINISH_MILLIS, TimeUnit.MILLISECONDS)
                    .otherwiseEmpty()
                    .eventually(feed::close)
                    .eventually(() -> {
                        streams.close();
                        retention.close();
                        return reads.close();
                    })
                    .eventually(commands::close)
                    .mapEmpty();
        });
    }
}
