package io.sluice.redis;

import io.sluice.log.EventId;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the feed of a template, over a connection of its own: one blocking XREAD for all of the streams that are watched here.
 *
 * <pre>
 *   connected ---> state.lua, all watched streams are read ---> XREAD BLOCK ---> entries, for those who watch
 *                      ^                                            ^               |         |
 *                      |                                            +---------------+         |
 *                      +----------------- an entry that is not the next one, another epoch ---+
 * </pre>
 *
 * <p>The entries are numbered densely, so that a node sees if the feed was trimmed past its position.
 *
 * <p>On the template's context only, but for {@link #isFollowing()}.
 */
final class FeedFollower {

    private static final long BLOCK_MILLIS = 5000;
    private static final long BLOCK_PATIENCE_MILLIS = 2 * BLOCK_MILLIS;

    /** The entries of a read: a megabyte at most. */
    private static final int MAX_ENTRIES = 250;

    private static final Logger LOG = LoggerFactory.getLogger(FeedFollower.class);

    private final ReconnectingRedis redis;
    private final RedisKeys keys;
    private final WatchedStreams streams;

    private String epoch = "";
    private long last;

    /** Raised by each connection: a read of an earlier one is void. */
    private int round;

    FeedFollower(ContextInternal context, RedisClient client, RedisKeys keys, WatchedStreams streams) {
        this.redis = client.connection(context, connected -> handshake());
        this.keys = keys;
        this.streams = streams;
    }

    Future<Void> open() {
        return redis.open();
    }

    Future<Void> close() {
        round++;
        return redis.close();
    }

    /** Whether new events arrive. Any thread. */
    boolean isFollowing() {
        return redis.isUp();
    }

    private Future<Void> handshake() {
        int mine = ++round;
        return RestartMarker.check(redis, keys).compose(v -> begin()).onSuccess(v -> redis.context()
                .runOnContext(w -> read(mine)));
    }

    /** Goes to the end of the feed. What happens to a stream from now on comes by the feed; what was before is read. */
    private Future<Void> begin() {
        return state().map(state -> {
            epoch = state.epochs().newest();
            last = state.last();
            streams.reload();
            return null;
        });
    }

    private Future<LogState> state() {
        return RedisScript.STATE
                .run(redis, keys.script(), arguments -> arguments
                        .arg(EventId.fresh().epoch())
                        .arg(last))
                .map(LogState::read);
    }

    private void read(int mine) {
        if (mine != round) {
            return;
        }
        Request request = Request.cmd(Command.XREAD)
                .arg("COUNT")
                .arg(MAX_ENTRIES)
                .arg("BLOCK")
                .arg(BLOCK_MILLIS)
                .arg("STREAMS")
                .arg(keys.log())
                .arg(last + "-0");
        redis.send(request, BLOCK_PATIENCE_MILLIS)
                .compose(reply -> mine == round ? take(reply) : redis.context().succeededFuture())
                .onComplete(v -> read(mine), failure -> {
                    LOG.debug("stream {}: the feed cannot be read", keys.stream(), failure);
                    if (mine == round) {
                        redis.renew();
                    }
                });
    }

    private Future<Void> take(@Nullable Response reply) {
        if (reply == null) {
            return check();
        }
        List<FeedEntry> entries = new ArrayList<>();
        boolean all = true;
        for (Response each : reply.get(0).get(1)) {
            FeedEntry entry = FeedEntry.read(each);
            if (entry.f() != last + 1 || !entry.epoch().equals(epoch)) {
                all = false;
                break;
            }
            entries.add(entry);
            last = entry.f();
        }
        streams.take(entries);
        return all ? redis.context().succeededFuture() : begin();
    }

    /** Nothing has come for a while: is it still the feed that it was? */
    private Future<Void> check() {
        return state().compose(
                        state -> state.last() >= last && state.epochs().newest().equals(epoch)
                                ? redis.context().succeededFuture()
                                : begin());
    }
}
