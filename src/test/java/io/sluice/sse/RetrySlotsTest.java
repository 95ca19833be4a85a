package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetrySlotsTest {

    private static final long BASE = 2000;

    @ParameterizedTest
    @CsvSource({"0, 1000", "1, 1000", "1000, 1000", "1001, 1001", "20000, 20000", "300000, 300000", "1000000, 300000"})
    void theWindowIsHalfTheWaitOrAMillisecondForEachSubscription(int held, long window) {
        assertEquals(window, RetrySlots.window(BASE, held));
    }

    @Test
    void aSingleClientComesBackAnywhereInTheWindow() {
        long[] waits = IntStream.range(0, 10_000)
                .mapToLong(i -> RetrySlots.any(BASE, 10_000))
                .toArray();
        assertSpread(waits, 10_000, 150);
    }

    @Test
    void clientsThatEndTogetherComeBackEvenly() {
        int count = 10_000;
        long[] waits = IntStream.range(0, count)
                .mapToLong(i -> RetrySlots.of(i, count, BASE, count))
                .toArray();
        assertSpread(waits, 10_000, 2);
    }

    @Test
    void aFewOfManyAreSpreadOverTheWholeWindow() {
        long first = RetrySlots.of(0, 4, BASE, 40_000);
        long last = RetrySlots.of(3, 4, BASE, 40_000);
        assertTrue(first < BASE + 10_000 && last >= BASE + 30_000, first + " to " + last);
    }

    /** Ten thousand in a window of ten seconds: each second gets its thousand, give or take. */
    private static void assertSpread(long[] waits, long window, int tolerance) {
        int[] seconds = new int[10];
        for (long wait : waits) {
            assertTrue(wait >= BASE && wait <= BASE + window, "out of the window: " + wait);
            seconds[(int) Math.min(9, (wait - BASE) / 1000)]++;
        }
        for (int second : seconds) {
            assertTrue(Math.abs(second - 1000) <= tolerance, "not even: " + second);
        }
    }
}
