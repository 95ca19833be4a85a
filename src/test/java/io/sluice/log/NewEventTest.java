package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewEventTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "a\rb", "a\nb", "a\u0000", "a\tb", "a\u001b[2J", "a\u0080", "\udc00", "a*", "a.>"})
    void aTopicThatCouldForgeALineOrAFilterIsRefused(String topic) {
        assertThrows(IllegalArgumentException.class, () -> new NewEvent(topic, null, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\rid: x-1", "a\nb", "a\u0000"})
    void aTypeThatCouldForgeALineIsRefused(String type) {
        assertThrows(IllegalArgumentException.class, () -> new NewEvent("topic", type, ""));
    }

    @Test
    void theMessageShowsWhatCannotBeSeen() {
        Exception e = assertThrows(IllegalArgumentException.class, () -> new NewEvent("a\r\nb", null, ""));
        assertEquals("topic \"a\\u000d\\u000ab\": expected no control character", e.getMessage());
    }

    @Test
    void dataMayHoldAnyUnicodeText() {
        assertEquals(4 + 3 + 1 + 1, new NewEvent("t", "tick.größe", "😀€\n\u0000").size());
        assertThrows(IllegalArgumentException.class, () -> new NewEvent("t", null, "half \ud83d"));
    }
}
