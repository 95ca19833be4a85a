package io.sluice.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Texts;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** What a token says before its signature is checked comes from anybody: it is read, or refused, and nothing else happens. */
class SignedTokenFuzzTest {

    private static final String HEADER = "{\"alg\":\"HS256\"}";
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Instant NOW = Instant.parse("2026-11-27T06:00:00Z");
    private static final ClaimRules RULES =
            new ClaimRules(null, null, Duration.ofSeconds(30), Clock.fixed(NOW, ZoneOffset.UTC));

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void aTextIsReadOrRefused(@ForAll("texts") String text) {
        try {
            SignedToken token = SignedToken.parse(text);
            assertEquals(text, token.text());
            Rights rights = RightsClaim.of(token.claims(), "sluice");
            assertTrue(rights.end() == null);
            assertTrue(NOW.isBefore(RULES.end(token.claims()).plus(Rights.GRACE)));
        } catch (BadCredentialException e) {
            assertFalse(String.valueOf(e.getMessage()).isEmpty());
        }
    }

    /** Two readers that take another one of two names would see two tokens. */
    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void whatIsReadIsWhatIsThere(@ForAll("names") List<String> names) {
        StringBuilder json = new StringBuilder();
        names.forEach(name -> json.append(json.isEmpty() ? "{" : ",")
                .append('"')
                .append(name)
                .append("\":\"")
                .append(name)
                .append('"'));
        boolean once = names.size() == names.stream().distinct().count();
        try {
            JsonObject claims = SignedToken.parse(token(HEADER, json + "}")).claims();
            assertTrue(once);
            names.forEach(name -> assertEquals(name, claims.getString(name)));
        } catch (BadCredentialException e) {
            assertFalse(once);
        }
    }

    private static String token(String header, String payload) {
        return encoded(header) + '.' + encoded(payload) + '.' + ENCODER.encodeToString(new byte[32]);
    }

    private static String encoded(String json) {
        return ENCODER.encodeToString(json.getBytes(UTF_8));
    }

    @Provide
    Arbitrary<List<String>> names() {
        return Arbitraries.strings()
                .withChars("ab")
                .ofMinLength(1)
                .ofMaxLength(2)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> values = Arbitraries.of(
                "1",
                "-1",
                "1e999",
                "-1e999",
                "1e-999",
                "9".repeat(100),
                "9".repeat(101),
                "0.1",
                "1795759200",
                "9223372036854775808",
                "1E99999999999",
                "null",
                "true",
                "\"\"",
                "\"1795759200\"",
                "[]",
                "{}",
                "\"\\ud800\"",
                "[[1]]",
                "\"me\"",
                "\"you\"",
                "[\"you\"]",
                "{\"read\":[\"events\",1,null,{}],\"write\":{}}",
                "{\"read\":\"events\"}",
                "[".repeat(40) + "]".repeat(40));
        Arbitrary<String> members = Combinators.combine(
                        Arbitraries.of(
                                "exp", "exp", "nbf", "iat", "iss", "aud", "sub", "sluice", "typ", "kid", "alg", "crit"),
                        values)
                .as((name, value) -> "\"" + name + "\":" + value);
        Arbitrary<String> objects =
                members.list().uniqueElements().ofMaxSize(6).map(all -> "{" + String.join(",", all) + "}");
        Arbitrary<String> json = Arbitraries.frequencyOf(
                Tuple.of(6, objects),
                Tuple.of(1, objects.map(object -> object.replace("}", ",}"))),
                Tuple.of(1, Texts.nearly(objects)),
                Tuple.of(1, Texts.unicode()));
        Arbitrary<String> headers = Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.of(HEADER, "{\"alg\":\"HS256\",\"kid\":\"../a'\\u0000\"}")), Tuple.of(1, json));
        Arbitrary<String> tokens = Combinators.combine(headers, json).as(SignedTokenFuzzTest::token);
        return Arbitraries.frequencyOf(
                Tuple.of(5, tokens), Tuple.of(1, Texts.nearly(tokens)), Tuple.of(1, Texts.any()));
    }
}
