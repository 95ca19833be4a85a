package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.hazelcast.LogRecord.Appended;
import io.sluice.hazelcast.LogRecord.Position;
import io.sluice.hazelcast.LogRecord.TermStart;
import io.sluice.log.Epochs;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordFilterTest {

    private static final Epochs FIRST = Epochs.startingAt(new EventId("a", 0));

    private final Recorder recorder = new Recorder();
    private RecordFilter filter = new RecordFilter(null, recorder);

    @Test
    void theFirstEventSetsTheBase() {
        take(event(1, "a", 7), event(1, "a", 8), position(1, 8));
        assertSeen("begin 6", "7", "8");
    }

    @Test
    void anEventCountsWhenAPositionSaysThatItIsSafe() {
        take(event(1, "a", 1), event(1, "a", 2));
        assertSeen("begin 0");
        assertEquals(0, filter.last());
        assertEquals(2, filter.whole());
        take(position(1, 1));
        assertSeen("1");
        take(position(1, 2), event(1, "a", 3), position(1, 2));
        assertSeen("2");
        take(position(1, 3));
        assertSeen("3");
    }

    @Test
    void aRepeatedBatchCountsOnce() {
        take(event(1, "a", 1), event(1, "a", 2), event(1, "a", 1), event(1, "a", 2), event(1, "a", 3), position(1, 3));
        take(event(1, "a", 3), position(1, 3));
        assertSeen("begin 0", "1", "2", "3");
    }

    @Test
    void lateRecordsOfADeposedLeaderDoNotCount() {
        take(event(1, "a", 1), event(1, "a", 2), new TermStart(2), position(2, 2), event(1, "a", 3), event(2, "a", 3));
        take(position(1, 3), position(2, 3));
        assertSeen("begin 0", "1", "2", "3");
        take(event(1, "a", 4), event(1, "a", 5), new Position(1, FIRST.goOn(new EventId("b", 4)), 3));
        take(event(2, "a", 4), position(2, 4));
        assertSeen("4");
        assertEquals(2, filter.term());
    }

    @Test
    void aRecordFromBeforeTheTermBeganCounts() {
        take(event(1, "a", 1), event(1, "a", 2), new TermStart(2), position(2, 2), event(2, "a", 3), position(2, 3));
        assertSeen("begin 0", "1", "2", "3");
    }

    @Test
    void anEventThatTheNextTermDoesNotConfirmNeverCounts() {
        take(event(1, "a", 1), position(1, 1), event(1, "a", 2));
        take(new TermStart(2), position(2, 1), event(2, "a", 2), event(2, "a", 3), position(2, 3));
        assertSeen("begin 0", "1", "2", "3");
        assertEquals(3, filter.whole());
    }

    @Test
    void aReaderThatBeginsBehindAPositionTakesNothingOfTheTermBefore() {
        take(event(1, "a", 10), event(2, "a", 10), position(2, 10));
        assertSeen("begin 9", "10");
        assertEquals(2, filter.term());
        assertEquals(List.of(2L), recorder.terms);
    }

    @Test
    void aRepeatedPositionOfATermTakesNothingBack() {
        take(new TermStart(1), new TermStart(2), position(2, 0), event(2, "a", 1), event(2, "a", 2));
        take(position(2, 0), position(2, 2));
        assertSeen("begin 0", "1", "2");
    }

    @Test
    void aTakenEventIsKeptWhenTheRingIsReadAnew() {
        take(event(1, "a", 1), position(1, 1), event(1, "a", 2), new TermStart(2));
        filter.reread();
        take(event(1, "a", 1), position(1, 1), event(1, "a", 2), new TermStart(2), position(2, 2));
        assertSeen("begin 0", "1", "2");
    }

    @Test
    void anEventBehindAHoleDoesNotCount() {
        take(event(1, "a", 1), event(1, "a", 3), event(1, "a", 2), position(1, 2));
        assertSeen("begin 0", "1", "2");
    }

    @Test
    void aBatchIsTakenWithItsLastRecord() {
        take(event(1, "a", 1), unfinished(1, 2), unfinished(1, 3), position(1, 1));
        assertSeen("begin 0", "1");
        assertEquals(1, filter.whole());
        assertEquals(3, filter.seen());
        take(unfinished(1, 2), unfinished(1, 3), event(1, "a", 4), position(1, 4));
        assertSeen("2 3 4");
    }

    @Test
    void anUnfinishedBatchIsGoneWithItsTerm() {
        take(
                event(1, "a", 1),
                unfinished(1, 2),
                unfinished(1, 3),
                new TermStart(2),
                position(2, 1),
                event(2, "a", 2),
                event(1, "a", 4),
                position(2, 2));
        assertSeen("begin 0", "1", "2");
    }

    @Test
    void aPositionSetsTheBaseOfALogWithoutEvents() {
        take(new TermStart(1), position(1, 0));
        assertSeen("begin 0");
        take(position(1, 0), event(1, "a", 1), position(1, 1));
        assertSeen("1");
    }

    @Test
    void aForkKeepsTheEventsThatCountAndNoOther() {
        Epochs next = FIRST.goOn(new EventId("b", 3));
        take(event(1, "a", 1), event(1, "a", 2), position(1, 2), event(1, "a", 3), unfinished(1, 4));
        take(new TermStart(2), new Position(2, next, 2));
        take(event(2, "a", 3), event(2, "b", 3), new Position(2, next, 3));
        assertSeen("begin 0", "1", "2", "go on a-0 b-3 0", "3");
    }

    @Test
    void aReaderThatHasLostTheRingContinuesInAForkOfIt() {
        Epochs next = FIRST.goOn(new EventId("b", 3));
        take(event(1, "a", 1), event(1, "a", 2), position(1, 2));
        filter.loseHistory();
        take(new TermStart(2), new Position(2, next, 2), event(2, "b", 3));
        take(new Position(2, next, 3));
        assertSeen("begin 0", "1", "2", "go on a-0 b-3 0", "3");
    }

    @Test
    void aLogWithoutItsPastBeginsFarAbove() {
        Epochs next = FIRST.startOver(new EventId("b", 2_000_000));
        take(event(1, "a", 1), event(1, "a", 2), position(1, 2), event(1, "a", 3));
        take(new Position(1, next, 2_000_000));
        take(event(1, "a", 3), event(1, "b", 2_000_001), new Position(1, next, 2_000_001));
        assertSeen("begin 0", "1", "2", "begin 2000000", "2000001");
    }

    @Test
    void aReaderThatHasLostTheRingWaitsForANewEpoch() {
        take(event(1, "a", 1), event(1, "a", 2), position(1, 2));
        filter.loseHistory();
        take(event(1, "a", 3), position(1, 3), event(1, "a", 4));
        Epochs next = FIRST.startOver(new EventId("b", 2_000_000));
        take(new Position(2, next, 2_000_000), event(2, "b", 2_000_001));
        take(new Position(2, next, 2_000_001));
        assertSeen("begin 0", "1", "2", "begin 2000000", "2000001");
    }

    @Test
    void aReaderThatMissedRecordsContinuesBehindThem() {
        take(event(1, "a", 1), position(1, 1), event(1, "a", 2), unfinished(1, 3));
        filter.missRecords();
        take(event(1, "a", 9), event(1, "a", 10), position(1, 10));
        assertSeen("begin 0", "1", "begin 8", "9", "10");
    }

    @Test
    void aReaderThatMissedOnlyAPositionContinues() {
        take(event(1, "a", 1), position(1, 1));
        filter.missRecords();
        take(event(1, "a", 1), event(1, "a", 2), position(1, 2));
        assertSeen("begin 0", "1", "2");
    }

    @Test
    void aReaderThatKnowsTheEpochsReadsNothingFromBeforeTheLogBeganAnew() {
        Epochs epochs = FIRST.startOver(new EventId("b", 2_000_000));
        filter = new RecordFilter(epochs, recorder);
        take(event(1, "a", 7), event(1, "a", 8), position(1, 8));
        assertSeen();
        take(event(2, "b", 2_000_001), new Position(2, epochs, 2_000_001));
        assertSeen("begin 2000000", "2000001");
    }

    private void take(LogRecord... records) {
        for (LogRecord record : records) {
            filter.offer(LogRecord.decode(Buffer.buffer(LogRecord.encode(record))));
        }
    }

    private void assertSeen(String... expected) {
        assertEquals(List.of(expected), recorder.seen);
        recorder.seen.clear();
    }

    private static Position position(long term, long n) {
        return new Position(term, FIRST, n);
    }

    private static Appended event(long term, String epoch, long n) {
        return appended(term, epoch, n, false);
    }

    private static Appended unfinished(long term, long n) {
        return appended(term, "a", n, true);
    }

    private static Appended appended(long term, String epoch, long n, boolean more) {
        NewEvent publication = new NewEvent("t", null, "{}");
        return new Appended(term, new EventId(epoch, n), Instant.ofEpochMilli(n), publication, more, null);
    }

    private static final class Recorder implements RecordFilter.Output {

        final List<String> seen = new ArrayList<>();
        final List<Long> terms = new ArrayList<>();

        @Override
        public void rebase(Epochs epochs, long position) {
            seen.add("begin " + position);
        }

        @Override
        public void beginEpoch(Epochs epochs) {
            seen.add("go on " + epochs);
        }

        @Override
        public void deliver(List<Appended> submission) {
            submission.forEach(one -> terms.add(one.term()));
            seen.add(String.join(
                    " ",
                    submission.stream().map(one -> String.valueOf(one.id().n())).toList()));
        }
    }
}
