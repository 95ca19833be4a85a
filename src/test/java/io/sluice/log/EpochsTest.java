package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpochsTest {

    private static final Epochs FIRST = Epochs.startingAt(new EventId("a", 0));

    @Test
    void eachPositionBelongsToOneEpoch() {
        Epochs epochs = FIRST.goOn(new EventId("b", 501)).goOn(new EventId("c", 901));
        assertEquals("a-0", epochs.id(0).toString());
        assertEquals("a-500", epochs.id(500).toString());
        assertEquals("b-501", epochs.id(501).toString());
        assertEquals("c-901", epochs.id(901).toString());
        assertTrue(epochs.contains(new EventId("a", 500)));
        assertFalse(epochs.contains(new EventId("a", 501)));
        assertFalse(epochs.contains(new EventId("b", 500)));
        assertFalse(epochs.contains(new EventId("x", 1)));
        assertEquals("c", epochs.newest());
    }

    @Test
    void withoutItsPastALogHasTheOldNamesAndNoneOfTheOldIds() {
        Epochs epochs = FIRST.startOver(new EventId("b", 1000));
        assertEquals("a-7", epochs.id(7).toString());
        assertFalse(epochs.contains(new EventId("a", 7)));
        assertTrue(epochs.contains(new EventId("b", 1000)));
    }

    @Test
    void theNewestSixteenAreKept() {
        Epochs epochs = FIRST;
        for (int i = 1; i <= 16; i++) {
            epochs = epochs.goOn(new EventId("b" + i, 10L * i));
        }
        assertEquals(16, epochs.list().size());
        assertFalse(epochs.contains(new EventId("a", 3)));
        assertTrue(epochs.contains(new EventId("b1", 15)));
    }

    @Test
    void theCommonPastOfTwoForksEndsWhereOneBegan() {
        Epochs fork = FIRST.goOn(new EventId("b", 501));
        assertEquals(500, FIRST.lastCommon(fork, 520));
        assertEquals(500, fork.lastCommon(FIRST, 520));
        assertEquals(300, FIRST.lastCommon(fork, 300));
        assertEquals(500, FIRST.goOn(new EventId("c", 521)).lastCommon(fork, 510));
        assertEquals(520, FIRST.goOn(new EventId("c", 521)).lastCommon(FIRST, 530));
        assertEquals(1000, FIRST.startOver(new EventId("c", 1000)).lastCommon(fork, 520), "nothing");
    }

    @Test
    void theyAreReadAsTheyAreWritten() {
        Epochs epochs = FIRST.goOn(new EventId("b", 501)).startOver(new EventId("c", 2000));
        assertEquals("a-0 b-501 c-2000 2000", epochs.toString());
        assertEquals(epochs, Epochs.parse(epochs.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "a 0", "a-0", "a-x 0"})
    void aTextThatIsNoEpochListIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Epochs.parse(text));
    }
}
