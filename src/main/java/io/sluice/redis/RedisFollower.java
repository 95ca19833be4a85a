package io.sluice.redis;

import io.sluice.log.EventId;
import io.sluice.log.LogSetup;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a log in Redis from its oldest event on, over a connection of its own, into the {@link FollowedLog}.
 *
 * <pre>
 *     connected ---> state.lua ---> XREAD BLOCK ---> entries, 5 s without an entry, an unknown epoch
 *                        ^              ^                |               |                  |
 *                        |              +----------------+               |                  |
 *                        +-----------------------------------------------+------------------+
 * </pre>
 *
 * <p>The epochs in the state tell which events the log has lost. If they do not tell, as after DEL, this node makes the log begin
 * an epoch ({@code start_over.lua}).
 *
 * <p>On the stream's context only, but for {@link #isFollowing()}.
 */
final class RedisFollower {

    private static final long BLOCK_MILLIS = 5000;
    private static final long BLOCK_PATIENCE_MILLIS = 2 * BLOCK_MILLIS;

    private static final Logger LOG = LoggerFactory.getLogger(RedisFollower.class);

    private final ReconnectingRedis redis;
    private final RedisKeys keys;
    private final FollowedLog log;
    private final Promise<Void> caughtUp;

    /** The last position of the log in its newest state. */
    private long head;

    private final PageSize page = new PageSize();

    /** Raised by each connection: a read of an earlier one is void. */
    private int round;

    RedisFollower(LogSetup setup, RedisClient client, RedisKeys keys) {
        this.redis = client.connection(setup.context(), connected -> handshake());
        this.keys = keys;
        this.log = new FollowedLog(setup);
        this.caughtUp = setup.context().promise();
    }

    /** Completes when everything that the log has kept is read. */
    Future<Void> open() {
        return redis.open().compose(v -> caughtUp.future());
    }

    Future<Void> close() {
        round++;
        log.close();
        return redis.close();
    }

    /** Whether new events arrive. Any thread. */
    boolean isFollowing() {
        return redis.isUp();
    }

    /** Completes when this node has read the events of receipts, and after a while in any case. */
    Future<Void> awaitRead(List<Receipt> receipts) {
        if (log.hasRead(receipts)) {
            return redis.context().succeededFuture();
        }
        if (!log.knows(receipts)) {
            // The log has begun an epoch, perhaps at a position so low that XREAD will not find the event.
            redis.renew();
        }
        return log.awaitRead(receipts);
    }

    /** The number of callers that wait for events. */
    int waiting() {
        return log.waiting();
    }

    // ---- the state of the log

    private Future<Void> handshake() {
        int mine = ++round;
        return RestartMarker.check(redis, keys).compose(v -> updateState()).onSuccess(v -> redis.context()
                .runOnContext(w -> read(mine)));
    }

    private Future<Void> updateState() {
        return RedisScript.STATE
                .run(redis, keys.script(), arguments -> arguments
                        .arg(EventId.fresh().epoch())
                        .arg(log.last()))
                .map(LogState::read)
                .compose(state -> {
                    head = state.last();
                    return log.update(state) ? redis.context().succeededFuture() : startOver(state);
                });
    }

    /** Makes the log begin an epoch without a past: it lacks what this node has read, and its epochs do not tell why. */
    private Future<Void> startOver(LogState state) {
        return RedisScript.START_OVER
                .run(redis, keys.script(), arguments -> arguments
                        .arg(EventId.fresh().epoch())
                        .arg(state.epochs().toString())
                        .arg(log.last()))
                .compose(v -> updateState());
    }

    // ---- reading

    private void read(int mine) {
        if (mine != round) {
            return;
        }
        redis.context()
                .<Void>succeededFuture()
                .compose(v ->
                        log.cursor() >= head ? caughtUp(mine) : redis.context().succeededFuture())
                .compose(
                        v -> mine == round ? readEntries(mine) : redis.context().succeededFuture())
                .onComplete(v -> read(mine), failure -> {
                    LOG.debug("stream {}: the log cannot be read", keys.stream(), failure);
                    if (mine == round) {
                        redis.renew();
                    }
                });
    }

    private Future<Void> readEntries(int mine) {
        Request request = Request.cmd(Command.XREAD)
                .arg("COUNT")
                .arg(page.records())
                .arg("BLOCK")
                .arg(BLOCK_MILLIS)
                .arg("STREAMS")
                .arg(keys.log())
                .arg(log.cursor() + "-0");
        return redis.send(request, BLOCK_PATIENCE_MILLIS)
                .compose(reply ->
                        mine == round ? append(reply, mine) : redis.context().succeededFuture());
    }

    /** All entries are read. */
    private Future<Void> caughtUp(int mine) {
        return latest().map(latest -> {
            if (mine == round) {
                log.caughtUp(latest);
                caughtUp.tryComplete();
            }
            return null;
        });
    }

    /** The newest events of topics from before what was read. */
    private Future<LatestReader.Latest> latest() {
        if (!log.lacksLatest()) {
            return redis.context().succeededFuture(LatestReader.Latest.NONE);
        }
        List<String> all = new ArrayList<>(List.of(keys.state()));
        all.addAll(keys.latest());
        return LatestReader.read(redis, all, log.start());
    }

    private Future<Void> append(@Nullable Response reply, int mine) {
        if (reply == null) {
            return caughtUp(mine).compose(v -> updateState());
        }
        List<RedisRecord> records = new ArrayList<>();
        reply.get(0).get(1).forEach(entry -> records.add(RedisRecord.read(entry)));
        page.adapt(records.size(), records.stream().mapToLong(RedisRecord::size).sum());
        return log.append(records) ? redis.context().succeededFuture() : updateState();
    }
}
