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
 * What the nodes that have a log in Redis agree on: how much of it is kept. Each says so again and again while it runs, so that
 * a while after the last one has stopped another history may be chosen.
 */
final class RetentionAgreement {

    private static final Duration VALID = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(RetentionAgreement.class);

    private final ReconnectingRedis link;
    private final RedisKeys keys;
    private final Duration age;
    private final String mine;
    private long timer = -1;
    private boolean differs;

    RetentionAgreement(ReconnectingRedis link, RedisKeys keys, History history) {
        this.link = link;
        this.keys = keys;
        this.age = history.age();
        this.mine = history.events() + " events, age " + describe(age.toMillis());
    }

    private static String describe(long millis) {
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }

    /** Fails with {@link InvalidOptionException} where nodes run that have another one. */
    Future<Void> open() {
        return claim().compose(running -> {
            if (!running.equals(mine)) {
                return link.context()
                        .failedFuture(new InvalidOptionException(
                                "history", mine, running + ", as the nodes have it that use this Redis"));
            }
            timer = link.context().owner().setPeriodic(VALID.toMillis() / 3, id -> renew());
            return link.context().succeededFuture();
        });
    }

    void close() {
        link.context().owner().cancelTimer(timer);
    }

    private void renew() {
        if (link.isUp()) {
            claim().onComplete(
                            this::warn, failure -> LOG.debug("stream {}: history not renewed", keys.stream(), failure));
        }
    }

    /** After a while without Redis, as long as nobody else was there either. */
    private void warn(String running) {
        if (!differs && !running.equals(mine)) {
            LOG.warn(
                    "stream {}: other nodes have another history now: {}; this one has {}",
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
                .run(link, all, arguments -> arguments
                        .arg(EventId.fresh().epoch())
                        .arg(mine)
                        .arg(VALID.toMillis())
                        .arg(age.toMillis()))
                .map(Object::toString);
    }
}
