package io.sluice.node;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Whether a node serves its streams: from the first event loop that listens, until it drains. Any thread. */
final class Serving {

    private final AtomicInteger loops = new AtomicInteger();
    private final Promise<Void> ended = Promise.promise();
    private final @Nullable ServedCertificate certificate;
    private volatile boolean draining;

    /** Without TLS. */
    Serving() {
        this(null);
    }

    /** @param certificate null for no TLS */
    Serving(@Nullable ServedCertificate certificate) {
        this.certificate = certificate;
    }

    /** The certificate of its servers; null without TLS. */
    @Nullable
    ServedCertificate certificate() {
        return certificate;
    }

    /** One more event loop listens; {@link #end} has to follow. */
    void begin() {
        loops.incrementAndGet();
    }

    /** The node stops: new clients are to go elsewhere. */
    void drain() {
        draining = true;
    }

    /** One event loop has no client any more. */
    void end() {
        if (loops.decrementAndGet() == 0) {
            ended.tryComplete();
        }
    }

    /** Whether new clients are served, and go on being served. */
    boolean isOn() {
        return !draining && loops.get() > 0;
    }

    /** Completes when the last event loop has no client any more. */
    Future<Void> ended() {
        return ended.future();
    }
}
