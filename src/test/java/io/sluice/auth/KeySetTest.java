package io.sluice.auth;

import static io.sluice.testing.Tokens.SECRET;
import static io.sluice.testing.Tokens.elliptic;
import static io.sluice.testing.Tokens.jwk;
import static io.sluice.testing.Tokens.secretKey;
import static io.sluice.testing.Tokens.signed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.auth.KeySource.Discovery;
import io.sluice.auth.KeySource.KeySetFile;
import io.sluice.auth.KeySource.KeySetUrl;
import io.sluice.log.InvalidOptionException;
import io.sluice.testing.Await;
import io.sluice.testing.Tokens;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Keys that come from an issuer: how often it is asked, what is believed, and what happens while it is away. */
class KeySetTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final KeyPair ONE = elliptic("secp256r1");
    private static final KeyPair OTHER = elliptic("secp256r1");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration MOMENT = Duration.ofMillis(10);

    private static HttpServer server;
    private static volatile Handler<HttpServerRequest> issuer = request -> {};
    private static final Queue<String> ASKED = new ConcurrentLinkedQueue<>();

    private final AtomicLong nanos = new AtomicLong();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void serve() {
        server = VERTX.createHttpServer()
                .requestHandler(request -> {
                    ASKED.add(request.uri());
                    issuer.handle(request);
                })
                .listen(0, "127.0.0.1")
                .await();
    }

    @AfterAll
    static void close() {
        VERTX.close().await();
    }

    @BeforeEach
    void listenToTheLog() {
        ASKED.clear();
        log.start();
        logger().setLevel(Level.INFO);
        logger().addAppender(log);
        logger().setAdditive(false);
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        logger().detachAppender(log);
        logger().setLevel(null);
        logger().setAdditive(true);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(IssuerKeys.class);
    }

    private List<String> logged() {
        return List.copyOf(log.list).stream()
                .map(line -> line.getLevel() + " " + line.getFormattedMessage())
                .toList();
    }

    private static URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.actualPort() + path);
    }

    // ---- issuers and tokens

    private static void answer(String document) {
        issuer = request -> request.response().end(document);
    }

    private static String keySet(Object... keys) {
        return new JsonObject().put("keys", new JsonArray(List.of(keys))).encode();
    }

    private static JsonObject key(String kid, KeyPair pair) {
        return jwk(kid, (ECPublicKey) pair.getPublic());
    }

    private static JsonObject claims() {
        return new JsonObject().put("sub", "ada").put("exp", Instant.now().getEpochSecond() + 60);
    }

    private static String token(@Nullable String kid, KeyPair pair) {
        return token("ES256", kid, pair.getPrivate());
    }

    private static String token(String algorithm, @Nullable String kid, Key key) {
        JsonObject header = new JsonObject().put("alg", algorithm);
        return signed(kid == null ? header : header.put("kid", kid), claims(), key);
    }

    private TokenVerifier verifier(IssuerKeys.Pace pace) {
        return verifier(pace, reader -> reader.url(url("/jwks")));
    }

    private TokenVerifier verifier(IssuerKeys.Pace pace, java.util.function.Function<KeyReader, Future<KeySet>> read) {
        KeyReader reader = reader();
        IssuerKeys keys = new IssuerKeys(VERTX, "the issuer", () -> read.apply(reader), pace, nanos::get);
        keys.start().await();
        JwtOptions options =
                new JwtOptions(new KeySetUrl(url("/jwks"), HOUR), null, null, null, Duration.ofSeconds(30), "sluice");
        JwtVerifier verifier = new JwtVerifier(VERTX, keys, SignatureAlgorithm.PUBLIC, options, Clock.systemUTC());
        open.add(verifier::close);
        return verifier;
    }

    private static KeyReader reader() {
        return reader(Duration.ofSeconds(10));
    }

    private static KeyReader reader(Duration patience) {
        return new KeyReader(VERTX, new IssuerClient(VERTX, patience), SignatureAlgorithm.PUBLIC);
    }

    private static IssuerKeys.Pace every(Duration age) {
        return new IssuerKeys.Pace(age, MOMENT, MINUTE);
    }

    private static @Nullable String user(TokenVerifier verifier, String token) {
        return verifier.verify(token).await().user().subject();
    }

    private static @Nullable String refusal(TokenVerifier verifier, String token) {
        return assertThrows(BadCredentialException.class, () -> verifier.verify(token)
                        .await())
                .getMessage();
    }

    private static void assertAway(TokenVerifier verifier, String token) {
        assertInstanceOf(KeysAwayException.class, assertThrows(RuntimeException.class, () -> verifier.verify(token)
                .await()));
    }

    // ---- rotation, and keys that nobody has

    @Test
    void aKeyThatIsNewIsReadForItsFirstTokenAndTheOldOneIsForgotten() {
        answer(keySet(key("one", ONE)));
        TokenVerifier verifier = verifier(every(HOUR));
        assertEquals("ada", user(verifier, token("one", ONE)));
        assertEquals("ada", user(verifier, token(null, ONE)));

        answer(keySet(key("other", OTHER)));
        assertEquals("ada", user(verifier, token("one", ONE)));
        assertEquals("ada", user(verifier, token("other", OTHER)));
        assertEquals("the token's key is none that is known", refusal(verifier, token("one", ONE)));
        assertEquals("the token's signature does not fit", refusal(verifier, token("other", ONE)));
        assertEquals(2, ASKED.size());
    }

    @Test
    void tokensWithKeysThatNobodyHasLeadToOneLookAMinute() {
        answer(keySet(key("one", ONE)));
        TokenVerifier verifier = verifier(every(HOUR));
        for (int i = 0; i < 50; i++) {
            assertEquals("the token's key is none that is known", refusal(verifier, token("kid" + i, ONE)));
        }
        nanos.addAndGet(MINUTE.toNanos() - 1);
        refusal(verifier, token("still", ONE));
        assertEquals(2, ASKED.size());

        nanos.addAndGet(1);
        refusal(verifier, token("later", ONE));
        refusal(verifier, token("later yet", ONE));
        assertEquals(3, ASKED.size());
        assertEquals(List.of(), logged());
    }

    @Test
    void aTokenIsKnownAgainAfterTheSameKeysWereReadAndForgottenWithItsKey() throws Exception {
        answer(keySet(key("one", ONE)));
        TokenVerifier verifier = verifier(every(HOUR));
        String token = token("one", ONE);
        verifier.verify(token).await();
        refusal(verifier, token("other", OTHER));
        assertTrue(verifier.verify(token).isComplete());

        answer(keySet(key("other", OTHER)));
        nanos.addAndGet(MINUTE.toNanos());
        assertEquals("ada", user(verifier, token("other", OTHER)));
        assertEquals("the token's key is none that is known", refusal(verifier, token));
    }

    @Test
    void tokensThatComeWhileTheIssuerIsAskedWaitForThatAnswer() throws Exception {
        answer(keySet(key("one", ONE)));
        TokenVerifier verifier = verifier(every(HOUR));
        Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
        issuer = held::add;
        List<Future<Identity>> waiting = Stream.generate(() -> verifier.verify(token("other", OTHER)))
                .limit(20)
                .toList();
        Await.await("the question", () -> !held.isEmpty());
        assertEquals("ada", user(verifier, token("one", ONE)));

        held.forEach(request -> request.response().end(keySet(key("other", OTHER))));
        assertEquals(20, Future.all(waiting).await().size());
        assertEquals(2, ASKED.size());
    }

    @Test
    void tokensThatWaitForKeysStayInTheLineOfThoseThatWaitForTheirCheck() throws Exception {
        answer(keySet(key("one", ONE)));
        TokenVerifier verifier = verifier(every(HOUR));
        Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
        issuer = held::add;
        String stranger = token("other", OTHER);
        List<Future<Identity>> waiting = Stream.generate(() -> verifier.verify(stranger))
                .limit(WaitingTokens.MAX)
                .toList();
        Await.await("the question", () -> !held.isEmpty());
        // Behind all of the checks.
        VERTX.createSharedWorkerExecutor("sluice-tokens")
                .executeBlocking(() -> true, false)
                .await();
        assertThrows(TooManyTokensException.class, () -> verifier.verify(token("one", ONE))
                .await());

        held.forEach(request -> request.response().end(keySet(key("one", ONE))));
        Future.join(waiting).transform(done -> Future.succeededFuture()).await();
        assertEquals("ada", user(verifier, token("one", ONE)));
    }

    @Test
    void aLookThatFailsCountsAsOneAndNobodyIsCalledAStranger() {
        answer(keySet(key("one", ONE)));
        TokenVerifier verifier = verifier(every(HOUR));
        issuer = request -> request.response().setStatusCode(500).end();

        assertAway(verifier, token("other", OTHER));
        assertAway(verifier, token("other", OTHER));
        assertEquals("ada", user(verifier, token("one", ONE)));
        assertEquals(2, ASKED.size());
        nanos.addAndGet(MINUTE.toNanos());
        assertAway(verifier, token("other", OTHER));
        assertEquals(3, ASKED.size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../etc/passwd",
                "/dev/null",
                "' OR 1=1 --",
                "\"",
                "http://127.0.0.1:1/",
                "one\u0000",
                "one\r\nX: y",
                "",
                "{sub}"
            })
    void aKidIsAMereName(String kid) {
        answer(keySet(key("one", ONE)));
        TokenVerifier verifier = verifier(every(HOUR));

        assertEquals("the token's key is none that is known", refusal(verifier, token(kid, ONE)));
        assertEquals(List.of("/jwks", "/jwks"), List.copyOf(ASKED));
        assertEquals(List.of(), logged());
    }

    @Test
    void aTokenThatIsOverOrForSomebodyElseAsksNobody() {
        answer(keySet(key("one", ONE)));
        TokenVerifier verifier = verifier(every(HOUR));
        String old = signed(
                new JsonObject().put("alg", "ES256").put("kid", "other"), claims().put("exp", 1), OTHER.getPrivate());

        assertEquals("the token has expired", refusal(verifier, old));
        assertEquals(1, ASKED.size());
    }

    // ---- away

    @Test
    void anIssuerThatIsAwayKeepsTheKeysItHadAndThatIsSaidOnce() throws Exception {
        answer(keySet(key("one", ONE)));
        TokenVerifier verifier = verifier(every(MOMENT));
        issuer = request -> request.response().setStatusCode(503).end();
        int before = ASKED.size();
        Await.await("five looks", () -> ASKED.size() > before + 5);
        assertEquals("ada", user(verifier, token("one", ONE)));

        answer(keySet(key("other", OTHER)));
        Await.await("the new key", () -> verifier.verify(token("other", OTHER)).succeeded());
        int after = ASKED.size();
        Await.await("two looks", () -> ASKED.size() > after + 2);
        assertEquals(
                List.of(
                        "WARN The keys of the issuer cannot be read: status 503: expected 200;"
                                + " the keys that are known stay in use until they can",
                        "INFO The keys of the issuer can be read again"),
                logged());
    }

    @Test
    void anIssuerThatIsAwayAtTheStartIsAskedAgainUntilItIsThere() throws Exception {
        HttpServer late = VERTX.createHttpServer()
                .requestHandler(request -> request.response().end(keySet(key("one", ONE))));
        int port = late.listen(0, "127.0.0.1").await().actualPort();
        late.close().await();
        URI url = URI.create("http://127.0.0.1:" + port + "/");
        TokenVerifier verifier = verifier(every(HOUR), reader -> reader.url(url));
        assertAway(verifier, token("one", ONE));
        assertAway(verifier, token("one", ONE));

        HttpServer now = VERTX.createHttpServer()
                .requestHandler(request -> request.response().end(keySet(key("one", ONE))))
                .listen(port, "127.0.0.1")
                .await();
        Await.await("the key", () -> verifier.verify(token("one", ONE)).succeeded());
        now.close().await();
        assertEquals(2, logged().size(), logged()::toString);
        assertTrue(
                logged().get(0).startsWith("WARN The keys of the issuer cannot be read: Connection refused"),
                logged()::toString);
        assertTrue(logged().get(0).endsWith("; tokens are answered with 503 until they can"), logged()::toString);
    }

    @Test
    void aSourceThatThrowsIsAwayLikeOneThatFails() {
        TokenVerifier verifier = verifier(new IssuerKeys.Pace(HOUR, HOUR, HOUR), reader -> {
            throw new IllegalStateException("no source");
        });

        assertAway(verifier, token("one", ONE));
        assertTrue(
                logged().get(0).startsWith("WARN The keys of the issuer cannot be read: no source"),
                logged()::toString);
        URI noPort = URI.create("http://127.0.0.1:65536/");
        assertTrue(new IssuerClient(VERTX, MINUTE)
                .get(noPort)
                .transform(answer -> Future.succeededFuture(answer.failed()))
                .await());
    }

    @Test
    void aTokenThatIsNoneIsRefusedAlsoWhileTheIssuerIsAway() {
        issuer = request -> request.response().setStatusCode(500).end();
        TokenVerifier verifier = verifier(new IssuerKeys.Pace(HOUR, HOUR, HOUR));

        assertEquals("the token is no JWT, which has three parts", refusal(verifier, "hello"));
        assertEquals(
                "the token's alg is not accepted here", refusal(verifier, token("HS256", "one", secretKey(SECRET))));
    }

    static Stream<Arguments> uselessAnswers() {
        String space = " ".repeat(1 << 20);
        JsonObject oct = new JsonObject()
                .put("kty", "oct")
                .put("k", Tokens.base64(SECRET))
                .put("alg", "HS256");
        return Stream.of(
                useless(
                        "status 500: expected 200",
                        request -> request.response().setStatusCode(500).end(keySet(key("one", ONE)))),
                useless("status 302: expected 200", request -> request.response()
                        .setStatusCode(302)
                        .putHeader("Location", "/jwks")
                        .end()),
                useless(
                        "status 204: expected 200",
                        request -> request.response().setStatusCode(204).end()),
                useless("no JSON object", request -> request.response().end()),
                useless("no JSON object", request -> request.response().end("<html>")),
                useless("no JSON object", request -> request.response().end("[".repeat(100_000))),
                useless("no list \"keys\": expected a JSON Web Key Set", request -> request.response()
                        .end("{\"keys\":{}}")),
                useless("no key that checks signatures: expected one for RS256", request -> request.response()
                        .end(keySet())),
                useless("no key that checks signatures", request -> request.response()
                        .end(keySet(oct, "RSA", new JsonArray()))),
                useless("101 keys: expected 100 or fewer", request -> request.response()
                        .end(keySet(Stream.generate(() -> key("one", ONE))
                                .limit(101)
                                .toArray()))),
                useless("more than 1 MB", request -> request.response().end(space + keySet(key("one", ONE)))),
                useless(
                        "more than 1 MB",
                        request -> request.response().setChunked(true).write(space + space)),
                useless("Connection was closed", request -> request.connection().close()),
                useless("Connection was closed", request -> request.response()
                        .putHeader("Content-Length", "9")
                        .write("{")
                        .onComplete(written -> request.connection().close())));
    }

    private static Arguments useless(String reason, Handler<HttpServerRequest> issuer) {
        return arguments(reason, issuer);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("uselessAnswers")
    void anAnswerThatIsNoUseIsNone(String reason, Handler<HttpServerRequest> answer) {
        issuer = answer;
        RuntimeException failure = assertThrows(
                RuntimeException.class, () -> reader().url(url("/jwks")).await());

        assertTrue(String.valueOf(failure.getMessage()).startsWith(reason), failure::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{"})
    void anAnswerThatDoesNotEndIsNone(String beginning) {
        issuer = request -> request.response().setChunked(true).write(beginning);
        KeysAwayException failure = assertThrows(
                KeysAwayException.class,
                () -> reader(Duration.ofMillis(200)).url(url("/jwks")).await());

        assertEquals("no whole answer within 200 ms", failure.getMessage());
    }

    // ---- what kinds of keys

    static Stream<Arguments> keysOfUse() {
        KeyPair p384 = elliptic("secp384r1");
        ECPublicKey wide = (ECPublicKey) p384.getPublic();
        JsonObject rsa = jwk("rsa", (RSAPublicKey) Tokens.RSA.getPublic());
        JsonObject open = rsa.copy();
        open.remove("alg");
        JsonObject curve = new JsonObject()
                .put("kty", "EC")
                .put("crv", "P-384")
                .put("x", number(wide.getW().getAffineX().toByteArray()))
                .put("y", number(wide.getW().getAffineY().toByteArray()));
        return Stream.of(
                arguments("RS256", rsa, "RS256", Tokens.RSA),
                arguments("no alg, RS512", open, "RS512", Tokens.RSA),
                arguments("no alg, PS256", open, "PS256", Tokens.RSA),
                arguments("no alg, no kid, ES384", curve, "ES384", p384),
                arguments("key_ops", key("k", ONE).put("key_ops", new JsonArray().add("verify")), "ES256", ONE),
                arguments(
                        "what nobody asked for",
                        key("k", ONE).put("x5c", new JsonArray().add("?")).put("d", "?"),
                        "ES256",
                        ONE));
    }

    private static String number(byte[] signed) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keysOfUse")
    void aKeyIsForTheAlgorithmsThatFitIt(String kind, JsonObject key, String algorithm, KeyPair pair) {
        answer(keySet("no key", key, key("one", ONE)));

        assertEquals("ada", user(verifier(every(HOUR)), token(algorithm, key.getString("kid"), pair.getPrivate())));
    }

    static Stream<Arguments> keysOfNoUse() {
        JsonObject rsa = jwk("k", (RSAPublicKey) Tokens.RSA.getPublic());
        KeyPair weak = Tokens.rsa(1024);
        JsonObject odd = key("k", ONE);
        return Stream.of(
                arguments("another alg", rsa, "RS384", Tokens.RSA.getPrivate()),
                arguments("1024 bits", jwk("k", (RSAPublicKey) weak.getPublic()), "RS256", weak.getPrivate()),
                arguments("to encrypt with", key("k", ONE).put("use", "enc"), "ES256", ONE.getPrivate()),
                arguments(
                        "to sign with",
                        key("k", ONE).put("key_ops", new JsonArray().add("sign")),
                        "ES256",
                        ONE.getPrivate()),
                arguments("RS256 with a curve", key("k", ONE).put("alg", "RS256"), "ES256", ONE.getPrivate()),
                arguments("alg none", key("k", ONE).put("alg", "none"), "ES256", ONE.getPrivate()),
                arguments("another curve", key("k", ONE).put("crv", "P-384"), "ES256", ONE.getPrivate()),
                arguments("a kid that is no text", odd.copy().put("kid", 7), "ES256", ONE.getPrivate()),
                arguments("half a point", key("k", ONE).put("y", "!"), "ES256", ONE.getPrivate()),
                arguments("a point of no curve", key("k", ONE).put("y", "AQ"), "ES256", ONE.getPrivate()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keysOfNoUse")
    void aKeyThatDoesNotFitIsIgnored(String kind, JsonObject key, String algorithm, Key signer) {
        answer(keySet(key, key("one", OTHER)));
        TokenVerifier verifier = verifier(every(HOUR));

        refusal(verifier, token(algorithm, "k", signer));
        assertEquals("ada", user(verifier, token("one", OTHER)));
    }

    @Test
    void aSecretInASetThatAnybodyCanReadIsNoKey() {
        answer(keySet(
                new JsonObject()
                        .put("kty", "oct")
                        .put("kid", "k")
                        .put("k", Tokens.base64(SECRET))
                        .put("alg", "HS256"),
                key("one", ONE)));

        assertEquals(
                "the token's alg is not accepted here",
                refusal(verifier(every(HOUR)), token("HS256", "k", secretKey(SECRET))));
    }

    // ---- files

    @Test
    void aFileIsReadAgain(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("jwks.json"), keySet(key("one", ONE)));
        TokenVerifier verifier =
                opened(new KeySetFile(file, Duration.ofSeconds(1))).await();
        assertEquals("ada", user(verifier, token("one", ONE)));

        Files.writeString(file, keySet(key("other", OTHER)));
        assertEquals("ada", user(verifier, token("other", OTHER)));
    }

    private Future<TokenVerifier> opened(KeySource source) {
        return opened(source, null, null);
    }

    private Future<TokenVerifier> opened(KeySource source, @Nullable String algorithm, @Nullable String name) {
        return TokenVerifier.open(
                        VERTX, new JwtOptions(source, algorithm, name, null, Duration.ofSeconds(30), "sluice"))
                .onSuccess(verifier -> open.add(verifier::close));
    }

    static Stream<Arguments> badSources(@TempDir Path directory) throws Exception {
        Path empty = Files.writeString(directory.resolve("empty.json"), "{}");
        Path good = Files.writeString(directory.resolve("good.json"), keySet(key("one", ONE)));
        return Stream.of(
                arguments(
                        new KeySetFile(directory.resolve("none"), HOUR),
                        null,
                        "jwt.jwks: \"" + directory.resolve("none")
                                + "\", no file that can be read: expected a file with a JSON Web Key Set"),
                arguments(
                        new KeySetFile(directory, HOUR),
                        null,
                        "jwt.jwks: \"" + directory + "\", no file that can be read"),
                arguments(
                        new KeySetFile(empty, HOUR),
                        null,
                        "jwt.jwks: \"" + empty + "\", no list \"keys\": expected a JSON Web Key Set"),
                arguments(
                        new KeySetFile(good, HOUR),
                        "RS256",
                        "jwt.jwks: \"" + good + "\", no key that checks signatures: expected one for RS256"),
                arguments(
                        new KeySetFile(good, HOUR),
                        "HS256",
                        "jwt.algorithm: \"HS256\": expected one that fits the key: RS256"),
                arguments(new KeySetFile(good, Duration.ZERO), null, "jwt.jwksAge: PT0S: expected 1s or more"),
                arguments(
                        new KeySetUrl(URI.create("http://id.example.com/jwks?key=s3cr3t"), HOUR),
                        null,
                        "jwt.jwks: \"http://id.example.com/jwks\": expected an https URL without a user, or http of a loopback host"),
                arguments(new KeySetUrl(URI.create("http://127.0.0.1.example.com/"), HOUR), null, "jwt.jwks: "),
                arguments(new KeySetUrl(URI.create("https://ada:s3cr3t@id.example.com/"), HOUR), null, "jwt.jwks: "),
                arguments(new KeySetUrl(URI.create("https:/jwks"), HOUR), null, "jwt.jwks: "),
                arguments(new KeySetUrl(URI.create("https://id.example.com:65536/"), HOUR), null, "jwt.jwks: "),
                arguments(
                        new Discovery(URI.create("http://id.example.com"), HOUR),
                        null,
                        "jwt.discovery: \"http://id.example.com\": expected an https URL"),
                arguments(new Discovery(URI.create("ftp://localhost"), HOUR), null, "jwt.discovery: "));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("badSources")
    void aSourceOfKeysThatCannotBeOneIsOneLine(KeySource source, @Nullable String algorithm, String line) {
        InvalidOptionException refusal =
                assertThrows(InvalidOptionException.class, () -> opened(source, algorithm, null)
                        .await());

        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.startsWith(line), message);
        assertEquals(1, message.lines().count());
    }

    // ---- OpenID Connect Discovery

    private static Supplier<String> serveDiscovery(String issuerName, String keysUrl) {
        issuer = request -> request.response()
                .end(
                        request.uri().endsWith("/.well-known/openid-configuration")
                                ? new JsonObject()
                                        .put("issuer", issuerName)
                                        .put("jwks_uri", keysUrl)
                                        .encode()
                                : keySet(key("one", ONE)));
        return () -> signed(
                new JsonObject().put("alg", "ES256").put("kid", "one"),
                claims().put("iss", issuerName),
                ONE.getPrivate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/realms/a", "/realms/a/"})
    void anIssuerSaysWhereItsKeysAreAndItsTokensNameIt(String path) {
        String name = url(path).toString();
        Supplier<String> token = serveDiscovery(name, url("/keys").toString());
        TokenVerifier verifier = opened(new Discovery(URI.create(name), HOUR)).await();

        assertEquals("ada", user(verifier, token.get()));
        assertEquals("the token is of another issuer", refusal(verifier, token("one", ONE)));
        assertEquals(
                List.of(path.replaceFirst("/$", "") + "/.well-known/openid-configuration", "/keys"),
                List.copyOf(ASKED));
    }

    @Test
    void anIssuerThatIsReachedByAnotherUrlIsKnownByItsName() {
        Supplier<String> token =
                serveDiscovery("https://id.example.com/", url("/keys").toString());
        TokenVerifier verifier = opened(new Discovery(url("/"), HOUR), null, "https://id.example.com/")
                .await();

        assertEquals("ada", user(verifier, token.get()));
    }

    static Stream<Arguments> oddDiscoveries() {
        String keys = url("/keys").toString();
        String here = url("").toString();
        return Stream.of(
                arguments("another issuer", "https://id.example.com", keys, "it says that it is another issuer"),
                arguments("another path", here + "/other", keys, "it says that it is another issuer"),
                arguments("keys without TLS", here, "http://id.example.com/keys", "\"jwks_uri\" in"),
                arguments("keys of a file", here, "file:///etc/passwd", "\"jwks_uri\" in"),
                arguments("keys of no port", here, "http://127.0.0.1:65536/keys", "\"jwks_uri\" in"),
                arguments("keys of no URL", here, "http://[", "\"jwks_uri\" in"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("oddDiscoveries")
    void anIssuerThatLeadsElsewhereIsNotFollowed(String kind, String name, String keys, String reason) {
        serveDiscovery(name, keys);
        RuntimeException failure = assertThrows(
                RuntimeException.class, () -> reader().discovered(url(""), null).await());

        assertTrue(String.valueOf(failure.getMessage()).startsWith(reason), failure::toString);
        assertEquals(1, ASKED.size());
    }
}
