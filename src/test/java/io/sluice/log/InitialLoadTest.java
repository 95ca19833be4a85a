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
            seen.add("begin " + epochs + " at " + n + " with " + numbers(kept));
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
