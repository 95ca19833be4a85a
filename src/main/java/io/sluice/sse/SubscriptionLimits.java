package io.sluice.sse;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many subscriptions a node holds, and may hold: in all, and per client address; and how many bytes wait in memory for clients
 * that are slow, and may. One for all handlers of a node; any thread.
 *
 * <p>A client over a limit is not refused with an error status, after which an EventSource would never come back. A close event,
 * reason {@code overload}, tells it when to try again. A stream of HTTP/2 counts as a connection of HTTP/1.1 does.
 *
 * <p>If too many bytes wait, the slowest clients are ended, reason {@code slow}, until few enough do. One that does not take that
 * within two seconds is cut off. Until then new ones are refused.
 */
public final class SubscriptionLimits {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionLimits.class);

    /** The part of the limit below which there is room again: one line in the log for a crowd, not one for each client. */
    private static final double RELIEVED = 0.9;

    /** The bytes that may wait for slow clients where nothing else is said: 256 MB. */
    public static final long DEFAULT_MAX_BEHIND = 256L << 20;

    private final int maxSubscriptions;
    private final int maxPerAddress;
    private final AtomicInteger held = new AtomicInteger();
    private final Map<String, Integer> heldBy = new ConcurrentHashMap<>();
    private final AtomicBoolean refusing = new AtomicBoolean();
    private final PendingBytes pending;

    private SubscriptionLimits(int maxSubscriptions, int maxPerAddress, long maxBehind) {
        this.maxSubscriptions = maxSubscriptions;
        this.maxPerAddress = maxPerAddress;
        this.pending = new PendingBytes(maxBehind);
    }

    /**
     * Sets the limits, with {@link #DEFAULT_MAX_BEHIND}.
     *
     * @param maxSubscriptions in all; 0 for no limit
     * @param maxPerAddress per address of a peer, which may be a proxy's; 0 for no limit
     */
    public static SubscriptionLimits of(int maxSubscriptions, int maxPerAddress) {
        return of(maxSubscriptions, maxPerAddress, DEFAULT_MAX_BEHIND);
    }

    /**
     * Sets the limits.
     *
     * @param maxSubscriptions in all; 0 for no limit
     * @param maxPerAddress per address of a peer, which may be a proxy's; 0 for no limit
     * @param maxBehind of bytes that wait in memory for slow clients; 0 for no limit
     */
    public static SubscriptionLimits of(int maxSubscriptions, int maxPerAddress, long maxBehind) {
        return new SubscriptionLimits(maxSubscriptions, maxPerAddress, maxBehind);
    }

    /** How many there are now. */
    public int held() {
        return held.get();
    }

    /** How many bytes wait in memory for slow clients now; never less than do. */
    public long behind() {
        return pending.sum();
    }

    PendingBytes pending() {
        return pending;
    }

    /** Counts one more, if there is room; then {@link #leave} has to follow. */
    boolean enter(String address) {
        if (pending.isOver()) {
            return false;
        }
        if (held.incrementAndGet() > maxSubscriptions && maxSubscriptions > 0) {
            held.decrementAndGet();
            if (!refusing.getAndSet(true)) {
                LOG.warn(
                        "{} subscriptions, the limit: refusing more, who may come back later; raise http.maxSubscriptions",
                        maxSubscriptions);
            }
            return false;
        }
        if (maxPerAddress > 0 && heldBy.merge(address, 1, Integer::sum) > maxPerAddress) {
            leave(address);
            return false;
        }
        boolean roomAgain = held.get() <= maxSubscriptions * RELIEVED;
        if (roomAgain && refusing.get() && refusing.getAndSet(false)) {
            LOG.info("room for subscriptions again: {} at most", maxSubscriptions);
        }
        return true;
    }

    void leave(String address) {
        held.decrementAndGet();
        if (maxPerAddress > 0) {
            heldBy.computeIfPresent(address, (a, count) -> count == 1 ? null : count - 1);
        }
    }
}
