package io.sluice.testing;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition that nothing announces. A condition that is announced is a Future, or a latch. */
public final class Await {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Something that becomes true. */
    public interface Condition {
        boolean holds() throws Exception;
    }

    private Await() {}

    /** Waits for a minute at most, and then fails with what it waited for. */
    public static void await(String what, Condition condition) throws Exception {
        await(what, PATIENCE, condition);
    }

    /** Waits as long as {@code patience} says, and then fails with what it waited for. */
    public static void await(String what, Duration patience, Condition condition) throws Exception {
        if (!holds(patience, condition)) {
            fail("waited " + patience.toMillis() + " ms in vain: " + what);
        }
    }

    /** Waits as long as {@code patience} says. Answers whether the condition holds then. */
    public static boolean holds(Duration patience, Condition condition) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(BETWEEN_LOOKS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return true;
    }
}
