package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Encoding;
import io.sluice.log.Journal;
import io.sluice.log.NamedStream;
import io.sluice.log.NewEvent;
import io.sluice.stream.StreamTemplate;
import io.sluice.stream.TemplateOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.ExtendWith;

/** What streams by name take of the heap. With the usual heap of less than 32 GB: a reference has 4 bytes. */
@ExtendWith(VertxExtension.class)
class NamedStreamCostTest {

    private static final int STREAMS = 2_000;
    private static final int EVENTS = 10;
    private static final String DATA = "x".repeat(100);

    private StreamTemplate chats;
    private TestReporter report;

    @BeforeEach
    void open(Vertx vertx, TestReporter reporter) {
        report = reporter;
        chats = StreamTemplate.open(vertx, "chat", TemplateOptions.DEFAULT).await();
    }

    @Test
    void aStreamWithTenEventsTakesLessThanFourKilobytes() {
        fill("warm-up-", 100, false);
        long before = usedHeap();
        fill("s", STREAMS, false);
        assertTakes(4096, before, STREAMS);
    }

    /** Its events are in memory as frames. */
    @Test
    void aStreamThatHadASubscriberTakesLessThanFourKilobytes() {
        fill("warm-up-", 100, true);
        long before = usedHeap();
        fill("s", STREAMS, true);
        assertTakes(4096, before, STREAMS);
    }

    @Test
    void namesThatAreOnlyAskedForLeaveTheHeapWhereItWas() {
        watchNames(1000);
        long before = usedHeap();
        watchNames(100_000);
        assertTakes(1, before, 100_000);
    }

    private void watchNames(int count) {
        for (int i = 0; i < count; i++) {
            chats.release(chats.watch("made-up-" + i).await());
        }
    }

    private void fill(String prefix, int streams, boolean subscribed) {
        for (int i = 0; i < streams; i++) {
            String name = prefix + i;
            List<Future<?>> published = new ArrayList<>();
            for (int n = 0; n < EVENTS; n++) {
                published.add(chats.publish(name, new NewEvent("chat", null, DATA)));
            }
            Future.all(published).await();
            if (subscribed) {
                subscribeOnce(name);
            }
        }
    }

    private void subscribeOnce(String name) {
        NamedStream stream = chats.watch(name).await();
        Journal journal = stream.journal();
        Encoding encoding = journal.use(SseFormat.INSTANCE);
        for (long position = journal.tail(); position <= journal.head(); position++) {
            assertEquals(
                    DATA.length() + frameHead(journal, position),
                    Objects.requireNonNull(journal.read(position)).frame(encoding).length);
        }
        chats.release(stream);
    }

    private static int frameHead(Journal journal, long position) {
        return ("id: " + journal.id(position) + "\ndata: \n\n").length();
    }

    private void assertTakes(long most, long before, int count) {
        long each = (usedHeap() - before) / count;
        report.publishEntry("bytes each", Long.toString(each));
        assertTrue(each < most, each + " bytes each: expected less than " + most);
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }
}
