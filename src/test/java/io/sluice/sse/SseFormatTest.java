package io.sluice.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.log.Bytes;
import io.sluice.log.Event;
import io.sluice.log.EventFormat;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SseFormatTest {

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

    @Test
    void dataThatIsNotUtf8IsShownAsSuch() {
        Bytes data = Bytes.copyOf(new byte[] {'a', (byte) 0xc3, 'b', (byte) 0xff, '\n', (byte) 0x80});
        assertEquals("""
                id: k3f9a2-7
                data: a\uFFFDb\uFFFD
                data: \uFFFD

                """, encoded(new NewEvent("topic", null, data)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "gap", "sluice-node", "error", "open"})
    void aTypeOfTheServersOwnOrTheConnectionsIsRefusedAndNeverShown(String type) {
        NewEvent event = new NewEvent("topic", type, "1");
        assertThrows(IllegalArgumentException.class, () -> SseFormat.INSTANCE.requireAllowed(event));
        assertEquals("id: k3f9a2-7\ndata: 1\n\n", encoded(event), "another node took it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"message", "Error", "OPEN", "errors", "closed"})
    void aTypeThatOnlyLooksLikeAReservedOneIsAllowed(String type) {
        SseFormat.INSTANCE.requireAllowed(new NewEvent("topic", type, "1"));
        assertEquals("id: k3f9a2-7\nevent: " + type + "\ndata: 1\n\n", encoded(type, "1"));
    }

    /** So that history is in memory once. */
    @ParameterizedTest
    @CsvSource({"'{\"ü\":1}', true", "'', true", "'a\nb', false"})
    void theFrameTellsWhereTheDataLiesInOnePiece(String data, boolean inOnePiece) {
        Event event = Event.of(new EventId("k3f9a2", 7), Instant.EPOCH, new NewEvent("topic", "t", data));
        EventFormat.Frame frame = SseFormat.INSTANCE.encode(event);
        assertEquals(inOnePiece, frame.dataAt() >= 0);
        if (inOnePiece) {
            int size = event.data().size();
            assertEquals(data, new String(frame.bytes(), frame.dataAt(), size, UTF_8));
        }
    }

    private static String encoded(@Nullable String type, String data) {
        return encoded(new NewEvent("topic", type, data));
    }

    private static String encoded(NewEvent event) {
        Event appended = Event.of(new EventId("k3f9a2", 7), Instant.EPOCH, event);
        return new String(SseFormat.INSTANCE.encode(appended).bytes(), UTF_8);
    }
}
