package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.testing.client.SequenceCheck;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceCheckTest {

    private final LoadCounters counters = new LoadCounters();

    @Test
    void aDenseSequenceIsWhole() {
        take(new SequenceCheck(10, counters), 11, 12, 13).end(13);
        assertEquals(List.of(), counters.faults());
    }

    @Test
    void aNumberThatDoesNotComeIsMissing() {
        take(new SequenceCheck(10, counters), 11, 14).end(14);
        assertEquals(List.of("2 events are missing"), counters.faults());
    }

    @Test
    void theFirstAndTheLastAreMissedToo() {
        take(new SequenceCheck(10, counters), 12).end(15);
        assertEquals(List.of("4 events are missing"), counters.faults());
    }

    @Test
    void aNumberThatComesAgainIsADuplicate() {
        take(new SequenceCheck(10, counters), 11, 12, 12, 11, 13).end(13);
        assertEquals(List.of("2 events came twice"), counters.faults());
    }

    @Test
    void aNumberThatComesLateIsOutOfOrderAndNotMissing() {
        take(new SequenceCheck(10, counters), 11, 13, 12, 14).end(14);
        assertEquals(List.of("1 events came out of order"), counters.faults());
    }

    @Test
    void aListenerWithoutAPublisherBeginsAnywhere() {
        take(new SequenceCheck(SequenceCheck.ANYWHERE, counters), 70, 71, 73);
        assertEquals(List.of("1 events are missing"), counters.faults());
    }

    private static SequenceCheck take(SequenceCheck check, long... numbers) {
        for (long n : numbers) {
            check.take(n);
        }
        return check;
    }
}
