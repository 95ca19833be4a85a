package io.sluice.redis;

import io.sluice.log.EventId;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.UUID;

/**
 * Detects a restart of Redis if the Redis user may not call INFO, which tells the run id.
 *
 * <p>The marker is a script that does nothing, under a name that no other has. Redis keeps loaded scripts in memory only: not on
 * disk and, since 7.0, not at replicas. The log's state names the marker. A Redis that has the state but not the script is
 * another run: an event that was given out may be gone, and {@code mark.lua} begins an epoch.
 *
 * <p>Each connection checks the marker before its first script, because a restart ends all connections. SCRIPT FLUSH looks like a
 * restart, which costs an epoch and no event.
 */
final class RestartMarker {

    /** The error code of a script that finds no marker and may not call INFO, as after FLUSHALL: a new connection sets one. */
    static final String MISSING = "NOMARKER ";

    private RestartMarker() {}

    /** Completes when the scripts of a log can tell which run of Redis this is. */
    static Future<Void> check(ReconnectingRedis redis, RedisKeys keys) {
        return send(redis, Request.cmd(Command.HGET).arg(keys.state()).arg("marker"))
                .compose(marker -> marker == null ? checkInfo(redis, keys) : check(redis, keys, marker.toString()));
    }

    private static Future<Void> checkInfo(ReconnectingRedis redis, RedisKeys keys) {
        return send(redis, Request.cmd(Command.INFO).arg("server"))
                .<Void>mapEmpty()
                .recover(failure -> ReconnectingRedis.isErrorReply(failure)
                        ? replace(redis, keys, "")
                        : redis.context().failedFuture(failure));
    }

    private static Future<Void> check(ReconnectingRedis redis, RedisKeys keys, String marker) {
        return send(redis, Request.cmd(Command.SCRIPT).arg("EXISTS").arg(marker))
                .compose(exists -> exists.get(0).toString().equals("1")
                        ? redis.context().succeededFuture()
                        : replace(redis, keys, marker));
    }

    private static Future<Void> replace(ReconnectingRedis redis, RedisKeys keys, String old) {
        return send(redis, Request.cmd(Command.SCRIPT).arg("LOAD").arg("return '" + UUID.randomUUID() + "'"))
                .compose(marker -> set(redis, keys, old, marker.toString()));
    }

    /** If several nodes do so at once, one of them sets its own, and the others use that one. */
    private static Future<Void> set(ReconnectingRedis redis, RedisKeys keys, String old, String marker) {
        return RedisScript.MARK
                .run(redis, keys.script(), arguments -> arguments
                        .arg(EventId.fresh().epoch())
                        .arg(old)
                        .arg(marker))
                .map(Response::toString)
                .compose(set -> set.equals(marker) ? redis.context().succeededFuture() : check(redis, keys, set));
    }

    private static Future<Response> send(ReconnectingRedis redis, Request request) {
        return redis.send(request, ReconnectingRedis.PATIENCE_MILLIS);
    }
}
