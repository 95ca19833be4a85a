package io.sluice.polyglot;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Notes which call has entered the script. The event loop writes; any thread reads {@link #current()}. */
final class ScriptCalls {

    /**
     * A call of the script, from entry to return.
     *
     * @param where the function that was called, for the log
     * @param since as {@link System#nanoTime()} has it
     */
    record Call(Thread thread, String where, long since) {

        long millis() {
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
        }
    }

    private volatile @Nullable Call current;

    /** Runs the call. A call inside another one, such as a callback that runs at once, is a part of that. */
    <T extends @Nullable Object> T run(String where, Supplier<T> script) {
        if (current != null) {
            return script.get();
        }
        current = new Call(Thread.currentThread(), where, System.nanoTime());
        try {
            return script.get();
        } finally {
            current = null;
        }
    }

    @Nullable
    Call current() {
        return current;
    }
}
