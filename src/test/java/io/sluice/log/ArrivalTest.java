package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** For how long an event has been at a node. */
class ArrivalTest {

    private static final EventId EMPTY = new EventId("e", 0);

    @ParameterizedTest
    @ValueSource(
            longs = {0, 1, 999, 4_294_967_295_000L, 4_294_967_296_000L, Long.MAX_VALUE - 2_000_000, -5_000_000_000L})
    void itIsKnownToSomeMicroseconds(long arrived) {
        assertEquals(1_000_000.0, (double) arrivedAt(arrived).nanosSinceArrival(arrived + 1_000_000), 2_000.0);
    }

    @Test
    void anotherThreadsClockThatIsABitBehindMakesItNoAge() {
        assertEquals(0, arrivedAt(5_000_000).nanosSinceArrival(4_000_000));
    }

    @Test
    void ofTheHistoryThatANodeLoadsItIsNotKnown() {
        JournalWriter writer = new JournalWriter(History.DEFAULT, InstantSource.system());
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of(event(1)));
        writer.append(List.of(event(2)));
        Journal journal = writer.journal();
        assertEquals(-1, Objects.requireNonNull(journal.read(1)).nanosSinceArrival(System.nanoTime()));
        assertTrue(Objects.requireNonNull(journal.read(2)).nanosSinceArrival(System.nanoTime()) >= 0);
    }

    private static Journal.Entry arrivedAt(long nanoTime) {
        return new Journal.Entry(1, event(1), 0, Journal.Entry.arrival(nanoTime), new Encoding[0]);
    }

    private static Event event(long n) {
        return Event.of(EMPTY.at(n), Instant.now(), new NewEvent("t", null, "data"));
    }
}
