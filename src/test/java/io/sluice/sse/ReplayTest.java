package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.log.ByteSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayTest {

    @ParameterizedTest
    @CsvSource({
        "last, NEWEST, 1",
        "none, NONE, 0",
        "all, ALL, 0",
        "snapshot, SNAPSHOT, 0",
        "0, NEWEST, 0",
        "25, NEWEST, 25"
    })
    void isAWordOrANumber(String text, Replay.Kind kind, int count) {
        assertEquals(new Replay(kind, count), Replay.parse(text));
        assertEquals(text, Replay.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "LAST", "-1", "1.5", "1000001", "99999999999", "some"})
    void anythingElseIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Replay.parse(text));
    }

    @Test
    void sizesHaveUnits() {
        assertEquals(64L << 20, ByteSize.parse("64MB").bytes());
        assertEquals("256kB", ByteSize.parse("256 KB").toString());
        assertEquals("1025B", new ByteSize(1025).toString());
        assertEquals("0B", ByteSize.parse("0B").toString());
        assertThrows(IllegalArgumentException.class, () -> ByteSize.parse("64"));
        assertThrows(IllegalArgumentException.class, () -> ByteSize.parse("1.5MB"));
    }
}
