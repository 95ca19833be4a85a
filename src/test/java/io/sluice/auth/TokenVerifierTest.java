package io.sluice.auth;

import static io.sluice.testing.Tokens.SECRET;
import static io.sluice.testing.Tokens.base64;
import static io.sluice.testing.Tokens.pem;
import static io.sluice.testing.Tokens.rsa;
import static io.sluice.testing.Tokens.secretKey;
import static io.sluice.testing.Tokens.signed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sluice.auth.KeySource.PublicKey;
import io.sluice.auth.KeySource.SharedSecret;
import io.sluice.log.InvalidOptionException;
import io.sluice.testing.Tokens;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that are good, and those of RFC 8725 and others that are not. */
class TokenVerifierTest {

    private static final Instant NOW = Instant.parse("2026-07-28T12:00:00Z");
    private static final long SECONDS = NOW.getEpochSecond();
    private static final KeyPair P256 = Tokens.elliptic("secp256r1");
    private static final Vertx VERTX = Vertx.vertx();
    private static TokenVerifier rs256;

    @BeforeAll
    static void openTheVerifierThatMostAsk() {
        rs256 = open(new PublicKey(pem(Tokens.RSA.getPublic())), "RS256");
    }

    @AfterAll
    static void close() {
        VERTX.close().await();
    }

    private static TokenVerifier open(KeySource keys, @Nullable String algorithm) {
        JwtOptions options =
                new JwtOptions(keys, algorithm, "https://id.example.com", "sluice", Duration.ofSeconds(30), "sluice");
        return new KeyLoading(VERTX, options, Clock.fixed(NOW, ZoneOffset.UTC))
                .open()
                .await();
    }

    private static JsonObject claims() {
        return new JsonObject()
                .put("iss", "https://id.example.com")
                .put("aud", "sluice")
                .put("sub", "ada")
                .put("exp", SECONDS + 60)
                .put("sluice", new JsonObject().put("read", new JsonArray(List.of("chat/{sub}"))));
    }

    private static JsonObject header(String algorithm) {
        return new JsonObject().put("alg", algorithm);
    }

    private static String rs256(JsonObject claims) {
        return signed(header("RS256"), claims, Tokens.RSA.getPrivate());
    }

    // ---- good ones

    @Test
    void aGoodTokenTellsWhoItIsAndWhatTheyMayAndUntilWhen() {
        Identity identity = rs256.verify(rs256(claims())).await();

        assertEquals("ada", identity.user().subject());
        assertTrue(identity.rights().readable("chat/ada").isAll());
        assertTrue(identity.rights().readable("chat/bob").isNone());
        assertTrue(identity.rights().writable("chat/ada").isNone());
        assertEquals(NOW.plusSeconds(60), identity.rights().end());
    }

    @Test
    void aUserKeepsTheClaimsAndNotTheToken() {
        String token = rs256(claims());
        Identity identity = rs256.verify(token).await();

        assertFalse((identity.user().principal().encode()
                        + identity.user().attributes().encode())
                .contains(token));
        assertEquals("https://id.example.com", identity.user().<String>get("iss"));
    }

    static Stream<Arguments> everyAlgorithm() {
        KeyPair rsa = Tokens.RSA;
        return Arrays.stream(SignatureAlgorithm.values()).map(algorithm -> switch (algorithm) {
            case HS256, HS384, HS512 -> arguments(algorithm, new SharedSecret(new Secret(SECRET)), secretKey(SECRET));
            case ES256 -> arguments(algorithm, new PublicKey(pem(P256.getPublic())), P256.getPrivate());
            case ES384 -> elliptic(algorithm, "secp384r1");
            case ES512 -> elliptic(algorithm, "secp521r1");
            default -> arguments(algorithm, new PublicKey(pem(rsa.getPublic())), rsa.getPrivate());
        });
    }

