package io.sluice.node;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for the end of a client's rights, by the clock of the system. Event loop only. */
final class RightsEnd {

    /** The clock may be set meanwhile. */
    private static final long LOOK_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private final Vertx vertx;
    private final @Nullable Instant end;
    private final Runnable over;
    private long timer = -1;

    /**
     * @param end null for never
     * @param over called once, unless it is forgotten before
     */
    RightsEnd(Vertx vertx, @Nullable Instant end, Runnable over) {
        this.vertx = vertx;
        this.end = end;
        this.over = over;
    }

    /** Begins to wait. */
    void watch() {
        if (end != null) {
            look(end);
        }
    }

    /** Waits no more. Again is allowed. */
    void forget() {
        vertx.cancelTimer(timer);
    }

    private void look(Instant end) {
        Instant now = Instant.now();
        if (!now.isBefore(end)) {
            over.run();
            return;
        }
        boolean isSoon = end.isBefore(now.plusMillis(LOOK_MILLIS));
        long millis = isSoon ? Duration.between(now, end).toMillis() + 1 : LOOK_MILLIS;
        timer = vertx.setTimer(millis, id -> look(end));
    }
}
