package io.sluice.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.log.NotTakenException;
import io.sluice.log.OutcomeUnknownException;
import org.junit.jupiter.api.Test;

class PublishFailureTest {

    @Test
    void aLogThatTookNothingIsAskedAgain() {
        assertCodes(503, 503, new NotTakenException("the log is away; try again"));
    }

    @Test
    void anUnknownOutcomeIsAskedAgainWithTheSameKey() {
        PublishFailure lost = PublishFailure.of(new OutcomeUnknownException("the leader has died"));
        assertEquals(PublishFailure.OUTCOME_UNKNOWN, lost);
        assertCodes(503, 503, new IllegalStateException("an unnamed failure"));
    }

    @Test
    void eventsThatCannotBeABatchAreTheSendersFault() {
        assertCodes(400, 413, new IllegalArgumentException("20000 events"));
    }

    private static void assertCodes(int bus, int http, Throwable failure) {
        PublishFailure row = PublishFailure.of(failure);
        assertEquals(bus, row.busCode());
        assertEquals(http, row.httpStatus());
    }
}
