package io.sluice.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.stream.TopicFilter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The grammar of a right, and texts that try to make more of one. */
class RightTest {

    private static Right parse(String text) {
        return parse(text, "ada");
    }

    private static Right parse(String text, String sub) {
        return Right.parse(text, Map.of("sub", sub, "https://example.com/room", "42")::get);
    }

    @ParameterizedTest
    @CsvSource({
        "events,                          events,   >",
        "chat/42,                         chat/42,  >",
        "chat/*,                          chat/*,   >",
        "chat/{sub},                      chat/ada, >",
        "{sub},                           ada,      >",
        "chat/{sub}-{sub},                chat/ada-ada, >",
        "chat/{https://example.com/room}, chat/42,  >",
        "prices#eur.>,                    prices,   eur.>",
        "prices#eur.*,                    prices,   eur.*",
        "prices#>,                        prices,   >",
        "prices#users.{sub},              prices,   users.ada",
        "prices#users.{sub}.>,            prices,   users.ada.>",
        "chat/*#{sub},                    chat/*,   ada",
        "events#a#b,                      events,   a#b",
        "events#{sub,                     events,   {sub",
        "a.b/..c,                         a.b/..c,  >"
    })
    void aRightIsToAStreamAndItsTopics(String text, String stream, String topics) {
        assertEquals(new Right(stream, TopicFilter.of(List.of(topics))), parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "*",
                "/",
                "/events",
                "events/",
                "chat/**",
                "chat/*x",
                "chat/a/b",
                "*/a",
                "chat//a",
                "chat/ a",
                "events ",
                "../events",
                "chat/..",
                "chat/.",
                ".",
                "..",
                "./a",
                "chat/%2e%2e",
                "chat%2F42",
                "chat\\42",
                "événements",
                "events\n",
                "chat/{nobody}",
                "chat/{}",
                "chat/{sub",
                "chat/sub}",
                "chat/{{sub}}",
                "{sub",
                "events#",
                "events#{nobody}",
                "events#a.>.b",
                "events#a*",
                "events?topic=a",
                "events#a\nb"
            })
    void aTextThatIsNoRightIsNone(String text) {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> parse(text));

        assertEquals(1, String.valueOf(refusal.getMessage()).lines().count());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "*", ">", ".", "..", "/", "a/b", "../a", "a/../b", "a%2Fb", "%2e%2e", "a\\b", "a b", "a#>", "#",
                "{sub}", "{", "a\n", "a\u0000", "ä", "a*", "𝔞"
            })
    void aValueThatIsNoNameOpensNoStream(String sub) {
        assertThrows(IllegalArgumentException.class, () -> parse("chat/{sub}", sub));
        assertThrows(IllegalArgumentException.class, () -> parse("{sub}", sub));
    }

    @Test
    void aValueThatIsTooLongForANameOpensNoStream() {
        assertTrue(parse("chat/{sub}", "a".repeat(128)).isTo("chat/" + "a".repeat(128)));
        assertThrows(IllegalArgumentException.class, () -> parse("chat/{sub}", "a".repeat(129)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "*", ">", ".", "..", "a.b", ".a", "a.", "a*", "a>", "*.>", "a\n", "a\r", "\u0000", "\u0085"})
    void aValueThatIsNotOneTokenOpensNoTopic(String sub) {
        assertThrows(IllegalArgumentException.class, () -> parse("prices#{sub}", sub));
        assertThrows(IllegalArgumentException.class, () -> parse("prices#users.{sub}.>", sub));
        assertThrows(IllegalArgumentException.class, () -> parse("prices#x{sub}", sub));
    }

    @Test
    void halfASurrogatePairOpensNoTopic() {
        assertThrows(IllegalArgumentException.class, () -> parse("prices#{sub}", "a\uD800"));
    }

    /** A topic may have these: they are no more than themselves there. */
    @ParameterizedTest
    @ValueSource(strings = {"a b", "a/b", "a#b", "{sub}", "{", "ä", "a,b", "a%2Eb", "\\Q", "$1", "a+b"})
    void aValueOfATopicIsTakenAsItIs(String sub) {
        Right right = parse("prices#users.{sub}", sub);

        assertEquals(new Right("prices", TopicFilter.exact("users." + sub)), right);
        assertTrue(right.topics().matches("users." + sub));
        assertFalse(right.topics().hasWildcards());
    }

    @ParameterizedTest
    @CsvSource({
        "chat/*, chat/42, true",
        "chat/*, chat/a.b, true",
        "chat/*, chat, false",
        "chat/*, chats/42, false",
        "chat/*, chat2/42, false",
        "chat, chat/42, false",
        "chat/4, chat/42, false",
        "chat/42, chat/42, true",
        "chat/42, Chat/42, false"
    })
    void aRightIsToWhatItNames(String right, String stream, boolean isTo) {
        assertEquals(isTo, parse(right).isTo(stream));
    }
}
