package io.sluice.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.stream.TopicFilter;
import io.sluice.testing.Texts;
import io.sluice.testing.TopicOracle;
import io.sluice.testing.Topics;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Rights of any text, filled with any claims, against a second reader of them that goes character by character. */
class RightsFuzzTest {

    private static final String NAME_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-";

    // ---- a right

    @Property(tries = 1500, edgeCases = EdgeCasesMode.NONE)
    void aRightIsToWhatItSaysOrRefused(
            @ForAll("rights") String text,
            @ForAll("claims") Map<String, String> claims,
            @ForAll("streams") String stream,
            @ForAll("topics") String topic) {
        Optional<Oracle> expected = Oracle.read(text, claims);
        if (expected.isEmpty()) {
            assertThrows(IllegalArgumentException.class, () -> Right.parse(text, claims::get), text);
        } else {
            Right right = Right.parse(text, claims::get);
            assertEquals(expected.get().isTo(stream), right.isTo(stream), text + " and " + stream);
            assertEquals(expected.get().matches(topic), right.topics().matches(topic), text + " and " + topic);
        }
    }

    /** However a user is called, nobody else's stream is reached, and nobody else's topic. */
    @Property(tries = 1500, edgeCases = EdgeCasesMode.NONE)
    void aUsersRightIsNeverToAnotherUsersStreamOrTopic(
            @ForAll("values") String me, @ForAll("names") String other, @ForAll("patterns") String pattern) {
        JsonObject claims = new JsonObject()
                .put("sub", me)
                .put(
                        "sluice",
                        new JsonObject()
                                .put(
                                        "read",
                                        new JsonArray(List.of("chat/{sub}", "all#of.{sub}", "all#to.{sub}." + pattern)))
                                .put("write", new JsonArray(List.of("chat/{sub}#by.{sub}"))));
        Rights rights = RightsClaim.of(claims, "sluice");
        assertEquals(isName(me), !rights.readable("chat/" + me).isNone(), me);
        assertEquals(isToken(me), rights.readable("all").matches("of." + me), me);
        if (!other.equals(me)) {
            assertTrue(rights.readable("chat/" + other).isNone(), me);
            assertTrue(rights.writable("chat/" + other).isNone(), me);
            assertFalse(rights.readable("all").matches("of." + other), me);
            assertFalse(rights.readable("all").matches("to." + other + ".a"), me);
            assertFalse(rights.writable("chat/" + me).matches("by." + other), me);
        }
        for (String elsewhere : List.of("chat", "chat/", "", "*", "chat/*", "events", "chat/" + other + "/" + me)) {
            assertTrue(rights.readable(elsewhere).isNone(), elsewhere);
        }
        assertFalse(rights.readable("all").matches("of"), me);
        assertFalse(rights.readable("all").matches("of." + me + ".more"), me);
        assertFalse(rights.isAdmin());
    }

    /** One whom the application knows by any text gets that topic, if there can be one. */
    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void anExactTopicIsNoOtherOnesTopic(@ForAll("values") String me, @ForAll("names") String other) {
        Rights rights = Rights.of(TopicFilter.exact(me), TopicFilter.NONE);
        assertEquals(TopicOracle.isTopic(me), rights.readable("any").matches(me), me);
        assertEquals(other.equals(me), rights.readable("any").matches(other), me);
        assertTrue(rights.writable("any").isNone());
    }

    // ---- several

    @Property(tries = 1500, edgeCases = EdgeCasesMode.NONE)
    void rightsAreWhatEachOfThemIsAndTheBrokenOnesAreNone(
            @ForAll("lists") List<String> texts,
            @ForAll("claims") Map<String, String> values,
            @ForAll("streams") String stream,
            @ForAll("topics") String topic) {
        JsonObject claims = new JsonObject();
        values.forEach(claims::put);
        claims.put(
                "sluice",
                new JsonObject()
                        .put("read", new JsonArray(new ArrayList<>(texts)))
                        .put("write", texts.get(0)));
        boolean expected = texts.stream()
                .map(text -> Oracle.read(text, values))
                .flatMap(Optional::stream)
                .anyMatch(right -> right.isTo(stream) && right.matches(topic));
        Rights rights = RightsClaim.of(claims, "sluice");
        assertEquals(expected, rights.readable(stream).matches(topic));
        assertTrue(rights.writable(stream).isNone(), "a text is no list");
    }

    /** A token that says something else in its claim is a good token without rights. */
    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void aClaimOfAnotherShapeGivesNothing(@ForAll("shapes") Object shape, @ForAll("streams") String stream) {
        for (String key : List.of("sluice", "read", "write", "admin")) {
            JsonObject claims = key.equals("sluice")
                    ? new JsonObject().put("sluice", shape)
                    : new JsonObject().put("sluice", new JsonObject().put(key, shape));
            Rights rights = RightsClaim.of(claims, "sluice");
            assertTrue(rights.readable(stream).isNone());
            assertTrue(rights.writable(stream).isNone());
            assertFalse(rights.isAdmin());
        }
    }

    // ---- the second reader

    /**
     * @param stream the name, or its beginning if {@code any}
     * @param pattern of topics
     */
    private record Oracle(String stream, boolean any, String pattern) {

        static Optional<Oracle> read(String text, Map<String, String> claims) {
            int hash = text.indexOf('#');
            Optional<String> stream = fill(hash < 0 ? text : text.substring(0, hash), claims, true);
            Optional<String> pattern = hash < 0 ? Optional.of(">") : fill(text.substring(hash + 1), claims, false);
            if (stream.isEmpty() || pattern.isEmpty() || !TopicOracle.isPattern(pattern.get())) {
                return Optional.empty();
            }
            String[] parts = stream.get().split("/", -1);
            boolean any = parts.length == 2 && parts[1].equals("*");
            boolean named = isName(parts[0]) && (parts.length == 1 || (parts.length == 2 && (any || isName(parts[1]))));
            return named
                    ? Optional.of(new Oracle(any ? parts[0] : stream.get(), any, pattern.get()))
                    : Optional.empty();
        }

