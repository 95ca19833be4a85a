package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.log.ShardCommand.Kind;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ShardCommandTest {

    private static final ShardCommand EVENT = new ShardCommand(
            Kind.EVENT,
            ShardCommand.LAST | ShardCommand.ENDED,
            Long.MIN_VALUE + 7,
            "prices.ü",
            "typ",
            Bytes.of("{\"price\":\"1 €\"}"));

    @Test
    void aCommandIsReadAsItWasWritten() {
        assertEquals(EVENT, ShardCommand.read(EVENT.toEvent("42").data()));
        ShardCommand end = ShardCommand.of(Kind.END, ShardCommand.CREATES, 0);
        assertEquals(end, ShardCommand.read(end.toEvent("42").data()));
        assertEquals("42", end.toEvent("42").topic());
    }

    @Test
    void itMayBeAPartOfALargerArray() {
        byte[] bytes = EVENT.toEvent("42").data().toByteArray();
        byte[] large = new byte[bytes.length + 20];
        System.arraycopy(bytes, 0, large, 7, bytes.length);
        assertEquals(EVENT, ShardCommand.read(Bytes.slice(large, 7, bytes.length)));
    }

    @Test
    void aCommandThatBreaksOffOrIsOfAnotherKindIsRefused() {
        byte[] bytes = EVENT.toEvent("42").data().toByteArray();
        int head = bytes.length - EVENT.data().size();
        for (int length = 0; length < head; length++) {
            Bytes part = Bytes.slice(Arrays.copyOf(bytes, length), 0, length);
            assertThrows(IllegalArgumentException.class, () -> ShardCommand.read(part));
        }
        bytes[0] = 100;
        assertThrows(IllegalArgumentException.class, () -> ShardCommand.read(Bytes.wrap(bytes)));
    }
}
