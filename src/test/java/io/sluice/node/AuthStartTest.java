package io.sluice.node;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.TestCertificate;
import io.sluice.testing.Tokens;
import io.sluice.testing.process.NodeProcess;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node with {@code auth} starts, or says in one line why not; and it prints no secret, whatever it logs. */
@ExtendWith(VertxExtension.class)
class AuthStartTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String TICKETS = "tickets-0123456789abcdef-0123456789";

    @TempDir
    // JUnit sets it.
    @SuppressWarnings("NullAway")
    private Path directory;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    // ---- a key that does not fit, in an application that deploys the node

    private static String refusal(Vertx vertx, String jwt) throws Exception {
        JsonObject config = new JsonObject()
                .put("http", new JsonObject().put("host", "127.0.0.1").put("port", 0))
                .put("auth", new JsonObject().put("jwt", new JsonObject(jwt)));
        return vertx.deployVerticle(new NodeVerticle(), new DeploymentOptions().setConfig(config))
                .map("it starts")
                .otherwise(Throwable::getMessage)
                .await(30, SECONDS);
    }

    private String refusal(Vertx vertx, String pem, String more) throws Exception {
        Path file = file("issuer.pem", pem);
        return refusal(vertx, "{\"publicKey\": \"file:" + file + "\"" + more + "}")
                .replace(file.toString(), "issuer.pem");
    }

    private static final String KEY =
            ": expected file:PATH, or the PEM text itself, of a public key or certificate: RSA of 2048 to 8192 bits,"
                    + " or of the curve P-256, P-384, or P-521";

    @Test
    void aKeyThatIsNoneIsNamedWithItsFile(Vertx vertx) throws Exception {
        PublicKey small = Tokens.rsa(1024).getPublic();
        assertEquals(
                "auth.jwt.publicKey: \"file:issuer.pem\", no PEM text" + KEY,
                refusal(vertx, "ssh-rsa AAAA me@here", ""));
        assertEquals(
                "auth.jwt.publicKey: \"file:issuer.pem\", an RSA key of 1024 bits" + KEY,
                refusal(vertx, Tokens.pem(small), ""));
        assertEquals(
                "auth.jwt.publicKey: \"file:issuer.pem\", a PEM text of a PRIVATE KEY" + KEY,
                refusal(vertx, Tokens.pem("PRIVATE KEY", Tokens.RSA.getPrivate()), ""));
    }

    @Test
    void anAlgorithmThatDoesNotFitTheKeyIsNamed(Vertx vertx) throws Exception {
        assertEquals(
                "auth.jwt.algorithm: \"HS256\": expected one that fits the key: RS256, RS384, RS512, PS256, PS384, PS512",
                refusal(vertx, Tokens.pem(Tokens.RSA.getPublic()), ", \"algorithm\": \"HS256\""));
        assertEquals(
                "auth.jwt.algorithm: \"RS256\": expected one that fits the key: HS256, HS384, HS512",
                refusal(vertx, "{\"secret\": \"" + Tokens.SECRET + "\", \"algorithm\": \"RS256\"}"));
    }

    @Test
    void aConfigurationInCodeHasTheSameRules(Vertx vertx) throws Exception {
        assertEquals(
                "auth.jwt.secret: \"env:SLUICE_NOT_SET\": expected an environment variable that is set, and not empty",
                refusal(vertx, "{\"secret\": \"env:SLUICE_NOT_SET\"}"));
        assertEquals(
                "auth.jwt.secret: \"***\": expected a text of 32 bytes or more, env:NAME or file:PATH",
                refusal(vertx, "{\"secret\": \"short\"}"));
        assertEquals("it starts", refusal(vertx, "{\"secret\": \"" + Tokens.SECRET + "\"}"));
    }

    // ---- the start line

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            127.0.0.1   => ; rights by tokens of https://id.example.com
            localhost   => ; rights by tokens of https://id.example.com
            0.0.0.0     => ; rights by tokens of https://id.example.com, which come unencrypted unless a proxy ends TLS
            192.168.0.1 => ; rights by tokens of https://id.example.com, which come unencrypted unless a proxy ends TLS
            """)
    void theStartLineSaysWhereTokensComeUnencrypted(String host, String said) {
        JsonObject http = new JsonObject().put("host", host);
        JsonObject auth = new JsonObject("{\"jwt\": {\"discovery\": \"https://id.example.com\"}}");
        assertEquals("", StartLine.rights(NodeConfig.read(new JsonObject().put("http", http))));
        assertEquals(
                said,
                StartLine.rights(
                        NodeConfig.read(new JsonObject().put("http", http).put("auth", auth))));
    }

    @Test
    void withTlsTokensComeEncrypted() throws Exception {
        TestCertificate files = TestCertificate.in(directory);
        JsonObject tls = new JsonObject()
                .put("certificate", files.certificate().toString())
                .put("key", "file:" + files.key());
        NodeConfig config = NodeConfig.read(new JsonObject()
                .put("http", new JsonObject().put("tls", tls))
                .put("auth", new JsonObject("{\"jwt\": {\"discovery\": \"https://id.example.com\"}}")));
        assertEquals("; rights by tokens of https://id.example.com", StartLine.rights(config));
    }

    // ---- all that it prints

    /** A subscription, a POST, a ticket, and credentials that are none, each with the right answer. */
    @Test
    void aNodeThatLogsEverythingLogsNoSecret() throws Exception {
        Path tickets = Files.setPosixFilePermissions(
                file("tickets", TICKETS + "\n"), PosixFilePermissions.fromString("rw-------"));
        Path config = file("node.json", """
                {
                  "http": { "host": "127.0.0.1", "port": 0 },
                  "streams": { "events": { "lifetime": "100ms" }, "open": { "read": "anyone", "lifetime": "100ms" } },
                  "publish": { "enabled": true },
                  "redis": { "uri": "redis://user:password-of-redis@127.0.0.1" },
                  "auth": {
                    "jwt": { "secret": "env:SLUICE_SECRET", "issuer": "me" }, "cookie": "sluice",
                    "tickets": { "secret": "file:%s" }
                  }
                }
                """.formatted(tickets));
        String shipped = Files.readString(Path.of("src/main/resources/io/sluice/node/logback.xml"));
        Path logback = file("logback.xml", shipped.replaceAll("level=\"\\w+\"", "level=\"TRACE\""));
        String token = Tokens.hs256(
                Tokens.claims("alice", List.of("events"), List.of("events")).put("iss", "me"));
        String bad = token.substring(0, token.length() - 4) + "AAAA";
        String ticket;
        List<String> printed;
        try (NodeProcess node = NodeProcess.startFromClassPath(
                Path.of(""),
                List.of("-Dlogback.configurationFile=" + logback),
                Map.of("SLUICE_SECRET", Tokens.SECRET),
                "run",
                "io.sluice.node.NodeVerticle",
                "-conf",
                config.toString())) {
            node.awaitLine(
                    "/open \\(.*; anybody may read\\).*publishing over HTTP is on, for tokens with the right; rights by tokens of me\\b(?! which)");
            String url = node.url();
            assertEquals(200, status(get(url + "/open")));
            assertEquals(401, status(get(url + "/events")));
            assertEquals(200, status(get(url + "/events").header("Authorization", "Bearer " + token)));
            assertEquals(401, status(get(url + "/events").header("Authorization", "Bearer " + bad)));
            assertEquals(200, status(get(url + "/events").header("Cookie", "sluice=" + token)));
            assertEquals(201, status(post(url + "/events", token, "\"x\"")));
            ticket =
                    new JsonObject(body(post(url + "/tickets", token, "{\"stream\": \"events\"}"))).getString("ticket");
            assertEquals(200, status(get(url + "/events?ticket=" + ticket)));
            assertEquals(401, status(get(url + "/events?ticket=" + ticket.substring(1))));
            node.terminate();
            node.awaitExit(Duration.ofSeconds(30));
            printed = Stream.concat(node.out().stream(), node.err().stream()).toList();
        }
        String signature = token.substring(token.lastIndexOf('.') + 1);
        for (String secret :
                List.of(Tokens.SECRET, TICKETS, "password-of-redis", signature, ticket, ticket.substring(1))) {
            assertFalse(printed.stream().anyMatch(line -> line.contains(secret)), () -> "it logs " + secret);
        }
        assertTrue(printed.stream().anyMatch(line -> line.contains(" TRACE ")), "it logs everything");
    }

    private static HttpRequest.Builder get(String url) {
        return HttpRequest.newBuilder(URI.create(url));
    }

    private static HttpRequest.Builder post(String url, String token, String json) {
        return get(url).header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json));
    }

    private static int status(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    private static String body(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), BodyHandlers.ofString()).body();
    }
}
