package io.sluice.redis;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log when the first of a node's connections to Redis is lost, and when all of them are back. Any thread. */
final class RedisPresence {

    private static final Logger LOG = LoggerFactory.getLogger(RedisPresence.class);

    private final String address;
    private final Set<Watch> lost = new HashSet<>();
    private long since;

    RedisPresence(String address) {
        this.address = address;
    }

    /** Watches one more connection. */
    Watch watch() {
        return new Watch();
    }

    private synchronized void add(Watch connection, String why) {
        if (lost.isEmpty()) {
            since = System.nanoTime();
            LOG.warn("Redis at {} is away, nothing can be published: {}", address, why);
        }
        lost.add(connection);
    }

    private synchronized void remove(Watch connection) {
        if (lost.remove(connection) && lost.isEmpty()) {
            LOG.info("Redis at {} is back, after {} ms", address, (System.nanoTime() - since) / 1_000_000);
        }
    }

    private synchronized void forget(Watch connection) {
        lost.remove(connection);
    }

    /** One connection. */
    final class Watch {

        void lost(String why) {
            add(this, why);
        }

        void back() {
            remove(this);
        }

        /** The connection is closed for good. */
        void close() {
            forget(this);
        }
    }
}
