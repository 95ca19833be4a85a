package io.sluice.testing.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Keeps what one client heard, in order. */
public final class EventRecorder {

    // It is guarded by this.
    private final List<ReceivedEvent> heard = new ArrayList<>();

    public synchronized void hear(ReceivedEvent one) {
        heard.add(one);
        notifyAll();
    }

    public synchronized List<ReceivedEvent> heard() {
        return List.copyOf(heard);
    }

    /** Waits until the client has heard enough, or the time is up. */
    public synchronized void await(Predicate<List<ReceivedEvent>> enough, Instant deadline)
            throws InterruptedException {
        while (!enough.test(heard)) {
            long left = Duration.between(Instant.now(), deadline).toMillis();
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }
}