    private static Arguments elliptic(SignatureAlgorithm algorithm, String curve) {
        KeyPair pair = Tokens.elliptic(curve);
        return arguments(algorithm, new PublicKey(pem(pair.getPublic())), pair.getPrivate());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("everyAlgorithm")
    void everyAlgorithmIsTakenWithItsKey(SignatureAlgorithm algorithm, KeySource source, Key key) {
        String token = signed(header(algorithm.name()), claims(), key);

        assertEquals(
                "ada",
                open(source, algorithm.name()).verify(token).await().user().subject());
        assertEquals("ada", open(source, null).verify(token).await().user().subject());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"alg\":\"RS256\"}",
                "{\"alg\":\"RS256\",\"typ\":\"JWT\"}",
                "{\"alg\":\"RS256\",\"typ\":\"at+jwt\"}",
                "{\"alg\":\"RS256\",\"typ\":\"application/at+JWT\"}",
                "{\"alg\":\"RS256\",\"kid\":\"../../etc/passwd\"}",
                "{\"alg\":\"RS256\",\"kid\":\"' OR 1=1 --\\\"\"}",
                "{\"alg\":\"RS256\",\"jku\":\"http://127.0.0.1:1/\",\"jwk\":{},\"x5c\":[]}"
            })
    void aHeaderMaySayThisMuch(String header) {
        assertEquals(
                "ada",
                rs256.verify(signed(header, claims().encode(), Tokens.RSA.getPrivate()))
                        .await()
                        .user()
                        .subject());
    }

    static Stream<JsonObject> claimsAtTheEdge() {
        return Stream.of(
                claims().put("exp", SECONDS - 59),
                claims().put("exp", SECONDS + 0.5),
                claims().put("exp", 1e300),
                claims().put("nbf", SECONDS + 30),
                claims().put("iat", SECONDS + 30),
                claims().put("aud", new JsonArray().add("other").add("sluice")),
                claims().put("text", "x".repeat(8 << 10)));
    }

    @ParameterizedTest
    @MethodSource("claimsAtTheEdge")
    void claimsMaySayThisMuch(JsonObject claims) {
        assertEquals("ada", rs256.verify(rs256(claims)).await().user().subject());
    }

    @Test
    void aTokenThatHasJustExpiredStillTellsWhoItWas() {
        Rights rights =
                rs256.verify(rs256(claims().put("exp", SECONDS - 59))).await().rights();

        assertTrue(rights.hasEnded(NOW));
        assertEquals(NOW.minusSeconds(59), rights.end());
    }

    // ---- bad ones

