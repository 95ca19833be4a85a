package io.sluice.redis;

import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.EventLog;
import io.sluice.log.History;
import io.sluice.log.InitialLoad;
import io.sluice.log.PositionWaiters;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a log in Redis from its oldest event on, over a connection of its own, and notices when the log is not what it was.
 *
 * <p>It looks at each connection, at an event of an epoch that it does not know, and where nothing has come for some seconds.
 * What the log has lost is told by the epochs; where they do not tell it, as after a DEL, this node has the log begin an epoch.
 *
 * <p>On its link's context only.
 */
final class RedisFollower {

    private static final long BLOCK_MILLIS = 5000;
    private static final long BLOCK_PATIENCE_MILLIS = 2 * BLOCK_MILLIS;
    private static final Duration REACH_PATIENCE = Duration.ofSeconds(2);
    private static final int MAX_RECORDS = 1000;
    private static final int FIRST_RECORDS = 16; // nobody knows how large they are
    private static final long READ_BYTES = 1L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(RedisFollower.class);

    private final ContextInternal context;
    private final ReconnectingRedis link;
    private final RedisKeys keys;
    private final EventLog.Follower follower;
    private final History history;
    private final Promise<Void> caughtUp;
    private final PositionWaiters waiters;

    private InitialLoad reader; // what is given to the follower
    private boolean loading = true; // the reader keeps it to itself
    private @Nullable Epochs epochs; // null until it has begun
    private long last; // position that the follower has
    private String mark = ""; // of the event there, empty where it has none
    private long cursor; // entries up to this one were read
    private long head; // of the log when it was looked at
    private long doubted = -1; // an event whose epoch was looked for
    private int max = FIRST_RECORDS; // records in the next read
    private int round; // of reading; one per connection

    RedisFollower(
            ContextInternal context,
            RedisUri uri,
            RedisPresence presence,
            RedisKeys keys,
            History history,
            EventLog.Follower follower) {
        this.context = context;
        this.link = new ReconnectingRedis(context, uri, presence, connected -> greet());
        this.keys = keys;
        this.history = history;
        this.follower = follower;
        this.waiters = new PositionWaiters(context);
        this.reader = load();
        this.caughtUp = context.promise();
    }

    private InitialLoad load() {
        return new InitialLoad(follower, history, InstantSource.system());
    }

    /** Completes when everything that the log kept was read. */
    Future<Void> open() {
        return link.open().compose(v -> caughtUp.future());
    }

    Future<Void> close() {
        round++;
        waiters.fail(new IllegalStateException("the log is closed"));
        return link.close();
    }

    /** Whether new events arrive. Any thread. */
    boolean isFollowing() {
        return link.isUp();
    }

    /** Completes when the follower has what the receipts name, or cannot have it soon. */
    Future<Void> reach(List<Receipt> receipts) {
        Epochs known = epochs;
        long n =
                receipts.stream().mapToLong(receipt -> receipt.last().n()).max().orElse(0);
        if (known == null
                || !receipts.stream()
                        .allMatch(receipt -> known.has(receipt.last().epoch()))) {
            link.renew(); // the log has begun an epoch, perhaps so far down that what is asked for never comes
        } else if (n <= last && !loading) {
            return context.succeededFuture();
        }
        return waiters.await(n, REACH_PATIENCE).otherwiseEmpty();
    }

    /** The number of callers that wait for a position. */
    int waiting() {
        return waiters.size();
    }

    // ---- where the log stands

    private Future<Void> greet() {
        int mine = ++round;
        return RestartMarker.check(link, keys)
                .compose(v -> look())
                .onSuccess(v -> context.runOnContext(w -> read(mine)));
    }

    private Future<Void> look() {
        return RedisScript.LOOK
                .run(link, keys.script(), arguments -> arguments
                        .arg(EventId.fresh().epoch())
                        .arg(last))
                .map(LogState::read)
                .compose(this::compare);
    }

    private Future<Void> compare(LogState view) {
        Epochs known = epochs;
        head = view.last();
        if (known == null) {
            begin(view);
        } else if (view.has(known, last, mark)) {
            goOn(known, view.epochs());
        } else if (!view.owns(known, last)) {
            LOG.warn(
                    "stream {}: Redis has lost events up to {}, or has others in their place; who had them is told",
                    keys.stream(),
                    known.id(last));
            begin(view);
        } else {
            return lose(view);
        }
        return context.succeededFuture();
    }

