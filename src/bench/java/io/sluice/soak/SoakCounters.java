package io.sluice.soak;

import io.sluice.log.EventId;
import io.sluice.testing.client.AckedPublisher;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** The counters of a soak. Any thread. */
final class SoakCounters implements AckedPublisher.Ledger {

    private static final int KEPT = 50;

    final AtomicLong open = new AtomicLong();
    final LongAdder opened = new LongAdder();
    final LongAdder events = new LongAdder();
    final LongAdder gaps = new LongAdder();
    final LongAdder resumes = new LongAdder();
    final LongAdder ends = new LongAdder();
    final LongAdder refusals = new LongAdder();
    final LongAdder published = new LongAdder();
    final LongAdder errors = new LongAdder();
    final List<String> firstErrors = new CopyOnWriteArrayList<>();

    @Override
    public void acknowledge(EventId id, String data) {
        published.increment();
    }

    @Override
    public void wrong(String what) {
        error("a publisher: " + what);
    }

    void error(String message) {
        errors.increment();
        if (firstErrors.size() < KEPT) {
            firstErrors.add(message);
            System.out.println("  ERROR " + message);
        }
    }

    /** Prints what happened. */
    void print() {
        System.out.printf(
                "soak: %d connections, %d events published, %d delivered, %d gaps told, %d resumes, %d ends, %d refusals%n",
                opened.sum(), published.sum(), events.sum(), gaps.sum(), resumes.sum(), ends.sum(), refusals.sum());
    }
}
