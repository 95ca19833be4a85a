package io.sluice.bench;

import io.sluice.testing.client.SequenceCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** The counters of a load run. Event loop only. */
final class LoadCounters implements SequenceCheck.Faults {

    private static final int DIGITS = 3;

    // Connections with a good head.
    long opened;
    // Connections without one.
    long refused;
    // Connections that were open and have ended.
    long ended;
    String firstProblem = "";

    long events;
    // Events of this run's sequence.
    long delivered;
    // Events that carry no sequence number.
    long strangers;
    long missing;
    long duplicates;
    long disordered;

    long published;
    // Messages that the server did not take.
    long unpublished;
    String firstRefusal = "";

    /** Microseconds from the time at which a message was due, of those due in the window. */
    final Histogram latencies = new Histogram(DIGITS);

    private long windowFrom = Long.MAX_VALUE;
    private long windowTo = Long.MAX_VALUE;

    void openWindow(long now) {
        windowFrom = now;
    }

    void closeWindow(long now) {
        windowTo = now;
    }

    void latency(long due, long now) {
        if (due >= windowFrom && due < windowTo) {
            latencies.recordValue(TimeUnit.NANOSECONDS.toMicros(Math.max(0, now - due)));
        }
    }

    void noteProblem(String why) {
        if (firstProblem.isEmpty()) {
            firstProblem = why;
        }
    }

    @Override
    public void missing(long after, long before) {
        missing += before - after - 1;
    }

    @Override
    public void late(long n, long last) {
        missing--;
        disordered++;
    }

    @Override
    public void again(long n, long last) {
        duplicates++;
    }

    long open() {
        return opened - ended;
    }

    /** The faults, a sentence each. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        count(faults, refused, "connections were refused: " + firstProblem);
        count(faults, ended, "connections ended before their time");
        count(faults, unpublished, "messages could not be published: " + firstRefusal);
        count(faults, missing, "events are missing");
        count(faults, duplicates, "events came twice");
        count(faults, disordered, "events came out of order");
        return faults;
    }

    private static void count(List<String> faults, long number, String what) {
        if (number > 0) {
            faults.add(number + " " + what);
        }
    }
}
