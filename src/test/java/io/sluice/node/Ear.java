package io.sluice.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Keeps what one client heard, in order. */
final class Ear {

    private final List<Heard> heard = new ArrayList<>(); // guarded by this

    synchronized void hear(Heard one) {
        heard.add(one);
        notifyAll();
    }

    synchronized List<Heard> heard() {
        return List.copyOf(heard);
    }

    /** Waits until the client has heard enough, or the time is up. */
    synchronized void await(Predicate<List<Heard>> enough, Instant deadline) throws InterruptedException {
        while (!enough.test(heard)) {
            long left = Duration.between(Instant.now(), deadline).toMillis();
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }
}
