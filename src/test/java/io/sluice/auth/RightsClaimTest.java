package io.sluice.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.stream.TopicFilter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The claim with the rights, as issuers write it and as none should. */
class RightsClaimTest {

    private static Rights rights(String claims) {
        return RightsClaim.of(new JsonObject(claims), "sluice");
    }

    @Test
    void theClaimSaysWhatItsUserMay() {
        Rights rights = rights("""
                { "sub": "ada", "sluice": { "read": ["events", "chat/{sub}", "prices#eur.>"], "write": ["chat/{sub}"], "admin": true } }
                """);

        assertTrue(rights.readable("events").isAll());
        assertTrue(rights.readable("chat/ada").isAll());
        assertEquals("eur.>", rights.readable("prices").toString());
        assertTrue(rights.readable("chat/bob").isNone());
        assertTrue(rights.writable("chat/ada").isAll());
        assertTrue(rights.writable("events").isNone());
        assertTrue(rights.isAdmin());
    }

    @Test
    void theClaimMayHaveAnotherName() {
        JsonObject claims = new JsonObject("""
                { "sluice": { "read": ["a"] }, "https://example.com/sluice": { "read": ["b"] } }
                """);
        Rights rights = RightsClaim.of(claims, "https://example.com/sluice");

        assertTrue(rights.readable("a").isNone());
        assertTrue(rights.readable("b").isAll());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"sluice\":null}",
                "{\"sluice\":\"events\"}",
                "{\"sluice\":[\"events\"]}",
                "{\"sluice\":true}",
                "{\"sluice\":{}}",
                "{\"sluice\":{\"read\":\"events\",\"write\":{\"0\":\"events\"},\"admin\":\"true\"}}",
                "{\"sluice\":{\"read\":[null,1,{},[\"events\"]],\"write\":true,\"admin\":1}}",
                "{\"sluice\":{\"Read\":[\"events\"],\"Admin\":true}}",
                "{\"SLUICE\":{\"read\":[\"events\"]}}"
            })
    void aClaimOfAnotherShapeGivesNothing(String claims) {
        Rights rights = rights(claims);

        assertTrue(rights.readable("events").isNone());
        assertTrue(rights.writable("events").isNone());
        assertFalse(rights.isAdmin());
        assertNotSame(Rights.NONE, rights);
    }

    @Test
    void aRightThatIsNoneGivesNothingAndTheOthersCount() {
        Rights rights = rights("""
                { "sub": "a/b", "age": 7, "roles": ["x"],
                  "sluice": { "read": ["chat/{sub}", "chat/{age}", "chat/{roles}", "chat/{sluice}", "", 5, "chat/../events", "good"] } }
                """);

        assertTrue(rights.readable("good").isAll());
        for (String stream : new String[] {"chat/a/b", "chat/a", "chat/7", "chat/x", "events", "chat/", ""}) {
            assertTrue(rights.readable(stream).isNone(), stream);
        }
    }

    @Test
    void rightsBeyondAThousandGiveNothing() {
        JsonArray read = new JsonArray();
        for (int i = 0; i < 1001; i++) {
            read.add("chat/" + i);
        }
        Rights rights = RightsClaim.of(new JsonObject().put("sluice", new JsonObject().put("read", read)), "sluice");

        assertTrue(rights.readable("chat/999").isAll());
        assertTrue(rights.readable("chat/1000").isNone());
    }

    /** A request asks for them on the event loop. */
    @Test
    void manyRightsToOneStreamTakeNoTime() {
        JsonArray read = new JsonArray();
        for (int i = 0; i < 1000; i++) {
            read.add("prices#t" + i);
        }
        Rights rights = RightsClaim.of(new JsonObject().put("sluice", new JsonObject().put("read", read)), "sluice");
        TopicFilter readable = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            TopicFilter last = TopicFilter.NONE;
            for (int i = 0; i < 100; i++) {
                last = rights.readable("prices");
            }
            return last;
        });

        assertEquals(1000, readable.patterns().size());
    }
}
