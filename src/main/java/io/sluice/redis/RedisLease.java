package io.sluice.redis;

import io.sluice.cluster.Leases;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A wish for a lease in Redis: {@code sluice:lease:<name>} is the owner's for some seconds, and it renews it each second. Who
 * cannot renew it ends its turn well before it can be another node's. Who finds Redis back waits as long as a lease is valid, in
 * case Redis has forgotten it and its owner does not know.
 *
 * <pre>
 *   renewed                  turn ends        Redis forgets it
 *   |------------- 5 s ------------|---- 4 s ----|
 * </pre>
 *
 * <p>On its link's context only, but for {@link #release}.
 */
final class RedisLease implements Leases.Lease {

    private static final long LOOK_MILLIS = 1000;
    private static final long TURN_MILLIS = 5000;
    private static final long VALID_MILLIS = 9000;

    private static final Logger LOG = LoggerFactory.getLogger(RedisLease.class);

    private final ReconnectingRedis link;
    private final ContextInternal context;
    private final List<String> keys;
    private final String self;
    private final Leases.LeaseListener turn;
    private boolean mine;
    private boolean released;
    private boolean asking;
    private long renewedAt; // when that was asked for
    private int life; // of the link
    private long notBefore; // while another node may have it of which Redis does not know
    private long timer = -1;

    RedisLease(ReconnectingRedis link, String name, String self, Leases.LeaseListener turn) {
        this.link = link;
        this.context = link.context();
        this.keys = List.of("sluice:lease:" + name);
        this.self = self;
        this.turn = turn;
        this.life = link.life();
        this.notBefore = System.nanoTime();
    }

    /** Completes when it is known whose it is. */
    Future<Leases.Lease> open() {
        timer = context.owner().setPeriodic(LOOK_MILLIS, id -> context.runOnContext(v -> look()));
        return ask().<Leases.Lease>map(this).onFailure(failure -> {
            released = true;
            context.owner().cancelTimer(timer);
        });
    }

    private void look() {
        if (mine && System.nanoTime() - renewedAt > TimeUnit.MILLISECONDS.toNanos(TURN_MILLIS)) {
            end();
        }
        long now = System.nanoTime();
        if (life != link.life()) { // Redis may have been restarted, and have forgotten whose it is
            life = link.life();
            notBefore = now + TimeUnit.MILLISECONDS.toNanos(VALID_MILLIS);
        }
        if (!asking && link.isUp() && (mine || now - notBefore >= 0)) {
            ask().onFailure(failure -> LOG.debug("lease {} could not be looked at", keys, failure));
        }
    }

    private Future<Void> ask() {
        if (released) {
            return context.succeededFuture();
        }
        long asked = System.nanoTime();
        asking = true;
        return RedisScript.LEASE
                .run(link, keys, arguments -> arguments.arg(self).arg(VALID_MILLIS))
                .onComplete(done -> asking = false)
                .<Void>map(owner -> {
                    take(owner.toString().equals(self), asked);
                    return null;
                });
    }

    private void take(boolean own, long asked) {
        if (released) {
            return;
        }
        if (!own) {
            end();
        } else {
            renewedAt = asked;
            if (!mine) {
                mine = true;
                turn.begins();
            }
        }
    }

    private void end() {
        if (mine) {
            mine = false;
            turn.ends();
        }
    }

    @Override
    public Future<Void> release() {
        return link.call(() -> {
            released = true;
            mine = false;
            context.owner().cancelTimer(timer);
            return RedisScript.RELEASE
                    .run(link, keys, arguments -> arguments.arg(self))
                    .<Void>mapEmpty()
                    .otherwiseEmpty(); // then it is forgotten in time
        });
    }
}