        /** Empty if a claim cannot stand where it is asked for. */
        private static Optional<String> fill(String text, Map<String, String> claims, boolean inName) {
            StringBuilder filled = new StringBuilder();
            for (int i = 0; i < text.length(); i++) {
                int end = text.indexOf('}', i);
                boolean isClaim = text.charAt(i) == '{'
                        && end > 0
                        && text.substring(i + 1, end).indexOf('{') < 0;
                if (isClaim) {
                    String value = claims.get(text.substring(i + 1, end));
                    if (value == null || !(inName ? isPartOfName(value) : isToken(value))) {
                        return Optional.empty();
                    }
                    filled.append(value);
                    i = end;
                } else {
                    filled.append(text.charAt(i));
                }
            }
            return Optional.of(filled.toString());
        }

        boolean isTo(String asked) {
            if (!any) {
                return asked.equals(stream);
            }
            String[] parts = asked.split("/", -1);
            return parts.length == 2 && parts[0].equals(stream) && isName(parts[1]);
        }

        boolean matches(String topic) {
            return TopicOracle.matches(pattern, topic);
        }
    }

    private static boolean isPartOfName(String text) {
        return !text.isEmpty() && text.length() <= 128 && text.chars().allMatch(c -> NAME_CHARACTERS.indexOf(c) >= 0);
    }

    private static boolean isName(String text) {
        return isPartOfName(text) && !text.equals(".") && !text.equals("..");
    }

    private static boolean isToken(String text) {
        return !text.contains(".") && TopicOracle.isTopic("of." + text) && !text.isEmpty();
    }

    // ---- what is tried

    @Provide
    Arbitrary<String> rights() {
        Arbitrary<String> usual = Arbitraries.of(
                "events",
                "chat/42",
                "chat/*",
                "chat/{sub}",
                "{sub}",
                "{sub}/{sub}",
                "chat/{sub}{team}",
                "chat/a-{sub}",
                "chat/{}",
                "chat/{{sub}}",
                "chat/{sub",
                "{team}/*");
        Arbitrary<String> limits = Arbitraries.oneOf(
                Topics.patterns().map(pattern -> "#" + pattern),
                Arbitraries.of(
                        "#{sub}", "#{sub}.>", "#a.{team}.{sub}", "#{sub}{team}", "#{no}", "#", "##a", "#{sub}*"));
        Arbitrary<String> limited = usual.flatMap(stream -> limits.map(limit -> stream + limit));
        return Arbitraries.frequencyOf(
                Tuple.of(3, usual),
                Tuple.of(6, limited),
                Tuple.of(2, Texts.nearly(Arbitraries.oneOf(usual, limited))),
                Tuple.of(1, Texts.any()));
    }

    @Provide
    Arbitrary<List<String>> lists() {
        return rights().list().ofMinSize(1).ofMaxSize(6);
    }

    @Provide
    Arbitrary<Map<String, String>> claims() {
        return Arbitraries.maps(Arbitraries.of("sub", "team", "", "a.b"), values())
                .ofMaxSize(3);
    }

    /** What somebody may be called. */
    @Provide
    Arbitrary<String> values() {
        return Arbitraries.frequencyOf(
                Tuple.of(5, names()),
                Tuple.of(3, Texts.nearly(names())),
                Tuple.of(3, Texts.any()),
                Tuple.of(
                        3,
                        Arbitraries.of(
                                "",
                                "*",
                                ">",
                                ".",
                                "..",
                                "/",
                                "#",
                                "a/b",
                                "../a",
                                "a#b.>",
                                "{sub}",
                                "{team}",
                                "$1",
                                "\\",
                                "a.b",
                                "\ud800",
                                "a\n",
                                "\0",
                                "%2e%2e",
                                "\u00e9",
                                "a".repeat(128),
                                "a".repeat(129),
                                "a".repeat(10_000),
                                "{".repeat(10_000))));
    }

    /** Names that a stream can have, and a token of a topic. */
    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of("42", "a", "b", "c", "alice", "bob", "a-b", "A", "~", "alice2");
    }

    /** Names that can be asked for: a door has checked them. */
    @Provide
    Arbitrary<String> streams() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "events",
                        "chat",
                        "alice",
                        "a",
                        "42",
                        "a/a",
                        "42/a",
                        "chat/a-a",
                        "chat/aa",
                        "chat/{sub}".replace("{sub}", "~")),
                names().map(name -> "chat/" + name));
    }

    @Provide
    Arbitrary<String> topics() {
        return Arbitraries.oneOf(
                Topics.topics(), names(), names().map(name -> "a." + name), names().map(name -> name + ".a"));
    }

    @Provide
    Arbitrary<String> patterns() {
        return Topics.patterns();
    }

    @Provide
    Arbitrary<Object> shapes() {
        return Arbitraries.of(
                "events",
                "*",
                1,
                1.5,
                "true",
                new JsonObject().put("events", true),
                new JsonObject().put("read", "events").put("admin", "true"),
                new JsonArray(),
                new JsonArray()
                        .add(1)
                        .addNull()
                        .add(new JsonArray().add("events"))
                        .add(new JsonObject()),
                new JsonArray()
                        .add("")
                        .add("*")
                        .add("#")
                        .add("/")
                        .add("//")
                        .add("/*")
                        .add("*/*")
                        .add("**"));
    }
}
