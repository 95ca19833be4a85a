package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PauseDetectorTest {

    private static final Duration THRESHOLD = Duration.ofSeconds(7);
    private static final Duration RECENT = Duration.ofSeconds(10);

    private long monotonic = 5000;
    private long wall = 1_000_000;
    private final PauseDetector pauses = new PauseDetector(THRESHOLD, RECENT, () -> monotonic, () -> wall);

    private void pass(long millis) {
        monotonic += millis;
        wall += millis;
    }

    @Test
    void aBeatThatComesInTimeIsNoPause() {
        for (int i = 0; i < 100; i++) {
            pass(PauseDetector.BEAT_MILLIS);
            pauses.beat();
        }
        assertFalse(pauses.isRecent());
    }

    @Test
    void whoeverAsksFirstAfterAPauseIsToldOfIt() {
        pass(20_000);
        assertTrue(pauses.isRecent());
        assertEquals(20_000, pauses.pauseMillis());
    }

    @Test
    void aPauseIsRecentForAWhile() {
        pass(20_000);
        pauses.beat();
        pass(THRESHOLD.toMillis());
        assertTrue(pauses.isRecent());
        pass(RECENT.toMillis() - THRESHOLD.toMillis() + 1);
        assertFalse(pauses.isRecent());
    }

    /** In a suspended machine the monotonic clock stands still. */
    @Test
    void aMachineThatWasSuspendedStoodStill() {
        wall += 60_000;
        assertTrue(pauses.isRecent());
    }

    @Test
    void aClockThatIsSetBackIsNoPause() {
        pass(PauseDetector.BEAT_MILLIS);
        wall -= 7_200_000;
        assertFalse(pauses.isRecent());
    }
}
