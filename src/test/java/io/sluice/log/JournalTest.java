package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.stream.TopicFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class JournalTest {

    private static final EventId EMPTY = new EventId("k3f9a2", 0);

    private final TestClock clock = new TestClock();

    @Test
    void anEmptyJournalStandsAtItsBeginning() {
        Journal journal = journal(History.DEFAULT);
        assertEquals(0, journal.head());
        assertEquals(1, journal.tail());
        assertEquals("k3f9a2-0", journal.id(journal.head()).toString());
        assertNull(journal.newest(TopicFilter.ALL, 0));
    }

    @Test
    void anEventIsFoundByItsNumber() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b", "c");
        assertEquals(List.of("1 a", "2 b", "3 c"), kept(journal));
    }

    @Test
    void aJournalMayBeginAnywhere() {
        Journal journal = new Journal(History.DEFAULT, clock);
        journal.begin(Epochs.startingAt(EMPTY), 41, List.of());
        assertEquals(42, journal.tail());
        append(journal, "a");
        assertEquals(List.of("42 a"), kept(journal));
        assertNotNull(journal.find(EMPTY.at(42)));
    }

    @Test
    void whoMissedSomethingOfTheLogReadsOnBehindIt() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b");
        journal.begin(Epochs.startingAt(EMPTY), 10, List.of());
        assertNull(journal.read(2));
        append(journal, "c");
        assertEquals(List.of("11 c"), kept(journal));
        assertEquals(List.of(11L), numbers(journal.newestOfEachTopic(TopicFilter.ALL, 11)));
        assertEquals(8L, journal.count(2, 10));
        assertNotNull(journal.find(EMPTY.at(5)));
    }

    @Test
    void aLogThatGoesOnInANewEpochKnowsTheOldIds() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b");
        journal.goOn(Epochs.startingAt(EMPTY).goOn(new EventId("next", 3)));
        assertEquals(List.of("1 a", "2 b"), kept(journal));
        assertEquals("next-3", journal.id(3).toString());
        assertNotNull(journal.find(EMPTY.at(2)));
        assertNull(journal.find(new EventId("next", 3)));
    }

    @Test
    void aLogThatLostItsPastKnowsNoIdFromBefore() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b");
        journal.begin(Epochs.startingAt(EMPTY).startOver(new EventId("next", 100)), 100, List.of());
        assertNull(journal.find(EMPTY.at(2)));
        assertNotNull(journal.find(new EventId("next", 100)));
        assertEquals("k3f9a2-2", journal.id(2).toString());
        assertNull(journal.count(2, 100));
        assertEquals(List.of(), kept(journal));
    }

    @Test
    void whereTheLogGoesBackPositionsDoNot() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b", "c", "fork", "fork");
        EventId lost = journal.id(5);
        Epochs epochs = Epochs.startingAt(EMPTY).goOn(new EventId("next", 4));
        journal.begin(epochs, 1, List.of(event(2, "b", "."), event(3, "c", "."), event(new EventId("next", 4), "d")));
        assertNull(journal.read(5));
        assertEquals("next-4", journal.id(journal.head()).toString());
        assertEquals("k3f9a2-2", journal.id(journal.tail()).toString());
        assertEquals(List.of("k3f9a2-2 b", "k3f9a2-3 c", "next-4 d"), keptIds(journal));
        assertEquals(lost, journal.id(5));
    }

    @Test
    void whoStoodInWhatIsStillTheLogsGoesOnThere() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b", "c", "fork", "fork");
        Epochs epochs = Epochs.startingAt(EMPTY).goOn(new EventId("next", 4));
        journal.begin(epochs, 1, List.of(event(2, "b", "."), event(3, "c", "."), event(new EventId("next", 4), "d")));
        assertEquals(EMPTY.at(2), journal.id(journal.carry(2)));
        assertEquals(2L, journal.count(2, journal.head()));
        assertEquals(EMPTY.at(3), journal.id(journal.carry(5)), "behind what both have");
        assertNull(journal.count(5, journal.head()));
        assertEquals(EMPTY.at(1), journal.id(journal.carry(0)), "before the oldest kept");
        assertEquals(1L, journal.count(0, journal.carry(0)));
    }

    @Test
    void anIdOfWhatTheLogWasIsFoundWhereItWas() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b", "c");
        journal.goOn(Epochs.startingAt(EMPTY).goOn(new EventId("fork", 4)));
        journal.accept(List.of(event(new EventId("fork", 4), "x")));
        journal.begin(
                Epochs.startingAt(EMPTY),
                0,
                List.of(event(1, "a", "."), event(2, "b", "."), event(3, "c", "."), event(4, "d", ".")));
        assertEquals(4L, journal.find(new EventId("fork", 4)));
        assertEquals(journal.head(), journal.find(EMPTY.at(4)));
        assertEquals(EMPTY.at(3), journal.id(journal.carry(4)));
        assertNull(journal.find(EMPTY.at(5)));
        assertNull(journal.find(new EventId("other", 2)));
    }

    @Test
    void aHoleInTheLogIsNoEventOfTheStream() {
        Journal journal = journal(History.DEFAULT);
        Event second = event(2, "t", "");
        assertThrows(IllegalStateException.class, () -> journal.accept(List.of(second)));
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
        Journal journal = journal(History.of(null, null, new ByteSize(50))); // a frame below has 24
        append(journal, "a", "b", "c");
        assertEquals(List.of("2 b", "3 c"), kept(journal));
        accept(journal, "big", "x".repeat(1000));
        assertEquals(List.of("4 big"), kept(journal));
    }

    @Test
    void whatIsTooOldGoesWithoutAnythingNew() {
        Journal journal = journal(History.of(null, Duration.ofMinutes(1), null));
        append(journal, "a");
        clock.advance(Duration.ofSeconds(30));
        append(journal, "b");
        clock.advance(Duration.ofSeconds(31));
        journal.trim();
        assertEquals(List.of("2 b"), kept(journal));
        clock.advance(Duration.ofSeconds(31));
        journal.trim();
        assertEquals(List.of(), kept(journal));
        assertEquals(3, journal.tail());
        assertEquals(2, journal.head());
        assertNull(journal.newest(TopicFilter.of(List.of("b")), 2));
    }

    @Test
    void theNewestOfEachTopicComesOldestFirst() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b", "a", "c.d", "b");
        assertEquals(List.of(3L, 4L, 5L), numbers(journal.newestOfEachTopic(TopicFilter.ALL, 5)));
        assertEquals(List.of(4L), numbers(journal.newestOfEachTopic(TopicFilter.of(List.of("c.*")), 5)));
        assertEquals(List.of(3L, 5L), numbers(journal.newestOfEachTopic(TopicFilter.of(List.of("a", "b", "z")), 5)));
    }

    @Test
    void aTopicThatIsNewerThanAskedForIsLeftToTheReader() {
        Journal journal = journal(History.DEFAULT);
        append(journal, "a", "b", "a");
        assertEquals(List.of(2L), numbers(journal.newestOfEachTopic(TopicFilter.of(List.of("a", "b")), 2)));
    }

    @Test
    void topicsThatNobodySpeaksOfAnyMoreAreForgotten() {
        Journal journal = journal(History.of(2, null, null));
        append(journal, "a", "b", "c");
        assertEquals(List.of(2L, 3L), numbers(journal.newestOfEachTopic(TopicFilter.ALL, 3)));
        append(journal, "b");
        assertEquals(List.of(3L, 4L), numbers(journal.newestOfEachTopic(TopicFilter.ALL, 4)));
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
        Journal journal = new Journal(history, clock);
        journal.begin(Epochs.startingAt(EMPTY), 0, List.of());
        return journal;
    }

    private void append(Journal journal, String... topics) {
        List<Event> events = new ArrayList<>();
        for (String topic : topics) {
            events.add(event(journal.head() + events.size() + 1, topic, "."));
        }
        journal.accept(events);
    }

    private void accept(Journal journal, String topic, String data) {
        journal.accept(List.of(event(journal.head() + 1, topic, data)));
    }

    private Event event(EventId id, String topic) {
        return Event.of(id, clock.instant(), new NewEvent(topic, null, "."));
    }

    private static List<String> keptIds(Journal journal) {
        return LongStream.rangeClosed(journal.tail(), journal.head())
                .mapToObj(journal::read)
                .map(event -> event == null ? "lapped" : event.id() + " " + event.topic())
                .toList();
    }

    private Event event(long n, String topic, String data) {
        return Event.of(EMPTY.at(n), clock.instant(), new NewEvent(topic, null, data));
    }

    private static List<String> kept(Journal journal) {
        List<String> kept = new ArrayList<>();
        for (long n = journal.tail(); n <= journal.head(); n++) {
            Event event = journal.read(n);
            assertNotNull(event);
            kept.add(event.n() + " " + event.topic());
        }
        return kept;
    }

    private static List<Long> numbers(List<Journal.Entry> events) {
        return events.stream().map(Journal.Entry::position).toList();
    }
}
