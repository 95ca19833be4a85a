package io.sluice.polyglot;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Notes for what the event loop is in a script. The event loop writes; anybody reads {@link #current()}. */
final class Turns {

    /**
     * From the way in to the way out.
     *
     * @param where the function that was called, to say so
     * @param since as {@link System#nanoTime()} has it
     */
    record Turn(Thread thread, String where, long since) {

        long millis() {
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
        }
    }

    private volatile @Nullable Turn current;

    /** Does what enters the script. A turn in a turn, as of a function that is called back at once, is one with it. */
    <T extends @Nullable Object> T take(String where, Supplier<T> script) {
        if (current != null) {
            return script.get();
        }
        current = new Turn(Thread.currentThread(), where, System.nanoTime());
        try {
            return script.get();
        } finally {
            current = null;
        }
    }

    @Nullable
    Turn current() {
        return current;
    }
}
