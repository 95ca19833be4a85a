package io.sluice.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.log.Resumption.Ahead;
import io.sluice.log.Resumption.Gap;
import io.sluice.log.Resumption.Resumed;
import io.sluice.log.Resumption.Unknown;
import io.sluice.testing.log.FailingFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class JournalTest {

    private static final EventId EMPTY = new EventId("k3f9a2", 0);

    private final TestClock clock = new TestClock();
    private JournalWriter writer = new JournalWriter(History.DEFAULT, clock);

    @Test
    void anEmptyJournalStandsAtItsBeginning() {
        Journal journal = journal(History.DEFAULT);
        assertEquals(0, journal.head());
        assertEquals(1, journal.tail());
        assertEquals("k3f9a2-0", journal.id(journal.head()).toString());
        assertNull(journal.newest("a"));
    }

    @Test
    void anEventIsFoundByItsNumber() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b", "c");
        assertEquals(List.of("1 a", "2 b", "3 c"), kept(journal));
    }

    @Test
    void aJournalMayBeginAnywhere() {
        writer = new JournalWriter(History.DEFAULT, clock);
        Journal journal = writer.journal();
        writer.reset(Epochs.startingAt(EMPTY), 41, List.of());
        assertEquals(42, journal.tail());
        append(journal, "a");
        assertEquals(List.of("42 a"), kept(journal));
        assertEquals(new Resumed(42), journal.resume(EMPTY.at(42)));
    }

    @Test
    void aReaderThatMissedEventsContinuesBehindThem() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b");
        writer.reset(Epochs.startingAt(EMPTY), 10, List.of());
        assertNull(journal.read(2));
        append(journal, "c");
        assertEquals(List.of("11 c"), kept(journal));
        assertEquals(List.of(11L), snapshot(journal, 11));
        assertEquals(8L, journal.count(2, 10));
        assertEquals(new Gap(5, 10, 5L), journal.resume(EMPTY.at(5)));
    }

    @Test
    void aLogThatGoesOnInANewEpochKnowsTheOldIds() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b");
        writer.beginEpoch(Epochs.startingAt(EMPTY).goOn(new EventId("next", 3)));
        assertEquals(List.of("1 a", "2 b"), kept(journal));
        assertEquals("next-3", journal.id(3).toString());
        assertEquals(new Resumed(2), journal.resume(EMPTY.at(2)));
        assertEquals(new Ahead(3), journal.resume(new EventId("next", 3)));
    }

    @Test
    void aLogThatLostItsPastKnowsNoIdFromBefore() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b");
        writer.reset(Epochs.startingAt(EMPTY).startOver(new EventId("next", 100)), 100, List.of());
        assertEquals(new Unknown(100), journal.resume(EMPTY.at(2)));
        assertEquals(new Resumed(100), journal.resume(new EventId("next", 100)));
        assertEquals("k3f9a2-2", journal.id(2).toString());
        assertNull(journal.count(2, 100));
        assertEquals(List.of(), kept(journal));
    }

    @Test
    void positionsDoNotGoBackWithTheLog() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b", "c", "fork", "fork");
        EventId lost = journal.id(5);
        Epochs epochs = Epochs.startingAt(EMPTY).goOn(new EventId("next", 4));
        writer.reset(epochs, 1, List.of(event(2, "b", "."), event(3, "c", "."), event(new EventId("next", 4), "d")));
        assertNull(journal.read(5));
        assertEquals("next-4", journal.id(journal.head()).toString());
        assertEquals("k3f9a2-2", journal.id(journal.tail()).toString());
        assertEquals(List.of("k3f9a2-2 b", "k3f9a2-3 c", "next-4 d"), keptIds(journal));
        assertEquals(lost, journal.id(5));
    }

    @Test
    void aReaderWhoseLastEventIsStillInTheLogContinuesThere() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b", "c", "fork", "fork");
        Epochs epochs = Epochs.startingAt(EMPTY).goOn(new EventId("next", 4));
        writer.reset(epochs, 1, List.of(event(2, "b", "."), event(3, "c", "."), event(new EventId("next", 4), "d")));
        Resumption common = journal.resume(2);
        assertEquals(new Resumed(common.position()), common);
        assertEquals(EMPTY.at(2), journal.id(common.position()));
        assertEquals(2L, journal.count(2, journal.head()));
        Resumption forked = journal.resume(5);
        assertEquals(new Gap(forked.position(), forked.position(), null), forked);
        assertEquals(EMPTY.at(3), journal.id(forked.position()), "behind what both have");
        assertNull(journal.count(5, journal.head()));
        Resumption evicted = journal.resume(0);
        assertEquals(new Gap(evicted.position() - 1, evicted.position(), 1L), evicted);
        assertEquals(EMPTY.at(1), journal.id(evicted.position()), "before the oldest kept");
    }

    @Test
    void anIdOfWhatTheLogWasIsFoundWhereItWas() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b", "c");
        writer.beginEpoch(Epochs.startingAt(EMPTY).goOn(new EventId("fork", 4)));
        writer.append(List.of(event(new EventId("fork", 4), "x")));
        writer.reset(
                Epochs.startingAt(EMPTY),
                0,
                List.of(event(1, "a", "."), event(2, "b", "."), event(3, "c", "."), event(4, "d", ".")));
        assertEquals(journal.resume(4), journal.resume(new EventId("fork", 4)));
        assertEquals(new Resumed(journal.head()), journal.resume(EMPTY.at(4)));
        assertEquals(EMPTY.at(3), journal.id(journal.resume(4).position()));
        assertEquals(new Ahead(journal.head() + 1), journal.resume(EMPTY.at(5)));
        assertEquals(new Unknown(journal.tail() - 1), journal.resume(new EventId("other", 2)));
    }

    @Test
    void aHoleInTheLogIsNoEventOfTheStream() {
        journal(History.DEFAULT);
        Event second = event(2, "t", "");
        assertThrows(IllegalStateException.class, () -> writer.append(List.of(second)));
    }

    @Test
    void keepsNoMoreThanItsCountWhateverTheRingsLength() {
        for (int count = 1; count <= 9; count++) {
            Journal journal = journal(History.of(count, null, null));
            append(journal, LongStream.rangeClosed(1, 40).mapToObj(n -> "t").toArray(String[]::new));
            assertEquals(40, journal.head());
            assertEquals(40 - count + 1, journal.tail());
            assertEquals(count, kept(journal).size());
            assertNull(journal.read(40 - count));
        }
    }

    @Test
    void keepsNoMoreThanItsBytesButAlwaysTheNewest() {
        // A frame of this test has 24 bytes.
        Journal journal = journal(History.of(null, null, new ByteSize(50)));
        append(journal, "a", "b", "c");
        assertEquals(List.of("2 b", "3 c"), kept(journal));
        accept(journal, "big", "x".repeat(1000));
        assertEquals(List.of("4 big"), kept(journal));
    }

    /** The time of an event may be of a clock that was set, or of another node's. */
    @Test
    void anEventGrowsOldFromWhenItComesWhateverItsOwnTimeIs() {
        Journal journal = journal(History.of(null, Duration.ofMinutes(1), null));
        NewEvent event = new NewEvent("a", null, ".");
        writer.append(List.of(
                Event.of(EMPTY.at(1), clock.instant().minusSeconds(7200), event),
                Event.of(EMPTY.at(2), clock.instant().plusSeconds(7200), event)));
        clock.advance(Duration.ofSeconds(59));
        writer.trim();
        assertEquals(List.of("1 a", "2 a"), kept(journal));
        clock.advance(Duration.ofSeconds(2));
        writer.trim();
        assertEquals(List.of(), kept(journal));
    }

    @Test
    void oldEventsGoWithoutANewOne() {
        Journal journal = journal(History.of(null, Duration.ofMinutes(1), null));
        append(journal, "a");
        clock.advance(Duration.ofSeconds(30));
        append(journal, "b");
        clock.advance(Duration.ofSeconds(31));
        writer.trim();
        assertEquals(List.of("2 b"), kept(journal));
        clock.advance(Duration.ofSeconds(31));
        writer.trim();
        assertEquals(List.of(), kept(journal));
        assertEquals(3, journal.tail());
        assertEquals(2, journal.head());
        assertNull(journal.newest("b"));
    }

    @Test
    void theNewestOfEachTopicUpToAPositionAreThoseWithoutASuccessor() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b", "a", "c.d", "b");
        assertEquals(List.of(3L, 4L, 5L), snapshot(journal, 5));
        assertEquals(List.of(2L, 3L), snapshot(journal, 3), "as if nothing had come later");
    }

    @Test
    void theNewestOfATopicIsFoundByIt() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b", "a");
        assertEquals(3, Objects.requireNonNull(journal.newest("a")).position());
        assertNull(journal.newest("z"));
    }

    @Test
    void topicsWithoutAKeptEventAreForgotten() {
        Journal journal = journal(History.of(2, null, null));
        append(journal, "a", "b", "c");
        assertEquals(List.of(2L, 3L), snapshot(journal, 3));
        assertNull(journal.newest("a"));
        append(journal, "b");
        assertEquals(List.of(3L, 4L), snapshot(journal, 4));
    }

    @Test
    void theContentsAreThoseOfTheLastBatch() {
        Journal journal = journal(History.of(4, null, null));
        append(journal, "a", "b", "a", "c", "a");
        assertEquals(new Journal.Contents(2, 5, 3, journal.contents().bytes(), 0, 0), journal.contents());
        append(journal, "c", "c", "c", "c");
        assertEquals(new Journal.Contents(6, 9, 1, journal.contents().bytes(), 0, 0), journal.contents());
    }

    @Test
    void anIdThatIsFarAheadIsUnknownAtOnce() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b");
        assertEquals(new Ahead(100_002), journal.resume(EMPTY.at(100_002)));
        assertEquals(new Unknown(0), journal.resume(EMPTY.at(100_003)));
        assertEquals(new Unknown(0), journal.resume(EMPTY.at(Long.MAX_VALUE)));
    }

    /** Added to the first position of the second incarnation, the number overflows to a position far below. */
    @Test
    void anIdAtTheEndOfAllNumbersIsUnknownAfterTheLogHasGoneBack() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b", "c");
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of(event(1, "a", ".")));
        assertEquals(new Unknown(journal.tail() - 1), journal.resume(EMPTY.at(Long.MAX_VALUE)));
        assertEquals(new Unknown(journal.tail() - 1), journal.resume(EMPTY.at(Long.MAX_VALUE - 3)));
    }

    @Test
    void anEventIsEncodedOnceForAllThatUseItsFormat() {
        Journal journal = journal(History.DEFAULT);
        CountingFormat format = new CountingFormat();
        Encoding encoding = journal.use(format);
        assertSame(encoding, journal.use(format));
        append(journal, "a");
        Journal.Entry entry = Objects.requireNonNull(journal.read(1));
        assertSame(entry.frame(encoding), entry.frame(encoding));
        assertEquals(1, format.encoded);
    }

    @Test
    void anEventFromBeforeAFormatIsEncodedWhenItIsRead() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a");
        Encoding first = journal.use(new CountingFormat());
        Encoding second = journal.use(new CountingFormat());
        append(journal, "b");
        for (long position = 1; position <= 2; position++) {
            Journal.Entry entry = Objects.requireNonNull(journal.read(position));
            assertEquals("<.>", new String(entry.frame(second), UTF_8));
            assertEquals("<.>", new String(entry.frame(first), UTF_8));
            assertEquals(".", entry.event().data().toString());
        }
    }

    @Test
    void theRingIsAsLongAsItsEventsNeed() {
        Journal journal = journal(History.of(100, Duration.ofMinutes(1), null));
        assertEquals(8, journal.ring.length());
        for (int i = 1; i <= 150; i++) {
            append(journal, "t" + i);
            assertEquals(Math.min(i, 100), kept(journal).size());
        }
        assertEquals(128, journal.ring.length());
        clock.advance(Duration.ofMinutes(2));
        append(journal, "a");
        for (int i = 0; i < 10; i++) {
            assertEquals(List.of("151 a"), kept(journal));
            writer.trim();
        }
        assertEquals(8, journal.ring.length());
        append(journal, "b");
        assertEquals(List.of("151 a", "152 b"), kept(journal));
    }

    @Test
    void aReaderThatWaitsForAStreamReadsItFromItsFirstEventOn() {
        writer = new JournalWriter(History.of(2, null, null), clock);
        Journal journal = writer.journal();
        assertEquals("none-0", journal.id(journal.head()).toString());
        assertEquals(new Resumed(0), journal.resume(Journal.UNBORN_ID));
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of());
        assertEquals(new Resumed(0), journal.resume(0));
        append(journal, "a", "b");
        assertEquals(new Resumed(0), journal.resume(Journal.UNBORN_ID));
        append(journal, "c");
        assertEquals(new Gap(0, 1, 1L), journal.resume(Journal.UNBORN_ID), "it knows how many it missed");
    }

    @Test
    void thePositionBeforeTheFirstEventIsUnknownOnceTheLogHasLostThat() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b");
        writer.reset(Epochs.startingAt(EMPTY).startOver(new EventId("next", 100)), 100, List.of());
        assertEquals(new Unknown(100), journal.resume(Journal.UNBORN_ID));
    }

    /** Another node has made the stream, and given the id out, a moment before this one knows. */
    @Test
    void anIdMayBeOfAStreamThatThisNodeDoesNotHaveYet() {
        writer = new JournalWriter(History.DEFAULT, clock);
        Journal journal = writer.journal();
        assertEquals(new Ahead(2), journal.resume(EMPTY.at(2)));
        assertEquals(new Unknown(0), journal.resume(EMPTY.at(100_001)));
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of());
        append(journal, "a", "b");
        assertEquals(new Resumed(2), journal.resume(EMPTY.at(2)));
        assertEquals(new Unknown(0), journal.resume(new EventId("other", 2)));
    }

    /** As a cluster that has lost all of its nodes. */
    @Test
    void aReaderIsToldOnceOfAStreamThatIsLostAndMadeAgain() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b");
        writer.reset(Journal.UNBORN_EPOCHS, 0, List.of());
        long waiting = journal.resume(2).position();
        assertEquals(new Gap(waiting, waiting, null), journal.resume(2));
        EventId made = new EventId("again", 0);
        writer.reset(Epochs.startingAt(made), 0, List.of());
        writer.append(List.of(event(made.at(1), "c")));
        assertEquals(new Resumed(waiting), journal.resume(waiting));
        assertEquals(List.of("again-1 c"), keptIds(journal));
        assertEquals(new Gap(waiting, waiting, null), journal.resume(EMPTY.at(2)));
    }

    @Test
    void theEndAndTheDeletionWakeReaders() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a");
        List<Journal.State> woken = new ArrayList<>();
        journal.addWakeUp(() -> woken.add(journal.state()));
        writer.end();
        writer.delete();
        assertEquals(List.of(Journal.State.ENDED, Journal.State.DELETED), woken);
        assertEquals(List.of("1 a"), kept(journal), "whoever reads may read on");
    }

    /** The frame may be changed in a test: a write to it shows whether the event has a copy of its data. */
    @Test
    void dataIsInMemoryOnce() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "before");
        Encoding encoding = journal.use(new CountingFormat());
        append(journal, "after");
        for (long position = 1; position <= 2; position++) {
            Journal.Entry entry = Objects.requireNonNull(journal.read(position));
            entry.frame(encoding)[1] = '!';
            assertEquals("!", entry.event().data().toString());
        }
    }

    private static final class CountingFormat implements EventFormat {

        int encoded;

        @Override
        public void requireAllowed(NewEvent event) {}

        @Override
        public Frame encode(Event event) {
            encoded++;
            return new Frame(("<" + event.data() + ">").getBytes(UTF_8), 1);
        }
    }

    @Test
    void aFormatThatFailsInTheMiddleOfABatchLeavesTheJournalAsItWas() {
        Journal journal = journal(History.DEFAULT);
        FailingFormat format = new FailingFormat();
        append(journal, "a");
        journal.use(format);
        format.failAt(2);
        assertThrows(OutOfMemoryError.class, () -> append(journal, "b", "c"));
        assertEquals(List.of("1 a"), kept(journal));
        append(journal, "d");
        assertEquals(List.of("1 a", "2 d"), kept(journal));
        assertFalse(writer.isBroken());
    }

    @Test
    void aReaderThatFailsToWakeIsNotTheWritersTrouble() {
        Journal journal = journal(History.DEFAULT);
        journal.addWakeUp(() -> {
            throw new OutOfMemoryError("as a test wants it");
        });
        append(journal, "a");
        assertEquals(List.of("1 a"), kept(journal));
    }

    @Test
    void aBatchWakesOnce() {
        Journal journal = journal(History.DEFAULT);
        List<Long> woken = new ArrayList<>();
        Runnable wakeUp = () -> woken.add(journal.head());
        journal.addWakeUp(wakeUp);
        append(journal, "a", "b");
        append(journal, "c");
        journal.removeWakeUp(wakeUp);
        append(journal, "d");
        assertEquals(List.of(2L, 3L), woken);
    }

    private Journal journal(History history) {
        writer = new JournalWriter(history, clock);
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of());
        return writer.journal();
    }

    private void append(Journal journal, String... topics) {
        List<Event> events = new ArrayList<>();
        for (String topic : topics) {
            events.add(event(journal.head() + events.size() + 1, topic, "."));
        }
        writer.append(events);
    }

    private void accept(Journal journal, String topic, String data) {
        writer.append(List.of(event(journal.head() + 1, topic, data)));
    }

    private Event event(EventId id, String topic) {
        return Event.of(id, clock.instant(), new NewEvent(topic, null, "."));
    }

    private static List<String> keptIds(Journal journal) {
        return LongStream.rangeClosed(journal.tail(), journal.head())
                .mapToObj(journal::read)
                .map(entry -> entry == null
                        ? "lapped"
                        : entry.event().id() + " " + entry.event().topic())
                .toList();
    }

    private Event event(long n, String topic, String data) {
        return Event.of(EMPTY.at(n), clock.instant(), new NewEvent(topic, null, data));
    }

    private static List<String> kept(Journal journal) {
        List<String> kept = new ArrayList<>();
        for (long n = journal.tail(); n <= journal.head(); n++) {
            Event event = Objects.requireNonNull(journal.read(n)).event();
            kept.add(event.n() + " " + event.topic());
        }
        return kept;
    }

    /** The positions of the newest event of each topic up to one. */
    private static List<Long> snapshot(Journal journal, long end) {
        return LongStream.rangeClosed(journal.tail(), end)
                .mapToObj(journal::read)
                .filter(entry -> entry != null && entry.isNewestUpTo(end))
                .map(entry -> entry.position())
                .toList();
    }
}
