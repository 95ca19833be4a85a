package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdTest {

    @Test
    void readsWhatItWrote() {
        EventId id = new EventId("k3f9a2", 1024);
        assertEquals("k3f9a2-1024", id.toString());
        assertEquals(id, EventId.parse("k3f9a2-1024"));
    }

    @Test
    void theLargestIdIsSafeInACrossOriginHeader() {
        EventId id = new EventId("abcdefghijkl", Long.MAX_VALUE);
        assertEquals(id, EventId.parse(id.toString()));
        assertTrue(id.toString().length() <= EventId.MAX_LENGTH && id.toString().matches("[a-z0-9-]+"), id.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "-1",
                "abc",
                "abc-",
                "abc--1",
                "abc-+1",
                "abc-01",
                "abc-1 ",
                "ABC-1",
                "a_b-1",
                "a-b-1",
                "abc-1.5",
                "abc-9223372036854775808",
                "abcdefghijklm-1",
                "abc-١",
                "k3f9a2-1\r\nevent: close"
            })
    void aClientsNonsenseIsNoId(String text) {
        assertNull(EventId.parse(text));
    }

    @Test
    void aLogThatStartsTakesAnEpochOfItsOwn() {
        EventId first = EventId.fresh();
        assertEquals(0, first.n());
        assertTrue(first.toString().matches("[a-z][a-z0-9]{5}-0"), first.toString());
        assertNotEquals(first.epoch(), EventId.fresh().epoch());
    }

    @Test
    void aNegativeNumberIsNone() {
        assertThrows(IllegalArgumentException.class, () -> new EventId("abc", -1));
    }
}
