package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class MemoryLogTest {

    private final TestClock clock = new TestClock();
    private final TestClock wall = new TestClock();
    private final Recorder recorder = new Recorder();
    private ContextInternal context;
    private EventLog log;

    @BeforeEach
    void open(Vertx vertx) {
        context = ((VertxInternal) vertx).createEventLoopContext();
        log = open(RecentKeys.DEFAULT_AGE);
    }

    @Test
    void numbersAreDenseAndTheReceiptNamesTheLast() {
        EventId first = append(null, "a", "b").last();
        EventId second = append(null, "c").last();
        assertEquals(2, first.n());
        assertEquals(first.at(3), second);
    }

    @Test
    void theFollowerOfANewLogIsAtZeroAndSeesEachEvent() {
        append(null, "a", "b");
        append(null, "c");
        assertEquals(List.of("begin 0", "1 a", "2 b", "3 c"), recorder.seen);
    }

    @Test
    void aClosedLogTakesAndDeliversNothingMore() {
        log.close().await();
        assertThrows(NotTakenException.class, () -> append(null, "late"));
        assertEquals(List.of("begin 0"), recorder.seen);
    }

    @Test
    void aLargeBatchArrivesWhole() {
        append(null, IntStream.range(0, 1000).mapToObj(i -> "x").toArray(String[]::new));
        assertEquals(1001, recorder.seen.size());
    }

    @Test
    void aRepeatedKeyGetsTheFirstReceiptAndAddsNothing() {
        Receipt first = append("k", "a", "b");
        append(null, "c");
        assertEquals(first, append("k", "a", "b"));
        assertEquals(List.of("begin 0", "1 a", "2 b", "3 c"), recorder.seen);
    }

    @Test
    void aKeyTwiceInOneWriteIsOneEvent() {
        Batch batch = batch("k", "a");
        Future<Receipt> first = log.append(batch);
        Future<Receipt> second = log.append(batch);
        assertEquals(1, first.await().last().n());
        assertEquals(first.await(), second.await());
        assertEquals(List.of("begin 0", "1 a"), recorder.seen);
    }

    @Test
    void aKeyIsRememberedForItsTime() {
        Receipt first = append("k", "a");
        append(null, "b");
        clock.advance(RecentKeys.DEFAULT_AGE.minusSeconds(1));
        assertEquals(first, append("k", "a"));
        clock.advance(Duration.ofSeconds(1));
        assertEquals(3, append("k", "a").last().n());
    }

    /** The key was forgotten, and its event landed twice. */
    @Test
    void aKeyIsKnownThoughTheClockIsSet() {
        Receipt first = append("k", "a");
        wall.advance(Duration.ofHours(2));
        assertEquals(first, append("k", "a"));
        wall.advance(Duration.ofHours(-4));
        assertEquals(first, append("k", "a"));
        clock.advance(RecentKeys.DEFAULT_AGE);
        assertEquals(2, append("k", "a").last().n());
    }

    @Test
    void withoutATimeForKeysNothingIsARepetition() {
        log = open(Duration.ZERO);
        append("k", "a");
        append("k", "a");
        assertEquals(List.of("begin 0", "begin 0", "1 a", "2 a"), recorder.seen);
    }

    /** Its number was given to no event, so that every later event left a hole. */
    @Test
    void aFollowerThatFailsEndsItsBatchOnly() {
        recorder.failure = new OutOfMemoryError("as a test wants it");
        assertThrows(OutcomeUnknownException.class, () -> append("k", "a"));
        assertEquals(1, append(null, "b").last().n());
        assertEquals(2, append("k", "a").last().n());
        assertEquals(List.of("begin 0", "1 b", "2 a"), recorder.seen);
        assertTrue(log.isFollowing());
    }

    private EventLog open(Duration idempotency) {
        Leadership none = new Leadership() {

            @Override
            public Future<Void> lead() {
                return Future.succeededFuture();
            }

            @Override
            public Future<Void> stepDown() {
                return Future.succeededFuture();
            }
        };
        EventLog opened = MemoryLog.provider(wall, clock)
                .create(new LogSetup(context, "events", History.DEFAULT, idempotency, recorder, none));
        opened.open().await();
        return opened;
    }

    private Receipt append(@Nullable String key, String... data) {
        return log.append(batch(key, data)).await();
    }

    private static Batch batch(@Nullable String key, String... data) {
        return new Batch(
                Arrays.stream(data).map(text -> new NewEvent("t", null, text)).toList(), key);
    }

    private static final class Recorder implements EventLog.Follower {

        final List<String> seen = new CopyOnWriteArrayList<>();
        /** What the next call throws; null for nothing. */
        volatile @Nullable Error failure;

        @Override
        public void reset(Epochs epochs, long position, List<Event> latest, List<Event> kept) {
            seen.add("begin " + position);
            append(kept);
        }

        @Override
        public void beginEpoch(Epochs epochs) {
            seen.add("go on");
        }

        @Override
        public void append(List<Event> events) {
            Error thrown = failure;
            failure = null;
            if (thrown != null) {
                throw thrown;
            }
            events.forEach(event -> seen.add(event.n() + " " + event.data()));
        }
    }
}