    private void begin(LogState view) {
        reader = load();
        loading = true;
        epochs = view.epochs();
        hop(view.epochs(), view.start());
    }

    /** Goes on at a position that does not follow from the last. */
    private void hop(Epochs known, long position) {
        last = position;
        cursor = position;
        mark = "";
        reader.reset(known, position, List.of());
        complete();
    }

    private void goOn(Epochs known, Epochs now) {
        if (!known.equals(now)) {
            epochs = now;
            reader.beginEpoch(now);
        }
    }

    /** Nothing that the epochs tell explains why the log does not have what this node has. */
    private Future<Void> lose(LogState view) {
        return RedisScript.LOSE
                .run(link, keys.script(), arguments -> arguments
                        .arg(EventId.fresh().epoch())
                        .arg(view.epochs().toString())
                        .arg(last))
                .compose(v -> look());
    }

    // ---- reading

    private void read(int mine) {
        if (mine != round) {
            return;
        }
        if (cursor >= head) {
            caughtUp();
        }
        Request request = Request.cmd(Command.XREAD)
                .arg("COUNT")
                .arg(max)
                .arg("BLOCK")
                .arg(BLOCK_MILLIS)
                .arg("STREAMS")
                .arg(keys.log())
                .arg(cursor + "-0");
        link.send(request, BLOCK_PATIENCE_MILLIS)
                .compose(answer -> mine == round ? take(answer) : context.succeededFuture())
                .onComplete(v -> read(mine), failure -> {
                    LOG.debug("stream {}: the log cannot be read", keys.stream(), failure);
                    if (mine == round) {
                        link.renew();
                    }
                });
    }

    private void caughtUp() {
        reader.done();
        loading = false;
        complete();
        caughtUp.tryComplete();
    }

    private Future<Void> take(@Nullable Response answer) {
        if (answer == null) {
            caughtUp();
            return look();
        }
        List<RedisRecord> records = new ArrayList<>();
        answer.get(0).get(1).forEach(entry -> records.add(RedisRecord.read(entry)));
        long bytes = records.stream().mapToLong(RedisRecord::size).sum();
        if (bytes > 0) {
            max = (int) Math.max(1, Math.min(Math.min(2L * max, MAX_RECORDS), READ_BYTES * records.size() / bytes));
        }
        return take(records);
    }

    /** Gives the follower what goes on from the last; where an epoch is not known, looks first, and reads again from there. */
    private Future<Void> take(List<RedisRecord> records) {
        List<Event> events = new ArrayList<>();
        for (RedisRecord record : records) {
            Epochs known = epochs;
            if (known == null) {
                throw new IllegalStateException("it reads before it has begun");
            }
            if (!known.id(record.n()).epoch().equals(record.epoch()) && doubted != record.n()) {
                doubted = record.n();
                give(events);
                return look();
            }
            Event event = event(known, record);
            if (event != null) {
                if (record.n() != last + 1) {
                    give(events);
                    hop(known, record.n() - 1);
                }
                events.add(event);
                last = record.n();
                mark = record.mark();
            }
            cursor = record.n();
        }
        give(events);
        return context.succeededFuture();
    }

    /** The event of a record; null where it is none of this log's, which somebody else has put there. */
    private @Nullable Event event(Epochs known, RedisRecord record) {
        try {
            if (known.id(record.n()).epoch().equals(record.epoch())) {
                return record.event(known);
            }
            LOG.warn("stream {}: entry {}-0 is of no epoch of this log, and is left out", keys.stream(), record.n());
        } catch (IllegalArgumentException e) {
            LOG.warn("stream {}: entry {}-0 is left out: {}", keys.stream(), record.n(), e.getMessage());
        }
        return null;
    }

    private void give(List<Event> events) {
        if (!events.isEmpty()) {
            reader.append(List.copyOf(events));
            events.clear();
            complete();
        }
    }

    private void complete() {
        if (!loading) {
            waiters.complete(last);
        }
    }
}
