package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchTest {

    private static final NewEvent SMALL = new NewEvent("t", null, "");

    @Test
    void aBatchThatCouldNeverFitIsRefused() {
        NewEvent large = new NewEvent("t", null, "x".repeat((int) Batch.MAX_SIZE.bytes() + 1));
        Batch tooLarge = Batch.of(large);
        assertThrows(IllegalArgumentException.class, tooLarge::requireSize);
        List<NewEvent> many = Collections.nCopies(Batch.MAX_EVENTS + 1, SMALL);
        assertThrows(IllegalArgumentException.class, () -> new Batch(many, null));
        assertThrows(IllegalArgumentException.class, Batch::of);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\rb", "ü"})
    void aKeyIsPrintableAscii(String key) {
        assertThrows(IllegalArgumentException.class, () -> new Batch(List.of(SMALL), key));
    }

    @Test
    void aKeyThatIsTooLongIsNotRepeatedInTheMessage() {
        new Batch(List.of(SMALL), "k".repeat(Batch.MAX_KEY));
        String tooLong = "k".repeat(Batch.MAX_KEY + 1);
        assertEquals(
                "idempotency key of 256 characters: expected 1 to 255 printable ASCII characters without a space",
                assertThrows(IllegalArgumentException.class, () -> new Batch(List.of(SMALL), tooLong))
                        .getMessage());
    }

    @Test
    void theDigestTellsEventsApart() {
        long digest = digest("t", null, "ab", "c");
        assertEquals(digest, digest("t", null, "ab", "c"));
        assertNotEquals(digest, digest("t", null, "a", "bc"));
        assertNotEquals(digest, digest("u", null, "ab", "c"));
        assertNotEquals(digest, digest("t", "x", "ab", "c"));
    }

    private static long digest(String topic, @Nullable String type, String... data) {
        return new Batch(
                        Arrays.stream(data)
                                .map(text -> new NewEvent(topic, type, text))
                                .toList(),
                        "k")
                .digest();
    }
}
