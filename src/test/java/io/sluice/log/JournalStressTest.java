package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;

/** Eviction races readers on several threads: no reader sees a wrong event, and events read plus events lost are all. */
class JournalStressTest {

    private static final long EVENTS = 300_000;
    private static final int READERS = 6;
    private static final EventId EMPTY = new EventId("stress", 0);

    private record Count(long got, long lost) {}

    @RepeatedTest(3)
    void eachEventIsReadOrToldToBeLost() throws Exception {
        JournalWriter writer = new JournalWriter(History.of(7, null, null), InstantSource.system());
        readWhile(writer, () -> write(writer, EVENTS));
    }

    @RepeatedTest(3)
    void theSameWhileTheRingGrowsAndShrinks() throws Exception {
        TestClock clock = new TestClock();
        Duration age = Duration.ofSeconds(1);
        JournalWriter writer = new JournalWriter(History.of(2000, age, null), clock);
        readWhile(writer, () -> {
            while (writer.journal().head() < EVENTS) {
                write(
                        writer,
                        Math.min(
                                EVENTS,
                                writer.journal().head()
                                        + ThreadLocalRandom.current().nextInt(5000)));
                clock.advance(age.plusMillis(1));
                for (int i = 0; i < 10; i++) {
                    writer.trim();
                }
            }
        });
        assertEquals(JournalWriter.LEAST_SLOTS, writer.journal().ring.length());
    }

    private static void readWhile(JournalWriter writer, Runnable writing) throws Exception {
        Journal journal = writer.journal();
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of());
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        try {
            List<Future<Count>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                int pause = i * 50;
                readers.add(threads.submit(() -> readAll(journal, pause)));
            }
            writing.run();
            writer.end();
            for (Future<Count> reader : readers) {
                Count count = reader.get(60, TimeUnit.SECONDS);
                assertEquals(EVENTS, count.got + count.lost);
                assertTrue(count.got > 0, "a reader that gets nothing tests nothing");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void write(JournalWriter writer, long last) {
        for (long n = writer.journal().head() + 1; n <= last; n++) {
            NewEvent publication = new NewEvent("t" + n % 3, null, "" + n);
            writer.append(List.of(Event.of(EMPTY.at(n), Instant.now(), publication)));
        }
    }

    private static Count readAll(Journal journal, int pause) {
        long got = 0;
        long lost = 0;
        long cursor = 0;
        while (true) {
            // In this order: after the end the head is the last one.
            boolean ended = journal.state() == Journal.State.ENDED;
            if (cursor == journal.head()) {
                if (ended) {
                    return new Count(got, lost);
                }
                Thread.onSpinWait();
                continue;
            }
            Journal.Entry entry = journal.read(cursor + 1);
            if (entry == null) {
                long before = journal.tail() - 1;
                assertTrue(before > cursor, "told that it was lapped, and was not");
                lost += before - cursor;
                cursor = before;
            } else {
                requireEvent(entry.event(), ++cursor);
                got++;
            }
            for (int spin = ThreadLocalRandom.current().nextInt(pause + 1); spin > 0; spin--) {
                Thread.onSpinWait();
            }
        }
    }

    private static void requireEvent(Event event, long n) {
        assertEquals(n, event.n());
        assertEquals("" + n, event.data().toString());
    }
}
