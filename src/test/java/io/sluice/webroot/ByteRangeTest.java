package io.sluice.webroot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 14: ranges of a file of 10 bytes. */
class ByteRangeTest {

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=0-9, 0, 10",
        "bytes=0-, 0, 10",
        "bytes=9-, 9, 1",
        "bytes=2-4, 2, 3",
        "bytes=2-99999999999999999999999999, 2, 8",
        "bytes=-3, 7, 3",
        "bytes=-10, 0, 10",
        "bytes=-99999999999999999999999999, 0, 10",
        "Bytes=2-4, 2, 3",
        "'bytes= 2-4 ', 2, 3"
    })
    void oneRangeIsAPart(String header, long from, long length) {
        assertEquals(new ByteRange(from, length, ByteRange.Kind.PART), ByteRange.of(header, 10));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=4-2",
                "bytes=",
                "bytes=-",
                "bytes=a-b",
                "bytes=0x1-2",
                "bytes=1-2-3",
                "bytes 0-1",
                "lines=0-1",
                "0-1",
                "",
                "bytes=0-1,4-5",
                "bytes=0-1,",
                "bytes=٠-١"
            })
    void whatIsNoRangeOrSeveralAreAllBytes(String header) {
        assertEquals(ByteRange.whole(10), ByteRange.of(header, 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=10-20", "bytes=99999999999999999999999999-", "bytes=-0"})
    void aRangeBeyondTheEndCannotBeServed(String header) {
        assertEquals(ByteRange.Kind.UNSATISFIABLE, ByteRange.of(header, 10).kind());
    }

    @Test
    void anEmptyFileHasNoPart() {
        assertEquals(ByteRange.whole(0), ByteRange.of("bytes=-5", 0));
        assertEquals(ByteRange.Kind.UNSATISFIABLE, ByteRange.of("bytes=0-", 0).kind());
    }

    @Test
    void aPartIsNamedByItsFirstAndLastByte() {
        assertEquals("bytes 2-4/10", ByteRange.of("bytes=2-4", 10).contentRange(10));
    }
}
