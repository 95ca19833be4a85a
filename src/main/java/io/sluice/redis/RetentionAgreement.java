package io.sluice.redis;

import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.InvalidOptionException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agreement of all nodes of a log on how much of it is kept. Each node renews it while it runs, so that another history may
 * be chosen 30 s after the last node has stopped.
 */
final class RetentionAgreement {

    private static final Duration VALID = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(RetentionAgreement.class);

    private final ReconnectingRedis redis;
    private final RedisKeys keys;
    private final Duration age;
    private final String mine;
    private long timer = -1;
    private boolean differs;

    RetentionAgreement(ReconnectingRedis redis, RedisKeys keys, History history) {
        this.redis = redis;
        this.keys = keys;
        this.age = history.age();
        this.mine = describe(history);
    }

    private static String describe(History history) {
        String bounds =
                history.events() + " events, age " + describe(history.age().toMillis());
        return history.latest() == 0 ? bounds : bounds + ", latest " + history.latest();
    }

    private static String describe(long millis) {
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }

    /** Fails with {@link InvalidOptionException} if nodes run that have another history. */
    Future<Void> open() {
        return claim().compose(running -> {
            if (!running.equals(mine)) {
                return redis.context()
                        .failedFuture(new InvalidOptionException(
                                "history", mine, running + ", as the nodes have it that use this Redis"));
            }
            timer = redis.context().setPeriodic(VALID.toMillis() / 3, id -> renew());
            return redis.context().succeededFuture();
        });
    }

    void close() {
        redis.context().owner().cancelTimer(timer);
    }

    private void renew() {
        if (redis.isUp()) {
            claim().onComplete(
                            this::compare,
                            failure -> LOG.debug("stream {}: history not renewed", keys.stream(), failure));
        }
    }

    /** The histories may differ if this node could not renew the agreement for a while. */
    private void compare(String running) {
        if (!differs && !running.equals(mine)) {
            LOG.warn(
                    "stream {}: other nodes have another history now: {}; this one has {}; give all the same",
                    keys.stream(),
                    running,
                    mine);
        }
        differs = !running.equals(mine);
    }

    private Future<String> claim() {
        List<String> all = new ArrayList<>(keys.script());
        all.add(keys.history());
        return RedisScript.HISTORY
                .run(redis, all, arguments -> arguments
                        .arg(EventId.fresh().epoch())
                        .arg(mine)
                        .arg(VALID.toMillis())
                        .arg(age.toMillis()))
                .map(Object::toString);
    }
}
