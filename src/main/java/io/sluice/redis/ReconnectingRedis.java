package io.sluice.redis;

import io.sluice.log.NotTakenException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.CloseFuture;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection to Redis that is opened again whenever it is lost. A reply that takes too long counts as a loss.
 *
 * <p>On its context only, but for {@link #isUp()} and {@link #onContext}.
 */
final class ReconnectingRedis {

    /** The time within which Redis replies to an ordinary command. */
    static final long PATIENCE_MILLIS = 4000;

    private static final int CONNECT_MILLIS = 3000;
    private static final long FIRST_RETRY_MILLIS = 100;
    private static final long LAST_RETRY_MILLIS = 2000;

    private final ContextInternal context;
    private final RedisUri uri;
    private final RedisPresence.Watch presence;
    private final Function<ReconnectingRedis, Future<Void>> handshake;

    // The client of one connection: closing it ends a dead connection too.
    private @Nullable Redis client;
    private @Nullable RedisConnection connection;
    private Promise<Void> upAgain;
    private int generation;
    private long delay = FIRST_RETRY_MILLIS;
    private boolean closed;
    private volatile boolean up;

    /** @param handshake the first commands of each connection; if they fail, the connection is given up */
    ReconnectingRedis(
            ContextInternal context,
            RedisUri uri,
            RedisPresence presence,
            Function<ReconnectingRedis, Future<Void>> handshake) {
        this.context = context;
        this.uri = uri;
        this.presence = presence.watch();
        this.handshake = handshake;
        this.upAgain = context.promise();
    }

    /** The handshake of a connection that has nothing to check. */
    Future<Void> ping() {
        return send(Request.cmd(Command.PING), PATIENCE_MILLIS).mapEmpty();
    }

    ContextInternal context() {
        return context;
    }

    /** Host and port, for messages. */
    String address() {
        return uri.hostAndPort();
    }

    /** Whether there is a connection whose handshake is done. Any thread. */
    boolean isUp() {
        return up;
    }

    /** The number of connections that were tried so far. */
    int generation() {
        return generation;
    }

    /** Connects for the first time. If that fails, nothing stays open. */
    Future<Void> open() {
        return connect().recover(failure -> close().transform(v -> context.failedFuture(failure)));
    }

    Future<Void> close() {
        closed = true;
        presence.close();
        return discard();
    }

    /** Completes when the connection is up again; fails if that takes longer. */
    Future<Void> awaitUp(long millis) {
        return upAgain.future().timeout(millis, TimeUnit.MILLISECONDS);
    }

    /** Replaces the connection by a new one, with a new handshake. */
    void renew() {
        if (up && !closed) {
            discard();
            retry(FIRST_RETRY_MILLIS);
        }
    }

    /**
     * Sends a command.
     *
     * @return the reply. Fails with {@link NotTakenException} if the command was not sent, and with the error if Redis replied
     *     with one. After any other failure the outcome is unknown
     */
    Future<Response> send(Request request, long millis) {
        RedisConnection now = connection;
        if (now == null) {
            return context.failedFuture(unavailable());
        }
        int mine = generation;
        return within(millis, now.send(request)).onFailure(failure -> {
            if (!isErrorReply(failure)) {
                disconnected(mine, failure);
            }
        });
    }

    /** The failure that a publisher gets while there is no connection. */
    NotTakenException unavailable() {
        return new NotTakenException("Redis at " + address() + " is away; try again");
    }

    /** The failure that a publisher gets if Redis replies with an error before anything is written. */
    NotTakenException refuses(String reason) {
        return new NotTakenException("Redis at " + address() + " refuses: " + reason + "; try again");
    }

    /** Whether a failure is an error that Redis replied with. The client has failures of the same class. */
    static boolean isErrorReply(Throwable failure) {
        return failure instanceof Response reply
                && reply.type() == ResponseType.ERROR
                && !reason(failure).matches("CONNECTION_CLOSED|ILLEGAL_STATE .*");
    }

    /** The message of a failure, in one line and without the prefix that epoll puts before it. */
    static String reason(Throwable failure) {
        String message = String.valueOf(failure.getMessage() == null ? failure : failure.getMessage());
        return message.lines()
                .findFirst()
                .orElse("")
                .replaceFirst("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ", "");
    }

    /** Runs a task on this connection's context. Any thread; the future completes on the caller's context. */
    <T> Future<T> onContext(Supplier<Future<T>> task) {
        Promise<T> done = context.owner().getOrCreateContext().promise();
        context.runOnContext(v -> task.get().onComplete(done));
        return done.future();
    }

    // ---- connections

    private Future<Void> connect() {
        int mine = ++generation;
        Redis fresh = create();
        client = fresh;
        return within(CONNECT_MILLIS, fresh.connect())
                .compose(connected -> mine == generation
                        ? shakeHands(mine, connected)
                        : context.failedFuture("another connection has taken its place"))
                .onFailure(failure -> {
                    if (mine == generation) {
                        discard();
                    }
                });
    }

    private Future<Void> shakeHands(int mine, RedisConnection connected) {
        connected.endHandler(v -> context.execute(() -> disconnected(mine, new IllegalStateException("it hung up"))));
        connected.exceptionHandler(failure -> context.execute(() -> disconnected(mine, failure)));
        connection = connected;
        return handshake.apply(this).onSuccess(v -> {
            if (mine == generation) {
                up = true;
                delay = FIRST_RETRY_MILLIS;
                presence.back();
                upAgain.tryComplete();
            }
        });
    }

    /**
     * Creates a client in a context that only this connection closes. In a deployment's context, Vert.x would close the client
     * before the verticle's {@code stop()} is done with it, and would remember each client until the undeployment.
     */
    private Redis create() {
        ContextInternal own = context.owner()
                .contextBuilder()
                .withEventLoop(context.nettyEventLoop())
                .withCloseFuture(new CloseFuture())
                .build();
        ContextInternal caller = own.beginDispatch();
        try {
            return Redis.createClient(context.owner(), options());
        } finally {
            own.endDispatch(caller);
        }
    }

    /** RESP2, so that replies have one shape, whatever version Redis is. */
    private RedisOptions options() {
        return new RedisOptions()
                .setConnectionString(uri.text())
                .setPreferredProtocolVersion(ProtocolVersion.RESP2)
                .setMaxPoolSize(1)
                .setPoolCleanerInterval(-1)
                .setPoolRecycleTimeout(-1)
                .setNetClientOptions(new NetClientOptions()
                        .setConnectTimeout(CONNECT_MILLIS)
                        .setTcpKeepAlive(true)
                        .setHostnameVerificationAlgorithm("HTTPS"));
    }

    private void disconnected(int mine, Throwable why) {
        if (mine == generation && up && !closed) {
            discard();
            presence.lost(reason(why));
            context.runOnContext(v -> reconnect());
        }
    }

    private void retry(long millis) {
        context.setTimer(millis, id -> reconnect());
    }

    private void reconnect() {
        if (!closed) {
            connect().onFailure(failure -> {
                if (!closed) {
                    presence.lost(reason(failure));
                    retry(delay);
                    delay = Math.min(2 * delay, LAST_RETRY_MILLIS);
                }
            });
        }
    }

    private Future<Void> discard() {
        generation++;
        if (up) {
            up = false;
            upAgain = context.promise();
        }
        connection = null;
        Redis was = client;
        client = null;
        return was == null ? context.succeededFuture() : was.close();
    }

    private <T> Future<T> within(long millis, Future<T> future) {
        Promise<T> promise = context.promise();
        future.onComplete(promise);
        return promise.future()
                .timeout(millis, TimeUnit.MILLISECONDS)
                .recover(failure -> context.failedFuture(
                        failure instanceof TimeoutException
                                ? new IllegalStateException("no answer within " + millis + " ms")
                                : failure));
    }
}
