package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HistoryTest {

    private static final History HISTORY = History.of(null, null, ByteSize.ofMegabytes(64));

    @Test
    void aHistoryTakesNoMoreThanAQuarterOfTheMemory() {
        History within = HISTORY.within(ByteSize.ofMegabytes(64).bytes());
        assertEquals(ByteSize.ofMegabytes(16), within.bytes());
        assertEquals(HISTORY.events(), within.events());
        assertEquals(HISTORY.age(), within.age());
    }

    @Test
    void aHistoryThatFitsStaysAsItIs() {
        assertEquals(HISTORY, HISTORY.within(ByteSize.ofMegabytes(256).bytes()));
    }
}
