package io.sluice.redis;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a node's Redis is there: one line when the first of its connections is lost, one when all are back. Any thread. */
final class RedisPresence {

    private static final Logger LOG = LoggerFactory.getLogger(RedisPresence.class);

    private final String address;
    private final Set<ReconnectingRedis> lost = new HashSet<>();
    private long since;

    RedisPresence(String address) {
        this.address = address;
    }

    synchronized void lost(ReconnectingRedis link, String why) {
        if (lost.isEmpty()) {
            since = System.nanoTime();
            LOG.warn("Redis at {} is away, nothing can be published: {}", address, why);
        }
        lost.add(link);
    }

    synchronized void back(ReconnectingRedis link) {
        if (lost.remove(link) && lost.isEmpty()) {
            LOG.info("Redis at {} is back, after {} ms", address, (System.nanoTime() - since) / 1_000_000);
        }
    }

    /** It is not wanted any more. */
    synchronized void forget(ReconnectingRedis link) {
        lost.remove(link);
    }
}
