package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class TemplateRoomTest {

    private final TemplateRoom room = new TemplateRoom("chat", 2, 5000);

    @Test
    void thereIsNoPlaceForMoreStreamsThanItsNumber() {
        room.exist(1);
        room.enter("a");
        NotTakenException full = assertThrows(NotTakenException.class, () -> room.enter("b"));
        assertEquals("chat/* has 2 streams, as many as it may; try again", full.getMessage());
        room.leave("a");
        room.enter("b");
    }

    @Test
    void manyRequestsThatMakeOneStreamNeedOnePlace() {
        room.exist(1);
        room.enter("a");
        room.enter("a");
        room.leave("a");
        assertThrows(NotTakenException.class, () -> room.enter("b"));
        room.leave("a");
        room.enter("b");
    }

    @Test
    void streamsThatTakeTooMuchMemoryTakeNoEvent() {
        room.hold(5000);
        room.requireMemory();
        room.hold(1);
        NotTakenException full = assertThrows(NotTakenException.class, room::requireMemory);
        assertEquals(
                "the streams of chat/* take 5001 bytes, more than a quarter of the JVM's memory; try again",
                full.getMessage());
        room.hold(-2);
        room.requireMemory();
    }

    /** A million events of a byte each take more than a megabyte. */
    @Test
    void whatAnEventTakesBesidesItsBytesCountsToo() {
        assertEquals(1000 + 10 * 200 + 1240, TemplateRoom.weight(new Journal.Contents(1, 10, 1, 1240, 0, 0)));
        assertEquals(
                1000 + 12 * 200 + 1240 + 99,
                TemplateRoom.weight(new Journal.Contents(3, 12, 1, 1240, 2, 99)),
                "with what is kept beyond the bounds");
    }
}
