package io.sluice.redis;

import io.sluice.cluster.Leases;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's claim to a lease in Redis. The key {@code sluice:lease:<name>} names the owner and expires after some seconds; the
 * owner renews it each second. An owner that cannot renew its lease stops well before another node can get it.
 *
 * <pre>
 *   renewed               owner stops         key expires
 *   |------------- 5 s ------------|---- 4 s ----|
 * </pre>
 *
 * <p>After a reconnect, a node that is not the owner waits for 9 s: a restarted Redis may have forgotten the owner, and the owner
 * may not know yet.
 *
 * <p>On its connection's context only, but for {@link #release}.
 */
final class RedisLease implements Leases.Lease {

    private static final long RENEW_MILLIS = 1000;
    private static final long STOP_MILLIS = 5000;
    private static final long EXPIRE_MILLIS = 9000;

    private static final Logger LOG = LoggerFactory.getLogger(RedisLease.class);

    private final ReconnectingRedis redis;
    private final ContextInternal context;
    private final List<String> keys;
    private final String self;
    private final Leases.LeaseListener listener;
    private long timer = -1;
    private boolean owned;
    private boolean released;
    private boolean asking;

    /** The time at which the newest successful renewal was sent. */
    private long renewedAt;

    private int generation;

    /** The time until which another node may own the lease although Redis has forgotten it. */
    private long notBefore;

    RedisLease(ReconnectingRedis redis, String name, String self, Leases.LeaseListener listener) {
        this.redis = redis;
        this.context = redis.context();
        this.keys = List.of("sluice:lease:" + name);
        this.self = self;
        this.listener = listener;
        this.generation = redis.generation();
        this.notBefore = System.nanoTime();
    }

    /** Completes when the owner is known. */
    Future<Leases.Lease> open() {
        timer = context.setPeriodic(RENEW_MILLIS, id -> check());
        return claim().<Leases.Lease>map(this).onFailure(failure -> {
            released = true;
            context.owner().cancelTimer(timer);
        });
    }

    private void check() {
        long now = System.nanoTime();
        if (owned && now - renewedAt > TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS)) {
            stop();
        }
        if (generation != redis.generation()) {
            generation = redis.generation();
            notBefore = now + TimeUnit.MILLISECONDS.toNanos(EXPIRE_MILLIS);
        }
        if (!asking && redis.isUp() && (owned || now - notBefore >= 0)) {
            claim().onFailure(failure -> LOG.debug("{} could not be renewed", keys, failure));
        }
    }

    /** Gets the lease, renews it, or finds out that another node owns it. */
    private Future<Void> claim() {
        if (released) {
            return context.succeededFuture();
        }
        long asked = System.nanoTime();
        asking = true;
        return RedisScript.LEASE
                .run(redis, keys, arguments -> arguments.arg(self).arg(EXPIRE_MILLIS))
                .onComplete(done -> asking = false)
                .<Void>map(owner -> {
                    update(owner.toString().equals(self), asked);
                    return null;
                });
    }

    private void update(boolean own, long asked) {
        if (released) {
            return;
        }
        if (!own) {
            stop();
        } else {
            renewedAt = asked;
            if (!owned) {
                owned = true;
                listener.begins();
            }
        }
    }

    private void stop() {
        if (owned) {
            owned = false;
            listener.ends();
        }
    }

    /** If Redis does not reply, the key expires. */
    @Override
    public Future<Void> release() {
        return redis.onContext(() -> {
            released = true;
            owned = false;
            context.owner().cancelTimer(timer);
            return RedisScript.RELEASE
                    .run(redis, keys, arguments -> arguments.arg(self))
                    .<Void>mapEmpty()
                    .otherwiseEmpty();
        });
    }
}
