package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A journal keeps the newest event of each topic beyond the bounds of its history. */
class JournalLatestTest {

    private static final EventId EMPTY = new EventId("k3f9a2", 0);
    private static final Epochs EPOCHS = Epochs.startingAt(EMPTY);

    private final TestClock clock = new TestClock();
    private JournalWriter writer = new JournalWriter(History.DEFAULT, clock);
    private Journal journal = writer.journal();

    @Test
    void theNewestEventOfATopicOutlivesTheCount() {
        begin(2, null, null, 10);
        append("a", "b", "b", "c", "c");
        assertEquals(List.of("1 a", "3 b"), latest(0));
        assertEquals(List.of("3 b"), latest(1));
        assertEquals(4, journal.tail());
        assertEquals(1, Objects.requireNonNull(journal.newest("a")).position());
        assertNull(journal.read(1));
    }

    @Test
    void theNewestEventOfATopicOutlivesTheAge() {
        begin(null, Duration.ofMinutes(1), null, 10);
        append("a", "b", "a");
        clock.advance(Duration.ofMinutes(2));
        writer.trim();
        assertEquals(4, journal.tail());
        assertEquals(List.of("2 b", "3 a"), latest(0));
    }

    @Test
    void theNewestEventOfATopicOutlivesTheBytesAndCountsForThemNoMore() {
        // An event of this test has 22 bytes.
        begin(null, null, new ByteSize(50), 10);
        append("a", "b", "c", "d");
        assertEquals(List.of("1 a", "2 b"), latest(0));
        Journal.Contents contents = journal.contents();
        assertEquals(new Journal.Contents(3, 4, 2, 44, 2, 44), contents);
    }

    @Test
    void anEventGoesWhenItsTopicHasANewerOne() {
        begin(1, null, null, 10);
        append("a", "b", "c", "a");
        assertEquals(List.of("2 b", "3 c"), latest(0));
        assertEquals(4, Objects.requireNonNull(journal.newest("a")).position());
        append("d");
        assertEquals(List.of("2 b", "3 c", "4 a"), latest(0));
    }

    @Test
    void ofTooManyTopicsThoseThatWereSilentLongestGo() {
        begin(1, null, null, 3);
        append("a", "b", "a", "c");
        assertEquals(0, journal.forgotten());
        append("d");
        assertEquals(List.of("3 a", "4 c"), latest(0));
        assertEquals(2, journal.forgotten());
        assertNull(journal.newest("b"));
        append("b", "b");
        assertEquals(List.of("4 c", "5 d"), latest(0));
    }

    @Test
    void topicsInTheRingCountForTheLimitAndStay() {
        begin(4, null, null, 2);
        append("a", "b", "c", "d");
        assertEquals(1, journal.tail());
        assertEquals(0, journal.forgotten());
        append("d");
        assertEquals(List.of(), latest(0));
        assertEquals(1, journal.forgotten());
    }

    @Test
    void aForgottenTopicLeavesNothingBehind() {
        begin(2, null, null, 10);
        append("a", "b", "c", "d");
        assertEquals(List.of("1 a", "2 b"), latest(0));
        forget("a");
        assertEquals(List.of("2 b", "3 c"), latest(0));
        assertEquals(5, Objects.requireNonNull(journal.newest("a")).position(), "it is an event as any other");
        append("d", "e");
        assertEquals(List.of("2 b", "3 c"), latest(0));
        assertNull(journal.newest("a"));
        assertEquals(0, journal.forgotten(), "it is meant to be forgotten");
    }

    @Test
    void aForgottenTopicThatComesAgainIsKeptAgain() {
        begin(1, null, null, 10);
        append("a");
        forget("a");
        append("a", "b");
        assertEquals(List.of("3 a"), latest(0));
    }

    @Test
    void forgottenTopicsDoNotCountForTheLimit() {
        begin(3, null, null, 2);
        append("a", "b");
        forget("x");
        append("b");
        forget("y");
        assertEquals(List.of("1 a"), latest(0));
        append("b");
        forget("b");
        append("c", "d");
        assertEquals(List.of(), latest(0));
        assertEquals(1, journal.forgotten());
    }

    @Test
    void theTopicsOfTheContentsAreThoseOfTheRing() {
        begin(3, null, null, 10);
        append("a", "b", "c", "d", "d");
        assertEquals(2, journal.contents().topics());
        assertEquals(2, journal.contents().latest());
        forget("b");
        assertEquals(2, journal.contents().topics(), "a reader that comes to the ring gets the forgetting too");
        assertEquals(2, journal.contents().latest());
    }

    @Test
    void withoutALimitNothingIsKeptAndTheJournalTellsWhatIsMissing() {
        begin(2, null, null, 0);
        append("a", "a", "a");
        assertEquals(0, journal.forgotten(), "the topic is there");
        append("b", "b");
        assertEquals(3, journal.forgotten());
        assertEquals(List.of(), latest(0));
        forget("c");
        append("d", "e");
        assertEquals(5, journal.forgotten());
        assertNull(journal.newest("a"));
    }

    @Test
    void theOnlyTopicIsNotMissingIfItsEventsReplaceEachOther() {
        begin(1, null, null, 0);
        append("a", "a", "a");
        assertEquals(0, journal.forgotten());
        append("b");
        assertEquals(3, journal.forgotten());
    }

    @Test
    void countsWhatIsKeptBeyondTheBounds() {
        begin(1, null, null, 10);
        append("a", "b", "c", "d", "e");
        assertEquals(4, journal.countLatest(0, 200, 100));
        assertEquals(2, journal.countLatest(2, 200, 100));
        assertEquals(3, journal.countLatest(0, 200, 3));
        assertEquals(0, journal.countLatest(4, 200, 100));
        assertEquals(2, journal.countLatest(0, 2, 100), "up to a position");
    }

