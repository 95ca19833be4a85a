package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;

/**
 * Eviction races readers on several threads: no reader sees a wrong event, and events read plus events lost are all. Where the newest
 * event of each topic is kept, no reader misses one.
 */
class JournalStressTest {

    private static final long EVENTS = 300_000;
    private static final int READERS = 6;

    // Of the test of the newest of each topic:
    private static final int TOPICS = 50;
    private static final int SEEN = 20_000;
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

    /** A reader that always starts at nothing and one that is lapped again and again have the last value of each topic at the end. */
    @RepeatedTest(3)
    void theNewestOfEachTopicIsReadWhateverIsWrittenMeanwhile() throws Exception {
        JournalWriter writer = new JournalWriter(History.of(3, null, null, TOPICS), InstantSource.system());
        Journal journal = writer.journal();
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of());
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        try {
            List<Future<Map<String, Long>>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                int pause = i * 50;
                readers.add(threads.submit(() -> readLatest(journal, pause)));
            }
            Map<String, Long> written = writeTopics(writer);
            writer.end();
            for (Future<Map<String, Long>> reader : readers) {
                assertEquals(written, reader.get(60, TimeUnit.SECONDS));
            }
            assertEquals(written, new LatestReader(journal).readUpTo(journal.head(), 0));
        } finally {
            threads.shutdownNow();
        }
    }

    /** Each topic is written seldom, so that its newest event is beyond the ring most of the time. Returns the newest of each. */
    private static Map<String, Long> writeTopics(JournalWriter writer) {
        Map<String, Long> newest = new HashMap<>();
        for (long n = 1; n <= SEEN; n++) {
            String topic = "t" + ThreadLocalRandom.current().nextInt(TOPICS);
            NewEvent event = new NewEvent(topic, null, "" + n);
            writer.append(List.of(Event.of(EMPTY.at(n), Instant.EPOCH, event)));
            newest.put(topic, n);
        }
        return newest;
    }

    private static Map<String, Long> readLatest(Journal journal, int pause) {
        LatestReader goingOn = new LatestReader(journal);
        while (true) {
            boolean ended = journal.state() == Journal.State.ENDED;
            goingOn.readUpTo(journal.head(), pause);
            LatestReader fresh = new LatestReader(journal);
            fresh.readUpTo(journal.head(), pause);
            if (ended) {
                assertEquals(goingOn.read, fresh.read);
                return fresh.read;
            }
        }
    }

    /** Reads as the essay of {@link Journal} says. */
    private static final class LatestReader {

        private final Journal journal;
        private final Map<String, Long> read = new HashMap<>();
        private long position;

        private LatestReader(Journal journal) {
            this.journal = journal;
        }

        private Map<String, Long> readUpTo(long end, int pause) {
            while (position < end) {
                Journal.Entry entry = next();
                if (entry != null && entry.position() <= end) {
                    read.put(entry.event().topic(), entry.event().n());
                    requireEvent(entry.event(), entry.position());
                }
                position = entry == null ? position : Math.min(end, entry.position());
                spin(pause);
            }
            requireNewest(end);
            return read;
        }

        /** A topic whose newest event it does not have has a newer one by now, which comes behind its position. */
        private void requireNewest(long end) {
            for (int i = 0; i < TOPICS; i++) {
                Journal.Entry newest = journal.newest("t" + i);
                if (newest != null && newest.position() <= end) {
                    assertEquals(newest.position(), read.get("t" + i), "t" + i + " up to " + end);
                }
            }
        }

        /** Null if it was lapped, or what is next is not there yet. */
        private Journal.@Nullable Entry next() {
            long tail = journal.tail();
            Journal.Entry beyond = journal.latestAfter(position);
            if (beyond != null && beyond.position() < tail) {
                return beyond;
            }
            position = Math.max(position, tail - 1);
            return position < journal.head() ? journal.read(position + 1) : null;
        }
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
            spin(pause);
        }
    }

    private static void spin(int pause) {
        for (int spin = ThreadLocalRandom.current().nextInt(pause + 1); spin > 0; spin--) {
            Thread.onSpinWait();
        }
    }

    private static void requireEvent(Event event, long n) {
        assertEquals(n, event.n());
        assertEquals("" + n, event.data().toString());
    }
}
