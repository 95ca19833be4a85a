package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
        Journal journal = writer.journal();
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of());
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        try {
            List<Future<Count>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                int pause = i * 50;
                readers.add(threads.submit(() -> readAll(journal, pause)));
            }
            write(writer);
            for (Future<Count> reader : readers) {
                Count count = reader.get(60, TimeUnit.SECONDS);
                assertEquals(EVENTS, count.got + count.lost);
                assertTrue(count.got > 0, "a reader that gets nothing tests nothing");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void write(JournalWriter writer) {
        for (long n = 1; n <= EVENTS; n++) {
            NewEvent publication = new NewEvent("t" + n % 3, null, "" + n);
            writer.append(List.of(Event.of(EMPTY.at(n), Instant.now(), publication)));
        }
    }

    private static Count readAll(Journal journal, int pause) {
        long got = 0;
        long lost = 0;
        long cursor = 0;
        while (cursor < EVENTS) {
            if (cursor == journal.head()) {
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
        return new Count(got, lost);
    }

    private static void requireEvent(Event event, long n) {
        assertEquals(n, event.n());
        assertEquals("" + n, event.data().toString());
    }
}
