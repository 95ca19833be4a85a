package io.sluice.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** One line on a terminal that is written over: how much came, how fast, and up to where. Nothing where nobody sees it. */
final class StatusLine {

    private static final String CLEAR = "\r\u001b[K";
    private static final int COLUMNS = 79;
    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(250);

    private final PrintStream err;
    private final boolean isShown;
    private long drawnAt;
    private long countedAt = System.nanoTime();
    private long countedBefore;
    private double rate;
    private boolean isOnScreen;

    StatusLine(Console console, boolean isShown) {
        this.err = console.err();
        this.isShown = isShown;
    }

    /** Shows it, four times a second at most unless it is urgent. */
    synchronized void show(long events, String lastId, String state, boolean isUrgent) {
        long now = System.nanoTime();
        if (!isShown || (!isUrgent && isOnScreen && now - drawnAt < PERIOD)) {
            return;
        }
        drawnAt = now;
        isOnScreen = true;
        String line = count(events) + ", " + rate(events, now) + "/s" + (lastId.isEmpty() ? "" : ", last id " + lastId)
                + (state.isEmpty() ? "" : ", " + state);
        err.print(CLEAR + line.substring(0, Math.min(line.length(), COLUMNS)));
        err.flush();
    }

    /** The rate of the last second. */
    private String rate(long events, long now) {
        double seconds = (now - countedAt) / (double) TimeUnit.SECONDS.toNanos(1);
        if (seconds >= 1) {
            rate = (events - countedBefore) / seconds;
            countedAt = now;
            countedBefore = events;
        }
        return String.format(Locale.ROOT, rate < 10 ? "%.1f" : "%.0f", rate);
    }

    /** Makes room for a line. */
    synchronized void clear() {
        if (isOnScreen) {
            err.print(CLEAR);
            err.flush();
            isOnScreen = false;
        }
    }

    /** A number of events, in words. */
    static String count(long events) {
        return String.format(Locale.ROOT, "%,d", events) + (events == 1 ? " event" : " events");
    }
}