    @Test
    void tellsFromWhichTimeOnNothingIsDropped() {
        begin(2, null, null, 10);
        Instant first = clock.instant();
        append("a");
        clock.advance(Duration.ofSeconds(10));
        append("b", "c");
        assertTrue(journal.hasDropped(first));
        assertTrue(journal.hasDropped(first.minusSeconds(5)));
        assertFalse(journal.hasDropped(first.plusMillis(1)));
    }

    @Test
    void aLogTellsItsOlderNewestEvents() {
        begin(3, null, null, 10);
        writer.reset(EPOCHS, 50, List.of(event(7, "a"), event(40, "b")), List.of(event(51, "c")));
        assertEquals(List.of("7 a", "40 b"), latest(0));
        assertEquals(51, journal.tail());
        assertEquals(7, Objects.requireNonNull(journal.newest("a")).position());
        assertEquals(0, journal.forgotten());
        append("a");
        assertEquals(List.of("40 b"), latest(0));
        assertEquals(new Journal.Contents(51, 52, 2, 46, 1, 23), journal.contents());
    }

    @Test
    void ofWhatALogTellsOnlyTopicsWithoutALaterEventCount() {
        begin(3, null, null, 10);
        Event forgotten = new Event(EMPTY.at(9), clock.instant(), "d", null, Bytes.of(""), true);
        writer.reset(
                EPOCHS,
                50,
                List.of(event(6, "a"), event(7, "a"), event(8, "d"), forgotten, event(40, "b")),
                List.of(event(51, "b")));
        assertEquals(List.of("7 a"), latest(0));
    }

    @Test
    void ofTooManyThatALogTellsTheNewestStay() {
        begin(3, null, null, 2);
        writer.reset(EPOCHS, 50, List.of(event(6, "a"), event(7, "b"), event(8, "c")), List.of(event(51, "d")));
        assertEquals(List.of("8 c"), latest(0));
        assertEquals(7, journal.forgotten());
        begin(3, null, null, 0);
        writer.reset(EPOCHS, 50, List.of(event(6, "a")), List.of(event(51, "d")));
        assertEquals(List.of(), latest(0));
    }

    @Test
    void positionsOfOlderNewestEventsDoNotGoBackWithTheLog() {
        begin(2, null, null, 10);
        append("a", "b", "c", "fork", "fork");
        Epochs epochs = EPOCHS.goOn(new EventId("next", 4));
        writer.reset(epochs, 2, List.of(event(1, "a")), List.of(event(3, "c")));
        Journal.Entry older = Objects.requireNonNull(journal.latestAfter(5));
        assertEquals("k3f9a2-1", journal.id(older.position()).toString());
        assertEquals("a", older.event().topic());
        assertTrue(older.position() > 5 && older.position() < journal.tail());
        assertNull(journal.latestAfter(older.position()));
        assertNull(journal.newest("b"));
    }

    @Test
    void afterAResetWithoutThePastTopicsMayBeMissing() {
        begin(3, null, null, 0);
        assertEquals(0, journal.forgotten());
        assertFalse(journal.hasDropped(Instant.EPOCH));
        writer.reset(EPOCHS, 50, List.of(event(51, "c")));
        assertEquals(50, journal.forgotten());
        assertTrue(journal.hasDropped(clock.instant()), "an event before may have had the same time");
        assertFalse(journal.hasDropped(clock.instant().plusMillis(1)));
        writer.reset(EPOCHS.startOver(new EventId("next", 60)), 60, List.of());
        assertEquals(0, journal.forgotten(), "the log has nothing from before");
        assertFalse(journal.hasDropped(Instant.EPOCH));
    }

    @Test
    void aLogThatHasNothingOfItsPastHasForgottenIt() {
        begin(3, null, null, 10);
        writer.reset(EPOCHS, 50, List.of(), List.of());
        assertEquals(50, journal.forgotten());
        assertTrue(journal.hasDropped(clock.instant()));
    }

    /** A reader at the tail is lapped: it must find below the new tail what was above the old one. */
    @Test
    void aLappedReaderFindsWhatIsLeftBehindItsPosition() {
        begin(3, null, null, 10);
        append("a", "b", "c");
        long position = 1;
        append("c", "d", "d", "d");
        assertNull(journal.read(position + 1));
        assertEquals(List.of("2 b", "4 c"), latest(position));
    }

    private void begin(@Nullable Integer events, @Nullable Duration age, @Nullable ByteSize bytes, int latest) {
        writer = new JournalWriter(History.of(events, age, bytes, latest), clock);
        journal = writer.journal();
        writer.reset(EPOCHS, 0, List.of());
    }

    private void append(String... topics) {
        for (String topic : topics) {
            writer.append(List.of(event(journal.id(journal.head()).n() + 1, topic)));
        }
    }

    private void forget(String topic) {
        EventId id = EMPTY.at(journal.head() + 1);
        writer.append(List.of(new Event(id, clock.instant(), topic, null, Bytes.of(""), true)));
    }

    private Event event(long n, String topic) {
        return Event.of(EMPTY.at(n), clock.instant(), new NewEvent(topic, null, "."));
    }

    /** What is kept beyond the bounds behind a position. */
    private List<String> latest(long after) {
        List<String> found = new ArrayList<>();
        for (Journal.Entry entry = journal.latestAfter(after);
                entry != null;
                entry = journal.latestAfter(entry.position())) {
            assertTrue(entry.position() < journal.tail());
            found.add(entry.event().n() + " " + entry.event().topic());
        }
        return found;
    }
}
