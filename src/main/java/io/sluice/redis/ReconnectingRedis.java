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
 * A connection to Redis that comes back by itself, and that counts as lost where an answer takes too long.
 *
 * <p>On its context only, but for {@link #isUp()}.
 */
final class ReconnectingRedis {

    /** In which an ordinary command is answered. */
    static final long PATIENCE_MILLIS = 4000;

    private static final int CONNECT_MILLIS = 3000;
    private static final long FIRST_RETRY_MILLIS = 100;
    private static final long LAST_RETRY_MILLIS = 2000;

    private final ContextInternal context;
    private final RedisUri uri;
    private final RedisPresence presence;
    private final Function<ReconnectingRedis, Future<Void>> greeting;

    private @Nullable Redis client; // of one connection each, so that closing it ends a dead one too
    private @Nullable RedisConnection connection;
    private Promise<Void> upAgain;
    private int life; // of connections
    private long delay = FIRST_RETRY_MILLIS;
    private boolean closed;
    private volatile boolean up;

    /** @param greeting what is done first on each connection; one on which it fails is no good */
    ReconnectingRedis(
            ContextInternal context,
            RedisUri uri,
            RedisPresence presence,
            Function<ReconnectingRedis, Future<Void>> greeting) {
        this.context = context;
        this.uri = uri;
        this.presence = presence;
        this.greeting = greeting;
        this.upAgain = context.promise();
    }

    /** A greeting where there is nothing to be looked at. */
    Future<Void> ping() {
        return send(Request.cmd(Command.PING), PATIENCE_MILLIS).mapEmpty();
    }

    ContextInternal context() {
        return context;
    }

    /** Whose name is in what a user is told. */
    String address() {
        return uri.hostAndPort();
    }

    /** Whether it is connected, and greeted. Any thread. */
    boolean isUp() {
        return up;
    }

    /** Connects for the first time; fails where that does, and then leaves nothing behind. */
    Future<Void> open() {
        return connect().recover(failure -> close().transform(v -> context.failedFuture(failure)));
    }

    Future<Void> close() {
        closed = true;
        presence.forget(this);
        return discard();
    }

    /** Completes when it is up; fails where that takes longer. */
    Future<Void> awaitUp(long millis) {
        return upAgain.future().timeout(millis, TimeUnit.MILLISECONDS);
    }

    /** Connects anew, and so greets again. */
    void renew() {
        if (up && !closed) {
            discard();
            retry(FIRST_RETRY_MILLIS);
        }
    }

    /**
     * Sends a command.
     *
     * @return its answer; fails with {@link NotTakenException} where it was not sent, with what Redis said where that was an
     *     error, and otherwise nobody can say what became of it
     */
    Future<Response> send(Request request, long millis) {
        RedisConnection now = connection;
        if (now == null) {
            return context.failedFuture(away());
        }
        int mine = life;
        return onContext(now.send(request), millis).onFailure(failure -> {
            if (!isAnswer(failure)) {
                lose(mine, failure);
            }
        });
    }

    /** What a publisher is told. */
    NotTakenException away() {
        return new NotTakenException("Redis at " + address() + " is away; try again");
    }

    /** Whether a failure is an error that Redis answered with; the client makes some that look like it. */
    static boolean isAnswer(Throwable failure) {
        return failure instanceof Response answer
                && answer.type() == ResponseType.ERROR
                && !reason(failure).matches("CONNECTION_CLOSED|ILLEGAL_STATE .*");
    }

    /** Does something on this link's context; what comes of it is on the caller's. Any thread. */
    <T> Future<T> call(Supplier<Future<T>> task) {
        Promise<T> done = context.owner().getOrCreateContext().promise();
        context.runOnContext(v -> task.get().onComplete(done));
        return done.future();
    }

    /** How many connections there have been, or were tried. */
    int life() {
        return life;
    }

    // ---- connections

    private Future<Void> connect() {
        int mine = ++life;
        Redis fresh = create();
        client = fresh;
        return onContext(fresh.connect(), CONNECT_MILLIS)
                .compose(connected ->
                        mine == life ? greet(mine, connected) : context.failedFuture("not wanted any more"))
                .onFailure(failure -> {
                    if (mine == life) {
                        discard();
                    }
                });
    }

    private Future<Void> greet(int mine, RedisConnection connected) {
        connected.endHandler(v -> context.execute(() -> lose(mine, new IllegalStateException("it hung up"))));
        connected.exceptionHandler(failure -> context.execute(() -> lose(mine, failure)));
        connection = connected;
        return greeting.apply(this).onSuccess(v -> {
            if (mine == life) {
                up = true;
                delay = FIRST_RETRY_MILLIS;
                presence.back(this);
                upAgain.tryComplete();
            }
        });
    }

    /**
     * In a context that nobody closes but this link: Vert.x closes what others have opened before it undeploys what still needs
     * it, and remembers each as long as it lives.
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

    private RedisOptions options() {
        return new RedisOptions()
                .setConnectionString(uri.text())
                .setPreferredProtocolVersion(ProtocolVersion.RESP2) // answers have one shape, whatever Redis it is
                .setMaxPoolSize(1)
                .setPoolCleanerInterval(-1)
                .setPoolRecycleTimeout(-1)
                .setNetClientOptions(new NetClientOptions()
                        .setConnectTimeout(CONNECT_MILLIS)
                        .setTcpKeepAlive(true)
                        .setHostnameVerificationAlgorithm("HTTPS"));
    }

    private void lose(int mine, Throwable why) {
        if (mine == life && up && !closed) {
            discard();
            presence.lost(this, reason(why));
            retry(0);
        }
    }

    private void retry(long millis) {
        after(millis, () -> {
            if (!closed) {
                connect().onFailure(failure -> {
                    if (!closed) {
                        presence.lost(this, reason(failure));
                        retry(delay);
                        delay = Math.min(2 * delay, LAST_RETRY_MILLIS);
                    }
                });
            }
        });
    }

    private void after(long millis, Runnable task) {
        if (millis == 0) {
            context.runOnContext(v -> task.run());
        } else {
            context.owner().setTimer(millis, id -> context.runOnContext(v -> task.run()));
        }
    }

    private Future<Void> discard() {
        life++;
        if (up) {
            up = false;
            upAgain = context.promise();
        }
        connection = null;
        Redis was = client;
        client = null;
        return was == null ? context.succeededFuture() : was.close();
    }

    /** What went wrong, in one line. */
    static String reason(Throwable failure) {
        String message = String.valueOf(failure.getMessage() == null ? failure : failure.getMessage());
        return message.lines()
                .findFirst()
                .orElse("")
                .replaceFirst("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ", ""); // epoll's own words
    }

    private <T> Future<T> onContext(Future<T> future, long millis) {
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
