package io.sluice.sse;

import io.sluice.stream.CloseReason;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * That some subscriptions are to end. Each revocation knows the next one, so that a request whose rights were known before it, and that
 * opens after it, is looked at too:
 *
 * <pre>
 *    revocations          1 ---------> 2 ------> 3
 *                            |                        |
 *    a request        asks for its rights          opens, unless 2 or 3 is for it
 * </pre>
 *
 * <p>One that no request keeps any more is garbage. Any thread.
 */
final class Revocation {

    private static final Logger LOG = LoggerFactory.getLogger(Revocation.class);

    final Predicate<Subscriber> whom;
    final CloseReason reason;
    private volatile @Nullable Revocation next;

    Revocation(Predicate<Subscriber> whom, CloseReason reason) {
        this.whom = whom;
        this.reason = reason;
    }

    /** Before all others: it is for nobody. */
    static Revocation first() {
        return new Revocation(subscriber -> false, CloseReason.EXPIRED);
    }

    void followedBy(Revocation later) {
        next = later;
    }

    /** Why a request that keeps this one is not to open, or null if it is. */
    @Nullable
    CloseReason since(Supplier<Subscriber> request) {
        Revocation later = next;
        if (later == null) {
            return null;
        }
        Subscriber subscriber = request.get();
        for (; later != null; later = later.next) {
            if (later.isFor(subscriber)) {
                return later.reason;
            }
        }
        return null;
    }

    /** If that cannot be known the client comes back, and its rights are asked for again. */
    private boolean isFor(Subscriber subscriber) {
        try {
            return whom.test(subscriber);
        } catch (RuntimeException e) {
            LOG.warn("It cannot be known whether {} is to end: it is refused", subscriber, e);
            return true;
        }
    }
}