    static Stream<Arguments> attacks() {
        String good = rs256(claims());
        String[] parts = good.split("\\.", -1);
        Key key = Tokens.RSA.getPrivate();
        String pem = pem(Tokens.RSA.getPublic());
        String bomb = "{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}";
        return Stream.of(
                // RFC 8725 2.1
                arguments("alg none", base64("{\"alg\":\"none\"}") + '.' + parts[1] + '.', "alg is not accepted"),
                arguments("alg None", base64("{\"alg\":\"None\"}") + '.' + parts[1] + '.', "alg is not accepted"),
                arguments("alg none, signed", base64("{\"alg\":\"none\"}") + '.' + parts[1] + '.' + parts[2], "alg is"),
                arguments("no alg", base64("{}") + '.' + parts[1] + '.' + parts[2], "has no alg"),
                arguments("alg a list", base64("{\"alg\":[\"RS256\"]}") + '.' + parts[1] + '.' + parts[2], "no alg"),
                arguments(
                        "the public key as a secret",
                        signed(header("HS256"), claims(), secretKey(pem)),
                        "alg is not accepted"),
                arguments(
                        "the same without its last line end",
                        signed(header("HS256"), claims(), secretKey(pem.stripTrailing())),
                        "alg is not accepted"),
                arguments("RS512", signed(header("RS512"), claims(), key), "alg is not accepted"),
                arguments("rs256", signed(header("rs256"), claims(), key), "alg is not accepted"),
                arguments("ES256", signed(header("ES256"), claims(), P256.getPrivate()), "alg is not accepted"),
                // The signature
                arguments("no signature", parts[0] + '.' + parts[1] + '.', "length"),
                arguments("two parts", parts[0] + '.' + parts[1], "no JWT"),
                arguments("four parts", good + '.' + parts[2], "no JWT"),
                arguments("a dot behind", good + '.', "no JWT"),
                arguments("nothing", "", "no JWT"),
                arguments("no parts", "..", "header is"),
                arguments(
                        "another payload",
                        parts[0] + '.' + base64(claims().put("sub", "bob").encode()) + '.' + parts[2],
                        "signature does not"),
                arguments("a signature cut short", good.substring(0, good.length() - 2), "signature does not"),
                arguments("a signature with more", good + "AAAA", "signature does not"),
                arguments("padding", good + "==", "signature is not base64url"),
                arguments("base64 of another kind", parts[0] + '.' + parts[1] + ".+/+/", "signature is not base64url"),
                arguments("bits behind the last byte", parts[0] + '.' + parts[1] + ".AB", "signature is not base64url"),
                arguments("a space", parts[0] + ". " + parts[1] + '.' + parts[2], "payload is not base64url"),
                // The header
                arguments("crit", signed("{\"alg\":\"RS256\",\"crit\":[\"exp\"]}", claims().encode(), key), "crit"),
                arguments(
                        "b64",
                        signed("{\"alg\":\"RS256\",\"b64\":false,\"crit\":[\"b64\"]}", claims().encode(), key),
                        "crit"),
                arguments("kid a number", signed("{\"alg\":\"RS256\",\"kid\":1}", claims().encode(), key), "kid"),
                arguments("kid null", signed("{\"alg\":\"RS256\",\"kid\":null}", claims().encode(), key), "kid"),
                arguments(
                        "typ of a logout",
                        signed("{\"alg\":\"RS256\",\"typ\":\"logout+jwt\"}", claims().encode(), key),
                        "typ"),
                arguments("typ a list", signed("{\"alg\":\"RS256\",\"typ\":[\"JWT\"]}", claims().encode(), key), "typ"),
                arguments(
                        "alg twice",
                        signed("{\"alg\":\"RS256\",\"alg\":\"RS256\"}", claims().encode(), key),
                        "header is no JSON"),
                arguments(
                        "a header that is a list",
                        signed("[{\"alg\":\"RS256\"}]", claims().encode(), key),
                        "header is no JSON"),
                // The payload
                arguments(
                        "a payload that is no JSON", signed("{\"alg\":\"RS256\"}", "hello", key), "payload is no JSON"),
                arguments("a payload that is empty", signed("{\"alg\":\"RS256\"}", "", key), "payload is no JSON"),
                arguments(
                        "two objects",
                        signed("{\"alg\":\"RS256\"}", claims().encode() + "{}", key),
                        "payload is no JSON"),
                arguments(
                        "sub twice",
                        signed(
                                "{\"alg\":\"RS256\"}",
                                claims().encode().replace("{\"iss", "{\"sub\":\"bob\",\"iss"),
                                key),
                        "payload is no JSON"),
                arguments(
                        "a right twice",
                        signed(
                                "{\"alg\":\"RS256\"}",
                                claims().encode().replace("{\"read", "{\"read\":[\"a\"],\"read"),
                                key),
                        "payload is no JSON"),
                arguments("nesting", signed("{\"alg\":\"RS256\"}", bomb, key), "payload is no JSON"),
                arguments(
                        "UTF-16",
                        parts[0]
                                + '.'
                                + new String(
                                        Base64.getUrlEncoder()
                                                .withoutPadding()
                                                .encode(claims().encode().getBytes(StandardCharsets.UTF_16LE)),
                                        StandardCharsets.US_ASCII)
                                + '.'
                                + parts[2],
                        "payload is no JSON"),
                arguments(
                        "a byte order mark",
                        signed("{\"alg\":\"RS256\"}", "\uFEFF" + claims().encode(), key),
                        "payload is no JSON"),
                arguments("17 kB", rs256(claims().put("x", "x".repeat(13 << 10))), "16 kB"),
                // The claims
                arguments("no exp", rs256(without("exp")), "no exp"),
                arguments("exp a text", rs256(claims().put("exp", "" + (SECONDS + 60))), "exp is no number"),
                arguments("exp null", rs256(claims().putNull("exp")), "exp is no number"),
                arguments(
                        "exp NaN",
                        signed(
                                "{\"alg\":\"RS256\"}",
                                claims().encode().replaceFirst("\"exp\":\\d+", "\"exp\":NaN"),
                                key),
                        "payload is no JSON"),
                arguments(
                        "exp of 200 digits",
                        signed(
                                "{\"alg\":\"RS256\"}",
                                claims().encode().replaceFirst("\"exp\":\\d+", "\"exp\":" + "9".repeat(200)),
                                key),
                        "payload is no JSON"),
                arguments("over for a minute", rs256(claims().put("exp", SECONDS - 60)), "has expired"),
                arguments("exp in the distant past", rs256(claims().put("exp", -1e300)), "has expired"),
                arguments("nbf", rs256(claims().put("nbf", SECONDS + 31)), "nbf is in the future"),
                arguments("nbf a text", rs256(claims().put("nbf", "soon")), "nbf is no number"),
                arguments("iat", rs256(claims().put("iat", SECONDS + 31)), "iat is in the future"),
                arguments("iat a list", rs256(claims().put("iat", new JsonArray())), "iat is no number"),
                arguments("another issuer", rs256(claims().put("iss", "https://id.example.com/")), "issuer"),
                arguments(
                        "an issuer that is a list",
                        rs256(claims().put("iss", new JsonArray().add("https://id.example.com"))),
                        "issuer"),
                arguments("no issuer", rs256(without("iss")), "issuer"),
                arguments("another audience", rs256(claims().put("aud", "other")), "audience"),
                arguments(
                        "other audiences",
                        rs256(claims().put("aud", new JsonArray().add("other").add(1))),
                        "audience"),
                arguments(
                        "an audience that is an object",
                        rs256(claims().put("aud", new JsonObject().put("sluice", 1))),
                        "audience"),
                arguments("an audience with more", rs256(claims().put("aud", "sluice ")), "audience"),
                arguments("no audience", rs256(without("aud")), "audience"));
    }

