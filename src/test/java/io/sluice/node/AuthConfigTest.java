package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.auth.AuthOptions;
import io.sluice.auth.KeySource;
import io.sluice.log.InvalidOptionException;
import io.sluice.testing.Tokens;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a configuration says about rights, and the lines about what it says wrongly, word by word. They show no secret. */
class AuthConfigTest {

    private static final String SECRET = Tokens.SECRET;
    private static final String JWT = "\"jwt\": {\"secret\": \"" + SECRET + "\"}";

    private static NodeConfig read(String json) {
        return NodeConfig.read(ConfigReader.parse(json));
    }

    private static AuthConfig auth(String auth) {
        return Objects.requireNonNull(read("{\"auth\": " + auth + "}").auth());
    }

    private static AuthOptions options(String auth) {
        return auth(auth).options();
    }

    private static KeySource keys(String source) {
        return options("{\"jwt\": {" + source + "}}").jwt().keys();
    }

    private static String refusal(String json) {
        String message = String.valueOf(
                assertThrows(ConfigException.class, () -> read(json)).getMessage());
        assertFalse(message.contains(SECRET.substring(0, 8)), message);
        return message;
    }

    // ---- what is wrong

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {}                          => auth.jwt: nothing: expected an object with one of secret, publicKey, jwks, discovery
            {"jwt": {}}                 => auth.jwt.secret: nothing: expected one of secret, publicKey, jwks, discovery
            {"jwt": {"issuer": "x"}}    => auth.jwt.secret: nothing: expected one of secret, publicKey, jwks, discovery
            {"jwt": {"discovery": "https://id.example.com", "secret": "SECRET"}} => auth.jwt.discovery: "https://id.example.com": expected only one of secret, publicKey, jwks, discovery; there is secret, too
            {"jwt": {"publicKey": "SECRET", "secret": "SECRET"}} => auth.jwt.publicKey: "***": expected only one of secret, publicKey, jwks, discovery; there is secret, too
            {"jwt": {"jwks": "https://a/k", "discovery": "https://a"}} => auth.jwt.discovery: "https://a": expected only one of secret, publicKey, jwks, discovery; there is jwks, too
            """)
    void theKeysComeFromOneSource(String auth, String line) {
        assertEquals(line, refusal("{\"auth\": " + auth.replace("SECRET", SECRET) + "}"));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            "secret": "SECRET", "algorithm": "none"     => algorithm: "none": expected one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512
            "secret": "SECRET", "algorithm": "hs256"    => algorithm: "hs256": expected one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512
            "secret": "SECRET", "algorithm": "ES256K"   => algorithm: "ES256K": expected one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512
            "secret": "SECRET", "issuer": " "           => issuer: " ": expected a text that is not blank
            "secret": "SECRET", "audience": ""          => audience: "": expected a text that is not blank
            "secret": "SECRET", "audience": ["a"]       => audience: ["a"]: expected a text
            "secret": "SECRET", "claim": ""             => claim: "": expected a text that is not blank
            "secret": "SECRET", "leeway": "301s"        => leeway: "301s": expected 0 to 5 minutes
            "secret": "SECRET", "leeway": 30            => leeway: 30: expected a duration such as "500ms", "10s", "5m", "1h" or "7d"
            "secret": "SECRET", "jwksAge": "1h"         => jwksAge: "1h": expected no such key here: it is for jwks and discovery
            "discovery": "https://a", "jwksAge": "900ms" => jwksAge: "900ms": expected 1 second to 1 day
            "discovery": "https://a", "jwksAge": "25h"  => jwksAge: "25h": expected 1 second to 1 day
            "secret": "0123456789012345678901234567890" => secret: "***": expected a text of 32 bytes or more, env:NAME or file:PATH
            "secret": "env:PATH_THAT_IS_NOT_SET"        => secret: "env:PATH_THAT_IS_NOT_SET": expected an environment variable that is set, and not empty
            "secret": ""                                => secret: "***": expected a text, env:NAME or file:PATH
            "secret": 12345678                          => secret: "***": expected a text of 32 bytes or more, env:NAME or file:PATH
            "secret": ["SECRET"]                        => secret: ["***"]: expected a text, env:NAME or file:PATH
            "secert": "SECRET"                          => secert: "***": expected one of algorithm, audience, claim, discovery, issuer, jwks, jwksAge, leeway, publicKey, secret
            "key": {"secret": "SECRET"}                 => key: {"secret":"***"}: expected one of algorithm, audience, claim, discovery, issuer, jwks, jwksAge, leeway, publicKey, secret
            "publicKey": "file:no/such.pem"             => publicKey: "file:no/such.pem": expected a file that can be read
            "jwks": "no/such.json"                      => jwks: "no/such.json": expected a file that can be read, or an https URL
            "jwks": "file:no/such.json"                 => jwks: "file:no/such.json": expected a file that can be read, or an https URL
            "jwks": "conf"                              => jwks: "conf": expected a file that can be read, or an https URL
            "jwks": {"keys": [{"kty": "oct", "k": "SECRET"}]} => jwks: {"keys":[{"kty":"***","k":"***"}]}: expected a text
            "jwks": "http://id.example.com/keys"        => jwks: "http://id.example.com/keys": expected an https URL without a user, or http of a loopback host, with a port up to 65535
            "jwks": "ftp://id.example.com/keys"         => jwks: "ftp://id.example.com/keys": expected an https URL without a user, or http of a loopback host, with a port up to 65535
            "jwks": "https://user:SECRET@a/keys"        => jwks: "https://***@a/keys": expected an https URL without a user, or http of a loopback host, with a port up to 65535
            "jwks": "https://SECRET@a/keys"             => jwks: "https://***@a/keys": expected an https URL without a user, or http of a loopback host, with a port up to 65535
            "jwks": "https://a b/keys"                  => jwks: "https://a b/keys": expected an https URL without a user, or http of a loopback host, with a port up to 65535
            "jwks": "http://localhost.example.com/k"    => jwks: "http://localhost.example.com/k": expected an https URL without a user, or http of a loopback host, with a port up to 65535
            "discovery": "id.example.com"               => discovery: "id.example.com": expected an https URL without a user, or http of a loopback host, with a port up to 65535
            "discovery": "http://id.example.com"        => discovery: "http://id.example.com": expected an https URL without a user, or http of a loopback host, with a port up to 65535
            "discovery": "https://a/.well-known/openid-configuration" => discovery: "https://a/.well-known/openid-configuration": expected the issuer's URL alone, without /.well-known/openid-configuration
            "discovery": "https://a?key=SECRET"         => discovery: "https://a?***": expected the issuer's URL alone, without /.well-known/openid-configuration
            """)
    void theKeysOfJwtAreChecked(String keys, String line) {
        assertEquals("auth.jwt." + line, refusal("{\"auth\": {\"jwt\": {" + keys.replace("SECRET", SECRET) + "}}}"));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            "cookie": ""                        => cookie: "": expected the name of a cookie: letters, digits and characters of "!#$%&'*+-.^_`|~"
            "cookie": "a b"                     => cookie: "a b": expected the name of a cookie: letters, digits and characters of "!#$%&'*+-.^_`|~"
            "cookie": "a=b"                     => cookie: "a=b": expected the name of a cookie: letters, digits and characters of "!#$%&'*+-.^_`|~"
            "cookie": "a;b"                     => cookie: "a;b": expected the name of a cookie: letters, digits and characters of "!#$%&'*+-.^_`|~"
            "cookie": "é"                       => cookie: "é": expected the name of a cookie: letters, digits and characters of "!#$%&'*+-.^_`|~"
            "tickets": {}                       => tickets.secret: nothing: expected a text of 32 bytes or more, env:NAME or file:PATH
            "tickets": "SECRET"                 => tickets: "***": expected an object
            "tickets": {"secret": "0123456789"} => tickets.secret: "***": expected a text of 32 bytes or more, env:NAME or file:PATH
            "tickets": {"secret": "SECRET", "max": "999ms"} => tickets.max: "999ms": expected 1 second to 1 day
            "tickets": {"secret": "SECRET", "max": "25h"} => tickets.max: "25h": expected 1 second to 1 day
            "tickets": {"secret": "SECRET", "age": "1h"} => tickets.age: "***": expected one of max, secret
            "ticket": {"secret": "SECRET"}      => ticket: {"secret":"***"}: expected one of cookie, jwt, tickets
            "token": "SECRET"                   => token: "***": expected one of cookie, jwt, tickets
            """)
    void theKeysBesideJwtAreChecked(String keys, String line) {
        assertEquals("auth." + line, refusal("{\"auth\": {" + JWT + ", " + keys.replace("SECRET", SECRET) + "}}"));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"auth": "SECRET"}                                  => auth: "***": expected an object
            {"auth": ["SECRET"]}                                => auth: ["***"]: expected an object
            {"auth": {"jwt": "SECRET"}}                         => auth.jwt: "***": expected an object
            {"jwt": {"secret": "SECRET"}}                       => jwt: {"secret":"***"}: expected one of admin, auth, bridge, cluster, http, logging, producers, publish, redis, streams
            {"tickets_secret": "SECRET"}                        => tickets_secret: "***": expected one of admin, auth, bridge, cluster, http, logging, producers, publish, redis, streams
            {"redis": {"password": "SECRET"}}                   => redis.password: "***": expected uri
            {"redis": {"url": "redis://:SECRET@h"}}             => redis.url: "redis://***@h": expected uri
            {"http": {"tls": {"key": "-----BEGIN PRIVATE KEY-----SECRET", "certificate": "README.md"}}} => http.tls.key: "***": expected a file that can be read
            {"auth": {"jwt": {"secret": SECRET}}}               => line 1, column 30: Invalid numeric value: Leading zeroes not allowed
            {"auth": {"jwt": {"secret": xSECRET}}}              => line 1, column 62: Unrecognized token: was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
            """)
    void aSecretInAWrongPlaceIsNotShownEither(String json, String line) {
        assertEquals(line, refusal(json.replace("SECRET", SECRET)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"events", "chat/*"})
    void aTokenToReadNeedsAuth(String stream) {
        assertEquals(
                "streams." + stream
                        + ".read: \"token\": expected \"anyone\" where there is no \"auth\": nobody could read",
                refusal("{\"streams\": {\"" + stream + "\": {\"read\": \"token\"}}}"));
    }

    @Test
    void whoMayReadIsOneOfTwo() {
        assertEquals(
                "streams.a.read: \"admin\": expected one of anyone, token",
                refusal("{\"streams\": {\"a\": {\"read\": \"admin\"}}}"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withAuthNobodyPublishesWithoutAToken(boolean enabled) {
        assertEquals(
                "publish.anonymous: true: expected false where there is \"auth\": a token gives the right to publish",
                refusal("{\"auth\": {" + JWT + "}, \"publish\": {\"enabled\": " + enabled + ", \"anonymous\": true}}"));
    }

    @Test
    void withAuthNobodySendsSignalsWithoutAToken() {
        assertEquals(
                "streams.chat/*.signals: \"anonymous\": expected \"publish\" where there is \"auth\":"
                        + " a token gives the right to send signals",
                refusal("{\"auth\": {" + JWT + "}, \"streams\": {\"chat/*\": {\"signals\": \"anonymous\"}}}"));
    }

    // ---- what is right

    @Test
    void theLeastIsASourceOfKeys() {
        AuthOptions least = options("{" + JWT + "}");
        assertEquals(Duration.ofSeconds(30), least.jwt().leeway());
        assertEquals("sluice", least.jwt().claim());
        assertEquals(null, least.jwt().algorithm());
        assertEquals(null, least.jwt().issuer());
        assertEquals(null, least.jwt().audience());
        assertEquals(null, least.cookie());
        assertEquals(null, least.tickets());
    }

    @Test
    void theExampleOfTheContractIsRead(@TempDir Path directory) throws Exception {
        Path pem = Files.writeString(directory.resolve("issuer.pem"), Tokens.pem(Tokens.RSA.getPublic()));
        AuthOptions auth = options("""
                {
                  "jwt": {
                    "algorithm": "RS256", "publicKey": "file:%s", "issuer": "https://id.example.com", "audience": "sluice",
                    "leeway": "0s", "claim": "https://example.com/sluice"
                  },
                  "cookie": "__Host-sluice", "tickets": { "secret": "%s", "max": "1d" }
                }
                """.formatted(pem, SECRET));
        assertEquals(
                new KeySource.PublicKey(Tokens.pem(Tokens.RSA.getPublic()).stripTrailing()),
                auth.jwt().keys());
        assertEquals("RS256", auth.jwt().algorithm());
        assertEquals("https://id.example.com", auth.jwt().issuer());
        assertEquals("sluice", auth.jwt().audience());
        assertEquals(Duration.ZERO, auth.jwt().leeway());
        assertEquals("https://example.com/sluice", auth.jwt().claim());
        assertEquals("__Host-sluice", auth.cookie());
        assertEquals(Duration.ofDays(1), Objects.requireNonNull(auth.tickets()).max());
        assertEquals(SECRET, Objects.requireNonNull(auth.tickets()).secret().reveal());
    }

    @Test
    void keysMayBeInAFileAtAUrlAndAtAnIssuers(@TempDir Path directory) throws Exception {
        Path set = Files.writeString(directory.resolve("keys.json"), "{}");
        Duration hour = Duration.ofHours(1);
        assertEquals(new KeySource.KeySetFile(set, hour), keys("\"jwks\": \"" + set + "\""));
        assertEquals(new KeySource.KeySetFile(set, hour), keys("\"jwks\": \"file:" + set + "\""));
        assertEquals(
                new KeySource.KeySetUrl(URI.create("https://a/k"), Duration.ofSeconds(1)),
                keys("\"jwks\": \"https://a/k\", \"jwksAge\": \"1s\""));
        assertEquals(
                new KeySource.KeySetUrl(URI.create("http://[::1]:8/k?v=1"), hour),
                keys("\"jwks\": \"http://[::1]:8/k?v=1\""));
        assertEquals(
                new KeySource.Discovery(URI.create("http://127.0.0.1:8/realms/x"), Duration.ofDays(1)),
                keys("\"discovery\": \"http://127.0.0.1:8/realms/x\", \"jwksAge\": \"1d\""));
    }

    @Test
    void aStreamIsReadByTokensWhereThereIsAuthAndElseByAnyone() {
        String streams =
                "\"streams\": {\"a\": {}, \"b\": {\"read\": \"anyone\"}, \"c/*\": {}, \"d/*\": {\"read\": \"Anyone\"}}";
        NodeConfig open = read("{" + streams + "}");
        NodeConfig closed = read("{\"auth\": {" + JWT + "}, " + streams + "}");
        for (String name : List.of("a", "b", "c/1", "d/1")) {
            assertEquals(Read.ANYONE, open.read(name).orElseThrow(), name);
        }
        for (String name : List.of("a", "c/1")) {
            assertEquals(Read.TOKEN, closed.read(name).orElseThrow(), name);
        }
        for (String name : List.of("b", "d/1")) {
            assertEquals(Read.ANYONE, closed.read(name).orElseThrow(), name);
        }
        assertEquals(
                Read.TOKEN, read("{\"auth\": {" + JWT + "}}").read("events").orElseThrow());
    }

    @Test
    void withAuthPublishingNeedsNoMoreThanToBeOn() {
        assertEquals(
                true,
                read("{\"auth\": {" + JWT + "}, \"publish\": {\"enabled\": true}}")
                        .publish()
                        .enabled());
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            "secret": "SECRET"                                          => rights by tokens
            "secret": "SECRET", "issuer": "https://id.example.com"      => rights by tokens of https://id.example.com
            "discovery": "https://id.example.com"                       => rights by tokens of https://id.example.com
            "jwks": "https://id.example.com/keys?key=SECRET"            => rights by tokens with the keys at https://id.example.com/keys
            """)
    void theStartLineSaysWhoseTokensCount(String jwt, String said) {
        assertEquals(
                said, auth("{\"jwt\": {" + jwt.replace("SECRET", SECRET) + "}}").describe());
    }

    @Test
    void noTextOfAConfigurationHasASecretInIt() {
        NodeConfig config = read("""
                {
                  "auth": { "jwt": { "secret": "%1$s" }, "tickets": { "secret": "%1$s-2" } },
                  "cluster": { "secret": "%1$s-3" },
                  "redis": { "uri": "redis://user:%1$s@localhost" }
                }
                """.formatted(SECRET));
        assertFalse(config.toString().contains(SECRET), config.toString());
        assertEquals(
                SECRET + "-3", Objects.requireNonNull(config.cluster().secret()).reveal());
    }

    @Test
    void aFailureThatComesLaterNamesTheFileThatItIsIn() {
        JsonObject json = new JsonObject("""
                {"auth": {"jwt": {"publicKey": "file:issuer.pem", "secret": "hidden", "algorithm": "RS256"}}}""");
        assertEquals(
                "auth.jwt.publicKey: \"file:issuer.pem\", no PEM text: expected a key",
                later("jwt.publicKey", "no PEM text", "a key", json));
        assertEquals("auth.jwt.secret: 5 bytes: expected more", later("jwt.secret", "5 bytes", "more", json));
        assertEquals("auth.other: x: expected y", later("other", "x", "y", json));
        IllegalStateException other = new IllegalStateException("x");
        assertEquals(other, ConfigReader.under("auth", other, json));
    }

    private static String later(String option, String value, String expected, JsonObject json) {
        InvalidOptionException failure = new InvalidOptionException(option, value, expected);
        return String.valueOf(ConfigReader.under("auth", failure, json).getMessage());
    }
}
