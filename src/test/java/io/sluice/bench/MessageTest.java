package io.sluice.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MessageTest {

    @Test
    void aMessageIsPaddedToItsSize() {
        assertEquals("{\"t\":5,\"n\":7,\"p\":\"xx\"}", Message.of(5, 7, 22));
        assertEquals("{\"t\":5,\"n\":7,\"p\":\"\"}", Message.of(5, 7, 0));
    }

    @Test
    void itsNumbersAreReadBack() {
        byte[] text = Message.of(1_763_884_800_123_456_789L, 42, 100).getBytes(UTF_8);
        assertEquals(1_763_884_800_123_456_789L, Message.time(text, text.length));
        assertEquals(42, Message.sequence(text, text.length));
    }

    @Test
    void spacesMayFollowAColon() {
        byte[] text = "{ \"n\": 42, \"t\": 5 }".getBytes(UTF_8);
        assertEquals(42, Message.sequence(text, text.length));
        assertEquals(5, Message.time(text, text.length));
    }

    @Test
    void anotherTextHasNoNumbers() {
        for (String other : new String[] {"", "Hello", "{\"n\":", "{\"n\":\"x\"}", "{\"m\":1}"}) {
            byte[] text = other.getBytes(UTF_8);
            assertEquals(Message.NONE, Message.sequence(text, text.length), other);
        }
    }
}
