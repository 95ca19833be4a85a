package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class InitialLoadTest {

    private static final Epochs EPOCHS = Epochs.startingAt(new EventId("a", 0));

    private final TestClock clock = new TestClock();
    private final List<String> seen = new ArrayList<>();
    private final InitialLoad loading = new InitialLoad(new Recorder(), History.of(3, null, null), clock);

    @Test
    void eventsComeTogetherWhenAllAreRead() {
        loading.reset(EPOCHS, 4, List.of());
        loading.append(events(5));
        loading.beginEpoch(EPOCHS.goOn(new EventId("b", 6)));
        loading.append(events(6));
        assertEquals(List.of(), seen);
        loading.done();
        assertEquals(List.of("begin a-0 b-6 0 at 4 with [5, 6]"), seen);
    }

    @Test
    void noMoreIsHeldThanTheHistory() {
        loading.reset(EPOCHS, 0, List.of());
        loading.append(events(1, 2, 3));
        loading.append(events(4));
        loading.done();
        assertEquals(List.of("begin a-0 0 at 1 with [2, 3, 4]"), seen);
    }

    @Test
    void afterThatEverythingComesAsItIs() {
        loading.done();
        assertEquals(List.of(), seen, "it has not begun");
        loading.reset(EPOCHS, 4, List.of());
        loading.append(events(5));
        loading.beginEpoch(EPOCHS);
        loading.done();
        assertEquals(List.of("begin a-0 0 at 4 with []", "[5]", "goes on"), seen);
    }

    @Test
    void onlyTheLastResetCounts() {
        loading.reset(EPOCHS, 4, List.of());
        loading.append(events(5));
        loading.reset(EPOCHS, 8, events(9));
        loading.done();
        assertEquals(List.of("begin a-0 0 at 8 with [9]"), seen);
    }

    @Test
    void ofWhatIsOverTheHistoryTheNewestOfEachTopicIsHandedOver() {
        InitialLoad latest = load(10);
        latest.reset(EPOCHS, 0, List.of());
        latest.append(List.of(event(1, "a"), event(2, "b"), event(3, "a"), event(4, "c")));
        latest.append(List.of(event(5, "b"), event(6, "d"), event(7, "d"), event(8, "d")));
        latest.done();
        assertEquals(List.of("begin a-0 0 at 5 after [3, 4, 5] with [6, 7, 8]"), seen);
    }

    @Test
    void aTopicThatWasForgottenDuringTheLoadIsNotHandedOver() {
        InitialLoad latest = load(10);
        latest.reset(EPOCHS, 0, List.of());
        latest.append(List.of(event(1, "a"), event(2, "b"), event(3, "c"), forget(4, "a")));
        latest.append(List.of(event(5, "d"), event(6, "d"), forget(7, "b")));
        latest.done();
        assertEquals(List.of("begin a-0 0 at 4 after [3] with [5, 6, 7]"), seen);
    }

    @Test
    void noMoreTopicsAreHeldThanTheHistoryKeeps() {
        InitialLoad latest = load(2);
        latest.reset(EPOCHS, 0, List.of());
        latest.append(List.of(event(1, "a"), event(2, "b"), event(3, "c"), event(4, "d"), event(5, "d")));
        latest.append(List.of(event(6, "d")));
        latest.done();
        assertEquals(List.of("begin a-0 0 at 3 after [2, 3] with [4, 5, 6]"), seen);
    }

    @Test
    void olderNewestEventsFromElsewhereCountIfTheLoadHasNotSeenTheirTopics() {
        InitialLoad latest = load(10);
        latest.reset(EPOCHS, 100, List.of());
        latest.append(List.of(event(101, "a"), forget(102, "b"), event(103, "c"), event(104, "d"), event(105, "d")));
        latest.done(
                List.of(event(7, "x"), event(8, "a"), event(9, "b"), event(10, "c"), event(99, "y"), event(101, "a")));
        assertEquals(List.of("begin a-0 0 at 102 after [7, 99, 101] with [103, 104, 105]"), seen);
    }

    @Test
    void ofTooManyTopicsFromElsewhereTheNewestCount() {
        InitialLoad latest = load(2);
        latest.reset(EPOCHS, 100, List.of());
        latest.append(List.of(event(101, "a"), event(102, "b"), event(103, "b"), event(104, "b")));
        latest.done(List.of(event(7, "x"), event(99, "y")));
        assertEquals(List.of("begin a-0 0 at 101 after [99, 101] with [102, 103, 104]"), seen);
    }

    @Test
    void olderNewestEventsThatTheLogTellsAreHandedOver() {
        InitialLoad latest = load(10);
        latest.reset(EPOCHS, 100, List.of(event(7, "x"), event(9, "a")), List.of(event(101, "a")));
        latest.done();
        assertEquals(List.of("begin a-0 0 at 100 after [7] with [101]"), seen);
        latest.reset(EPOCHS, 200, List.of(event(7, "x")), List.of());
        assertEquals("begin a-0 0 at 200 after [7] with []", seen.get(1));
    }

    @Test
    void aHistoryThatKeepsNothingBeyondItsBoundsGetsNothing() {
        loading.reset(EPOCHS, 100, List.of(event(7, "x")), events(101, 102, 103, 104));
        loading.done(List.of(event(8, "y")));
        assertEquals(List.of("begin a-0 0 at 101 with [102, 103, 104]"), seen);
    }

    private InitialLoad load(int latest) {
        return new InitialLoad(new Recorder(), History.of(3, null, null, latest), clock);
    }

    private Event event(long n, String topic) {
        return Event.of(new EventId("a", n), clock.instant(), new NewEvent(topic, null, "x"));
    }

    private Event forget(long n, String topic) {
        return Event.of(new EventId("a", n), clock.instant(), new NewEvent(topic, null, Bytes.of(""), true));
    }

    private List<Event> events(long... numbers) {
        return Arrays.stream(numbers)
                .mapToObj(n -> Event.of(new EventId("a", n), clock.instant(), new NewEvent("t", null, "x")))
                .toList();
    }

    private static List<Long> numbers(List<Event> events) {
        return events.stream().map(Event::n).toList();
    }

    private final class Recorder implements EventLog.Follower {

        @Override
        public void reset(Epochs epochs, long n, List<Event> latest, List<Event> kept) {
            String older = latest.isEmpty() ? "" : " after " + numbers(latest);
            seen.add("begin " + epochs + " at " + n + older + " with " + numbers(kept));
        }

        @Override
        public void beginEpoch(Epochs epochs) {
            seen.add("goes on");
        }

        @Override
        public void append(List<Event> events) {
            seen.add(numbers(events).toString());
        }
    }
}