    private static JsonObject without(String claim) {
        JsonObject claims = claims();
        claims.remove(claim);
        return claims;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void anAttackIsRefusedWithAReasonThatRepeatsNothingOfIt(String attack, String token, String reason) {
        Throwable refusal = rs256.verify(token)
                .transform(result -> Future.succeededFuture(result.cause()))
                .await();

        assertInstanceOf(BadCredentialException.class, refusal, () -> attack + ": " + refusal);
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains(reason), message);
        assertTrue(message.length() < 80, message);
        assertTrue(message.matches("[\\w ,.+'-]+"), message);
    }

    @Test
    void aKeyForOneCurveTakesNoSignatureOfAnother() {
        TokenVerifier verifier = open(new PublicKey(pem(P256.getPublic())), null);
        String token =
                signed(header("ES384"), claims(), Tokens.elliptic("secp384r1").getPrivate());

        assertThrows(BadCredentialException.class, () -> verifier.verify(token).await());
    }

    /** CVE-2022-21449: r and s of 0 fitted every text. */
    @Test
    void aSignatureOfNoughtsIsNone() {
        TokenVerifier verifier = open(new PublicKey(pem(P256.getPublic())), null);
        String token = signed(header("ES256"), claims(), P256.getPrivate());
        String noughts = token.substring(0, token.lastIndexOf('.') + 1) + "A".repeat(86);

        assertThrows(
                BadCredentialException.class, () -> verifier.verify(noughts).await());
    }

    // ---- many at once

