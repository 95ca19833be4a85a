package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NamedStreamsTest {

    private static final Duration KEEP = Duration.ofHours(1);

    private final TestClock clock = new TestClock();
    private final TemplateRules rules =
            new TemplateRules(History.DEFAULT, Duration.ofMinutes(5), Duration.ofMinutes(10), KEEP, 10, true);
    private final TemplateRoom room = new TemplateRoom("chat", 10);
    private final NamedStreams streams = new NamedStreams(rules, clock, room);

    @Test
    void aNameThatIsOnlyWatchedIsForgottenWithItsLastWatcher() {
        NamedStream first = streams.watch("42");
        assertSame(first, streams.watch("42"));
        assertFalse(streams.exists("42"));
        streams.release(first);
        assertTrue(streams.isWatched("42"));
        streams.release(first);
        assertNull(streams.find("42"));
    }

    @Test
    void aStreamThatTheLogHasStaysWithoutAWatcher() {
        NamedStream watched = streams.watch("42");
        assertSame(watched, streams.created("42"));
        streams.release(watched);
        assertSame(watched, streams.find("42"));
        assertTrue(streams.exists("42"));
        assertFalse(streams.isWatched("42"));
    }

    @Test
    void aStreamThatIsMadeAnewIsAnotherObject() {
        NamedStream first = streams.watch("42");
        streams.created("42");
        streams.deleted(first, true);
        assertEquals(Journal.State.DELETED, first.journal().state());
        NamedStream second = streams.created("42");
        assertNotSame(first, second);
        streams.release(first);
        assertSame(second, streams.find("42"), "a late watcher of the first one takes nothing from the second");
        assertFalse(streams.isWatched("42"));
    }

    @Test
    void whatHasGoneIsRememberedForItsTimeOrUntilItIsMadeAnew() {
        streams.deleted(streams.created("deleted"), true);
        streams.deleted(streams.created("idle"), false);
        assertTrue(streams.hasGone("deleted"));
        assertFalse(streams.hasGone("idle"));
        clock.advance(KEEP.minusMillis(1));
        assertTrue(streams.hasGone("deleted"));
        clock.advance(Duration.ofMillis(1));
        assertFalse(streams.hasGone("deleted"));
        streams.deleted(streams.created("again"), true);
        streams.created("again");
        assertFalse(streams.hasGone("again"));
    }

    @Test
    void thoseThatHaveGoneAreRememberedUpToANumber() {
        for (int i = 0; i <= 10_000; i++) {
            streams.deleted(streams.created("s" + i), true);
        }
        assertFalse(streams.hasGone("s0"));
        assertTrue(streams.hasGone("s1"));
    }

    @Test
    void subscriptionsAreCounted() {
        NamedStream stream = streams.watch("42");
        assertEquals(1, stream.subscribed(1));
        assertEquals(3, stream.subscribed(2));
        assertEquals(2, stream.subscribed(-1));
        assertEquals(2, stream.subscribers());
    }

    /** The last reader of an ended stream would have it kept for another hour. */
    @Test
    void whoLeavesAnEndedStreamDoesNotProlongIt() {
        NamedStream stream = streams.watch("42");
        streams.created("42");
        stream.writer().end();
        long ended = stream.changedAt;
        clock.advance(Duration.ofSeconds(1));
        streams.release(stream);
        assertEquals(ended, stream.changedAt);
    }

    @Test
    void manyThreadsMayWatchWhatTheLogMakesAndDeletes() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> watching = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            watching.add(threads.submit(this::watchAndRelease));
        }
        for (int i = 0; i < 30_000; i++) {
            NamedStream stream = streams.created(anyName());
            if (i % 3 == 0) {
                streams.deleted(stream, i % 2 == 0);
            }
        }
        for (Future<?> done : watching) {
            done.get(60, TimeUnit.SECONDS);
        }
        threads.shutdown();
        for (NamedStream stream : streams.all()) {
            assertTrue(stream.exists, stream.name() + " is neither there nor watched");
            assertFalse(stream.isWatched(), stream.name());
            streams.deleted(stream, false);
        }
        assertTrue(streams.all().isEmpty());
        for (int i = 0; i < 10; i++) {
            room.enter("all places are free: " + i);
        }
        room.requireMemory();
    }

    private void watchAndRelease() {
        for (int i = 0; i < 30_000; i++) {
            NamedStream stream = streams.watch(anyName());
            Thread.onSpinWait();
            streams.release(stream);
        }
    }

    private static String anyName() {
        return Integer.toString(ThreadLocalRandom.current().nextInt(5));
    }
}
