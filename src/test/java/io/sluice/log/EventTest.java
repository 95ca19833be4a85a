package io.sluice.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventTest {

    @Test
    void anEventIsAnIdAndItsData() {
        assertEquals("""
                id: k3f9a2-7
                data: {"price":1.09}

                """, encoded(null, "{\"price\":1.09}"));
    }

    @Test
    void aTypeIsThereOnlyWhereTheEventHasOne() {
        assertEquals("""
                id: k3f9a2-7
                event: größe
                data: 1

                """, encoded("größe", "1"));
    }

    @Test
    void everyKindOfLineEndBeginsADataLine() {
        assertEquals("""
                id: k3f9a2-7
                data: a
                data: b
                data: c
                data: d
                data:\s
                data: e

                """, encoded(null, "a\nb\rc\r\nd\n\re"));
    }

    @Test
    void aLoneCarriageReturnForgesNothing() {
        assertEquals("""
                id: k3f9a2-7
                data: a
                data: event: close
                data:\s
                data: id: x-1

                """, encoded(null, "a\revent: close\r\rid: x-1"));
    }

    @Test
    void aLineEndAtTheEndStays() {
        assertEquals("""
                id: k3f9a2-7
                data: a
                data:\s

                """, encoded(null, "a\n"));
    }

    @Test
    void emptyDataIsStillAnEvent() {
        assertEquals("""
                id: k3f9a2-7
                data:\s

                """, encoded(null, ""));
    }

    @Test
    void dataIsUtf8() {
        assertEquals("""
                id: k3f9a2-7
                data: Grüße 😀 ⸺

                """, encoded(null, "Grüße 😀 ⸺"));
    }

    private static String encoded(@Nullable String type, String data) {
        Event event = Event.of(new EventId("k3f9a2", 7), Instant.EPOCH, new NewEvent("topic", type, data));
        return new String(event.frame(), UTF_8);
    }
}