    @Test
    void manyThreadsShareASetOfKeys() throws Exception {
        VerificationKey key = VerificationKey.of(P256.getPublic());
        KeySet keys = KeySet.of(VERTX, List.of(key), key.algorithms(), null).orElseThrow();
        SignedToken ada = SignedToken.parse(signed(header("ES256"), claims(), P256.getPrivate()));
        SignedToken bob = SignedToken.parse(signed(header("ES256"), claims().put("sub", "bob"), P256.getPrivate()));
        SignedToken mallory =
                SignedToken.parse(ada.text().substring(0, ada.text().lastIndexOf('.'))
                        + bob.text().substring(bob.text().lastIndexOf('.')));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<java.util.concurrent.Future<?>> work = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                work.add(threads.submit(() -> {
                    for (int n = 0; n < 8; n++) {
                        assertTrue(keys.check(ada).succeeded());
                        assertTrue(keys.check(mallory).failed());
                        assertTrue(keys.check(bob).succeeded());
                    }
                }));
            }
            for (java.util.concurrent.Future<?> done : work) {
                done.get(30, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    // ---- known again

    @Test
    void aTokenThatIsKnownAgainIsLookedAtAsIfItWereNew() {
        TestClock now = new TestClock(NOW);
        JwtOptions options = new JwtOptions(
                new SharedSecret(new Secret(SECRET)), null, null, null, Duration.ofSeconds(30), "sluice");
        TokenVerifier verifier = new KeyLoading(VERTX, options, now).open().await();
        String token = signed(header("HS256"), claims(), secretKey(SECRET));
        Identity first = verifier.verify(token).await();

        assertTrue(verifier.verify(token).isComplete());
        assertSame(first, verifier.verify(token).await());
        now.time = NOW.plusSeconds(119);
        assertSame(first, verifier.verify(token).await());
        now.time = NOW.plusSeconds(120);
        assertThrows(BadCredentialException.class, () -> verifier.verify(token).await());
    }

    private static final class TestClock extends Clock {

        private Instant time;

        private TestClock(Instant time) {
            this.time = time;
        }

        @Override
        public Instant instant() {
            return time;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void theTokensThatAreKnownAreBounded() {
        VerifiedTokens known = new VerifiedTokens();
        KeySet keys = KeySet.of(VERTX, List.of(VerificationKey.of(P256.getPublic())), SignatureAlgorithm.PUBLIC, null)
                .orElseThrow();
        VerifiedTokens.Verified verified =
                new VerifiedTokens.Verified(keys, claims(), new Identity(User.create(claims()), Rights.NONE));
        String often = "often" + "x".repeat(16 << 10);
        known.put(often, verified);
        for (int i = 0; i < 1000; i++) {
            known.put(i + "x".repeat(16 << 10), verified);
            known.put(i + "x".repeat(16 << 10), verified);
            assertSame(verified, known.get(often, keys));
        }

        assertEquals(127, known.size());
        assertNull(known.get(0 + "x".repeat(16 << 10), keys));
    }

    // ---- keys that do not fit, at the start

    static Stream<Arguments> badOptions() {
        String pem = pem(Tokens.RSA.getPublic());
        return Stream.of(
                arguments(
                        new SharedSecret(new Secret("s3cr3t-of-18-bytes")),
                        null,
                        "jwt.secret: 18 bytes: expected 32 bytes or more, by chance"),
                arguments(
                        new SharedSecret(new Secret(SECRET)),
                        "RS256",
                        "jwt.algorithm: \"RS256\": expected one that fits the key: HS256, HS384, HS512"),
                arguments(
                        new PublicKey(pem),
                        "HS256",
                        "jwt.algorithm: \"HS256\": expected one that fits the key: RS256, RS384, RS512, PS256, PS384, PS512"),
                arguments(
                        new PublicKey(pem(P256.getPublic())),
                        "RS256",
                        "jwt.algorithm: \"RS256\": expected one that fits the key: ES256"),
                arguments(
                        new PublicKey(pem),
                        "none",
                        "jwt.algorithm: \"none\": expected one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512"),
                arguments(
                        new PublicKey("issuer.pem"),
                        null,
                        "jwt.publicKey: no PEM text: expected file:PATH, or the PEM text itself, of a public key"),
                arguments(
                        new PublicKey(pem.replace("\n", "").replace("MII", "MI*")),
                        null,
                        "jwt.publicKey: a PEM text of a key that cannot"),
                arguments(
                        new PublicKey(pem("PRIVATE KEY", Tokens.RSA.getPrivate())),
                        null,
                        "jwt.publicKey: a PEM text of a PRIVATE KEY"),
                arguments(new PublicKey(pem(rsa(1024).getPublic())), null, "jwt.publicKey: an RSA key of 1024 bits"));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("badOptions")
    void aKeyThatDoesNotFitIsOneLineThatShowsNoSecret(KeySource source, @Nullable String algorithm, String line) {
        InvalidOptionException refusal = assertThrows(InvalidOptionException.class, () -> openAtOnce(source, algorithm)
                .await());

        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.startsWith(line), message);
        assertFalse(message.contains("s3cr3t"));
        assertEquals(1, message.lines().count());
    }

    private static Future<TokenVerifier> openAtOnce(KeySource source, @Nullable String algorithm) {
        return TokenVerifier.open(VERTX, new JwtOptions(source, algorithm, null, null, Duration.ZERO, "sluice"));
    }

    @ParameterizedTest
    @CsvSource({"'\n', '\n'", "'\n', '\r\n'", "'\n', ''"})
    void aPemTextMayComeThroughAnEnvironmentVariable(String lineEnd, String instead) {
        String pem = pem(Tokens.RSA.getPublic()).replace(lineEnd, instead);

        assertEquals(
                "ada",
                open(new PublicKey(pem), null)
                        .verify(rs256(claims()))
                        .await()
                        .user()
                        .subject());
    }
}
