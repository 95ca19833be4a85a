package io.sluice.stream;

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

class SubmissionTest {

    private static final Publication SMALL = new Publication("t", null, "");

    @Test
    void whatCouldNeverFitIsRefused() {
        Publication large = new Publication("t", null, "x".repeat((int) Submission.MAX_SIZE.bytes() + 1));
        assertThrows(IllegalArgumentException.class, () -> Submission.of(large));
        List<Publication> many = Collections.nCopies(Submission.MAX_EVENTS + 1, SMALL);
        assertThrows(IllegalArgumentException.class, () -> new Submission(many, null));
        assertThrows(IllegalArgumentException.class, Submission::of);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\rb", "ü"})
    void aKeyIsPrintableAscii(String key) {
        assertThrows(IllegalArgumentException.class, () -> new Submission(List.of(SMALL), key));
    }

    @Test
    void aKeyThatIsTooLongIsNotRepeatedInTheMessage() {
        new Submission(List.of(SMALL), "k".repeat(Submission.MAX_KEY));
        String tooLong = "k".repeat(Submission.MAX_KEY + 1);
        assertEquals(
                "idempotency key of 256 characters: expected 1 to 255 printable ASCII characters without a space",
                assertThrows(IllegalArgumentException.class, () -> new Submission(List.of(SMALL), tooLong))
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
        return new Submission(
                        Arrays.stream(data)
                                .map(text -> new Publication(topic, type, text))
                                .toList(),
                        "k")
                .digest();
    }
}
