package io.sluice.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.stream.EventStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MemoryLogTest {

    private static final int FRAME = "id: k3f9a2-1\ndata: aa\n\n".length();

    private final TestClock clock = new TestClock();

    @Test
    void numbersAreDenseAndTheReceiptNamesTheLast() {
        MemoryLog log = log(History.DEFAULT);
        EventId first = append(log, "a", "b");
        EventId second = append(log, "c");
        assertEquals(2, first.n());
        assertEquals(first.at(3), second);
    }

    @Test
    void aFollowerGetsWhatIsKeptAndThenWhatComes() {
        MemoryLog log = log(History.DEFAULT);
        append(log, "a", "b");
        Recorder recorder = follow(log);
        append(log, "c");
        assertEquals(List.of("begin 0", "1 a", "2 b", "3 c"), recorder.seen);
    }

    @Test
    void aFollowerOfAnEmptyLogStandsAtZero() {
        assertEquals(List.of("begin 0"), follow(log(History.DEFAULT)).seen);
    }

    @Test
    void keepsNoMoreThanItsCount() {
        MemoryLog log = log(History.of(2, null, null));
        append(log, "a", "b", "c");
        assertEquals(List.of("begin 1", "2 b", "3 c"), follow(log).seen);
    }

    @Test
    void keepsNoMoreThanItsBytesButAlwaysTheNewest() {
        MemoryLog log = log(History.of(null, null, new ByteSize(2 * FRAME + 1)));
        append(log, "aa", "bb", "cc");
        assertEquals(List.of("begin 1", "2 bb", "3 cc"), follow(log).seen);
        append(log, "larger than all");
        assertEquals(List.of("begin 3", "4 larger than all"), follow(log).seen);
    }

    @Test
    void keepsNothingThatIsTooOld() {
        MemoryLog log = log(History.of(null, Duration.ofMinutes(1), null));
        append(log, "old");
        clock.advance(Duration.ofSeconds(59));
        append(log, "young");
        clock.advance(Duration.ofSeconds(2));
        assertEquals(List.of("begin 1", "2 young"), follow(log).seen);
        clock.advance(Duration.ofHours(1));
        assertEquals(List.of("begin 2"), follow(log).seen);
    }

    @Test
    void aClosedLogDeliversNothingMore() {
        MemoryLog log = log(History.DEFAULT);
        Recorder recorder = follow(log);
        assertTrue(log.close().succeeded());
        append(log, "late");
        assertEquals(List.of("begin 0"), recorder.seen);
    }

    @Test
    void aLargeBatchArrivesWhole() {
        MemoryLog log = log(History.of(10, null, null));
        Recorder recorder = follow(log);
        append(log, IntStream.range(0, 1000).mapToObj(i -> "x").toArray(String[]::new));
        assertEquals(1001, recorder.seen.size());
    }

    @Test
    void whatComesAgainWithItsKeyGetsTheFirstReceiptAndAddsNothing() {
        MemoryLog log = log(History.DEFAULT);
        Receipt first = submit(log, "k", "a", "b").get(0);
        append(log, "c");
        assertEquals(List.of(first), submit(log, "k", "a", "b"));
        assertEquals(List.of("begin 0", "1 a", "2 b", "3 c"), follow(log).seen);
    }

    @Test
    void twiceInOneBatchIsOnce() {
        MemoryLog log = log(History.DEFAULT);
        Batch submission = submission("k", "a");
        List<Receipt> receipts = log.append(List.of(submission, submission)).result();
        assertEquals(1, receipts.get(0).last().n());
        assertEquals(receipts.get(0), receipts.get(1));
        assertEquals(List.of("begin 0", "1 a"), follow(log).seen);
    }

    @Test
    void aKeyIsRememberedForItsTimeAlsoWhereItsEventsAreNotKept() {
        MemoryLog log = log(History.of(1, null, null));
        Receipt first = submit(log, "k", "a").get(0);
        append(log, "b");
        clock.advance(EventStream.IDEMPOTENCY.minusSeconds(1));
        assertEquals(List.of(first), submit(log, "k", "a"));
        clock.advance(Duration.ofSeconds(1));
        assertEquals(3, submit(log, "k", "a").get(0).last().n());
    }

    @Test
    void withNoTimeForKeysNothingIsARepetition() {
        MemoryLog log = new MemoryLog(History.DEFAULT, Duration.ZERO, clock);
        Batch submission = submission("k", "a");
        log.append(List.of(submission, submission));
        submit(log, "k", "a");
        assertEquals(List.of("begin 0", "1 a", "2 a", "3 a"), follow(log).seen);
    }

    private static List<Receipt> submit(MemoryLog log, String key, String... data) {
        return log.append(List.of(submission(key, data))).result();
    }

    private MemoryLog log(History history) {
        return new MemoryLog(history, EventStream.IDEMPOTENCY, clock);
    }

    private static EventId append(MemoryLog log, String... data) {
        return log.append(List.of(submission(null, data))).result().get(0).last();
    }

    private static Batch submission(@Nullable String key, String... data) {
        return new Batch(
                Arrays.stream(data).map(text -> new NewEvent("t", null, text)).toList(), key);
    }

    private static Recorder follow(MemoryLog log) {
        Recorder recorder = new Recorder();
        assertTrue(log.open(recorder, new NoIngestion()).succeeded());
        return recorder;
    }

    private static final class Recorder implements EventLog.Follower {

        final List<String> seen = new ArrayList<>();

        @Override
        public void begin(Epochs epochs, long position, List<Event> kept) {
            seen.add("begin " + position);
            accept(kept);
        }

        @Override
        public void goOn(Epochs epochs) {
            seen.add("go on");
        }

        @Override
        public void accept(List<Event> events) {
            events.forEach(event -> seen.add(event.n() + " " + data(event)));
        }

        private static String data(Event event) {
            return new String(event.frame(), UTF_8).replaceAll("(?s).*\ndata: (.*)\n\n", "$1");
        }
    }
}
