package io.sluice.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.stream.TopicFilter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What somebody may read and write, and until when. */
class RightsTest {

    private static final Instant NOON = Instant.parse("2026-07-28T12:00:00Z");

    @Test
    void rightsToTheSameStreamAddUp() {
        Rights rights =
                Rights.of(List.of("prices#eur.>", "prices#usd", "chat/*#ada", "chat/42"), List.of("prices#eur.*"));

        assertEquals(TopicFilter.of(List.of("eur.>", "usd")), rights.readable("prices"));
        assertEquals(TopicFilter.of(List.of("eur.*")), rights.writable("prices"));
        assertEquals(TopicFilter.exact("ada"), rights.readable("chat/7"));
        assertEquals(TopicFilter.ALL, rights.readable("chat/42"));
        assertEquals(TopicFilter.NONE, rights.writable("chat/42"));
        assertEquals(TopicFilter.NONE, rights.readable("chat"));
        assertFalse(rights.isAdmin());
    }

    @Test
    void noRightsGiveNothing() {
        assertTrue(Rights.NONE.readable("events").isNone());
        assertTrue(Rights.NONE.writable("events").isNone());
        assertFalse(Rights.NONE.isAdmin());
        assertTrue(Rights.of(List.of(), List.of()).readable("events").isNone());
    }

    @Test
    void allRightsGiveEverything() {
        assertTrue(Rights.ALL.readable("events").isAll());
        assertTrue(Rights.ALL.writable("chat/42").isAll());
        assertTrue(Rights.ALL.isAdmin());
    }

    /** A user whose name is a wildcard once got everybody's messages. */
    @Test
    void aTopicOfAUserIsNeverThatOfAnother() {
        Rights everybody = Rights.of(TopicFilter.exact("*"), TopicFilter.NONE);
        Rights ada = Rights.of(TopicFilter.exact("ada"), TopicFilter.NONE);

        assertTrue(everybody.readable("inbox").isNone());
        assertTrue(ada.readable("inbox").matches("ada"));
        assertFalse(ada.readable("inbox").matches("bob"));
        assertTrue(ada.writable("inbox").isNone());
    }

    @Test
    void aRightThatIsNoneIsNamed() {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> Rights.of(List.of("events"), List.of("chat/a/b")));

        assertEquals(
                "the right \"chat/a/b\": expected the name of a stream, or of a template and /*", refusal.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Rights.of(List.of(""), List.of()));
        assertThrows(IllegalArgumentException.class, () -> Rights.of(List.of("chat/{sub}"), List.of()));
    }

    @Test
    void rightsEndAtTheirTime() {
        Rights rights = Rights.ALL.until(NOON);

        assertFalse(rights.hasEnded(NOON.minusNanos(1)));
        assertTrue(rights.hasEnded(NOON));
        assertEquals(NOON, rights.end());
        assertNull(Rights.ALL.end());
        assertFalse(Rights.ALL.hasEnded(Instant.MAX));
    }

    @Test
    void whatIsAddedKeepsTheRest() {
        Rights rights = Rights.of(List.of("a"), List.of("b#x")).until(NOON);

        Rights reader = rights.readingAll();
        assertTrue(reader.readable("c").isAll());
        assertEquals(TopicFilter.exact("x"), reader.writable("b"));
        assertEquals(NOON, reader.end());
        Rights admin = rights.withAdmin();
        assertTrue(admin.isAdmin());
        assertEquals(NOON, admin.end());
        assertTrue(admin.readable("c").isNone());
    }
}
