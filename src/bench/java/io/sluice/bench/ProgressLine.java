package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A line about what is under way: on a terminal always the same one, elsewhere a new one every few seconds. */
final class ProgressLine {

    private static final long REWRITTEN_EVERY = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long ADDED_EVERY = TimeUnit.SECONDS.toNanos(5);
    private static final String FROM_THE_LEFT = "\r\u001b[K";

    private final String what;
    private final boolean terminal = isTerminal();
    private long saidAt = System.nanoTime();

    ProgressLine(String what) {
        this.what = what;
    }

    /** {@link System#console()} would not do: from JDK 22 on it is always there. */
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }

    void say(String text) {
        long now = System.nanoTime();
        if (now - saidAt < (terminal ? REWRITTEN_EVERY : ADDED_EVERY)) {
            return;
        }
        saidAt = now;
        if (terminal) {
            System.out.print(FROM_THE_LEFT + what + ": " + text);
            System.out.flush();
        } else {
            System.out.println(what + ": " + text);
        }
    }

    /** Leaves a line that stays. */
    void conclude(String text) {
        System.out.println((terminal ? FROM_THE_LEFT : "") + what + ": " + text);
    }
}
