package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.sluice.testing.CapturedOutput;
import io.sluice.testing.TestCertificate;
import io.sluice.testing.Tokens;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a node reads again while it runs: POST /api/reload. */
@ExtendWith(VertxExtension.class)
@SuppressWarnings("NullAway.Init")
class ReloadTest {

    @TempDir
    Path directory;

    private CapturedOutput log;

    @BeforeEach
    void capture() {
        log = new CapturedOutput();
    }

    @AfterEach
    void close() {
        log.close();
    }

    /** Deploys a node that has its configuration from a file, as a launched one. */
    private AdminNode deploy(Vertx vertx, JsonObject json) throws IOException {
        new ConfigSource(write(json).toString(), false, Map.of()).tell(vertx);
        return AdminNode.deploy(vertx, log, json);
    }

    private Path write(JsonObject json) throws IOException {
        return Files.writeString(directory.resolve("node.json"), json.encodePrettily());
    }

    private static JsonObject reload(AdminNode node) throws Exception {
        HttpResponse<String> answer = node.post("/api/reload", "");
        assertEquals(200, answer.statusCode(), answer.body());
        return new JsonObject(answer.body());
    }

    private static JsonObject answer(String text) {
        return new JsonObject(text.replace('\'', '"'));
    }

    @Test
    void aCertificateIsReplacedAndNoConnectionIsLost(@TempDir Path other, Vertx vertx) throws Exception {
        TestCertificate first = TestCertificate.in(directory);
        TestCertificate second = TestCertificate.newIn(other);
        JsonObject json = AdminNode.local("""
                {
                  "streams": { "events": { "lifetime": "0s", "replay": "none" } },
                  "publish": { "enabled": true, "anonymous": true },
                  "http": { "tls": { "certificate": "%s", "key": "%s" } }
                }
                """.formatted(first.certificate(), first.key()));
        AdminNode node = deploy(vertx, json);
        Certificate before = certificate(node, first.trusting());
        URI events = URI.create("https://localhost:" + node.port() + "/events");
        HttpClient early = HttpClient.newBuilder().sslContext(first.trusting()).build();
        BufferedReader open = new BufferedReader(new InputStreamReader(
                early.send(HttpRequest.newBuilder(events).build(), BodyHandlers.ofInputStream())
                        .body(),
                StandardCharsets.UTF_8));
        assertEquals(answer("{'reloaded':[],'unchanged':['http.tls','logging'],'restart':[]}"), reload(node));

        Files.copy(second.certificate(), first.certificate(), StandardCopyOption.REPLACE_EXISTING);
        assertEquals(422, node.post("/api/reload", "").statusCode());
        assertEquals(before, certificate(node, first.trusting()));
        Files.copy(second.key(), first.key(), StandardCopyOption.REPLACE_EXISTING);
        assertEquals(answer("{'reloaded':['http.tls'],'unchanged':['logging'],'restart':[]}"), reload(node));

        assertNotEquals(before, certificate(node, second.trusting()));
        HttpClient late = HttpClient.newBuilder().sslContext(second.trusting()).build();
        HttpResponse<String> published = late.send(
                HttpRequest.newBuilder(events)
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString("after"))
                        .build(),
                BodyHandlers.ofString());
        assertEquals(201, published.statusCode());
        assertEquals(HttpClient.Version.HTTP_2, published.version());
        assertEquals(
                "data: after",
                open.lines()
                        .filter(line -> line.startsWith("data:"))
                        .findFirst()
                        .orElse(""));
    }

    /** What the node shows to whoever connects now. */
    private static Certificate certificate(AdminNode node, SSLContext trusting) throws IOException {
        // A session of its own: one that is resumed has the certificate of its beginning.
        trusting.getClientSessionContext().setSessionTimeout(1);
        try (SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", node.port())) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void aKeyThatIsReplacedInItsFileIsTaken(Vertx vertx) throws Exception {
        KeyPair first = Tokens.RSA;
        KeyPair second = Tokens.rsa(2048);
        Path pem = Files.writeString(directory.resolve("issuer.pem"), Tokens.pem(first.getPublic()));
        JsonObject json = AdminNode.local("""
                {
                  "auth": { "jwt": { "publicKey": "file:%s" }, "cookie": "session" },
                  "streams": { "events": { "lifetime": "20ms" } }
                }
                """.formatted(pem));
        AdminNode node = deploy(vertx, json);
        String early = token(first);
        String late = token(second);
        assertEquals(List.of(200, 401), List.of(read(node, early), read(node, late)));
        assertEquals(answer("{'reloaded':[],'unchanged':['auth.jwt','logging'],'restart':[]}"), reload(node));

        Files.writeString(pem, Tokens.pem(second.getPublic()));
        assertEquals(answer("{'reloaded':['auth.jwt'],'unchanged':['logging'],'restart':[]}"), reload(node));
        assertEquals(List.of(401, 200), List.of(read(node, early), read(node, late)));

        json.getJsonObject("auth").put("cookie", "other").put("tickets", new JsonObject().put("secret", Tokens.SECRET));
        write(json);
        assertEquals(
                answer("{'reloaded':['auth.cookie'],'unchanged':['auth.jwt','logging'],'restart':"
                        + "['auth.tickets: the default -> {\\'secret\\':\\'***\\'} takes a restart']}"),
                reload(node));
        assertEquals(List.of(401, 200), List.of(read(node, early), read(node, late)));
    }

    @Test
    void aSetOfKeysIsReadAtOnce(Vertx vertx) throws Exception {
        KeyPair first = Tokens.RSA;
        KeyPair second = Tokens.rsa(2048);
        Path set = Files.writeString(directory.resolve("keys.json"), set(first));
        AdminNode node = deploy(vertx, AdminNode.local("""
                { "auth": { "jwt": { "jwks": "%s" } }, "streams": { "events": { "lifetime": "20ms" } } }
                """.formatted(set)));
        assertEquals(200, read(node, token(first)));
        Files.writeString(set, set(second));
        assertEquals(answer("{'reloaded':['auth.jwt'],'unchanged':['logging'],'restart':[]}"), reload(node));
        assertEquals(List.of(401, 200), List.of(read(node, token(first)), read(node, token(second))));

        Files.writeString(set, "{}");
        HttpResponse<String> refused = node.post("/api/reload", "");
        assertEquals(422, refused.statusCode());
        assertEquals(
                directory.resolve("node.json") + ": auth.jwt: no list \"keys\": expected a JSON Web Key Set",
                new JsonObject(refused.body()).getString("detail"));
        assertEquals(200, read(node, token(second)));
    }

    private static String set(KeyPair key) {
        return "{\"keys\":[" + Tokens.jwk("1", (java.security.interfaces.RSAPublicKey) key.getPublic()) + "]}";
    }

    private static String token(KeyPair key) {
        return Tokens.signed(
                new JsonObject().put("alg", "RS256"),
                Tokens.claims("ada", List.of("events"), List.of()),
                key.getPrivate());
    }

    private static int read(AdminNode node, String token) throws Exception {
        URI events = URI.create("http://127.0.0.1:" + node.port() + "/events");
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(events)
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    void whatTakesARestartIsSaid(Vertx vertx) throws Exception {
        JsonObject json = AdminNode.local("{}");
        AdminNode node = deploy(vertx, json);
        JsonObject changed = json.copy();
        changed.getJsonObject("http").put("port", 9000).put("maxTopics", 5);
        changed.put("cluster", new JsonObject().put("secret", Tokens.SECRET))
                .put("logging", new JsonObject().put("levels", new JsonObject().put("a.b", "debug")));
        write(changed);

        assertEquals(
                answer("{'reloaded':['logging'],'unchanged':[],'restart':["
                        + "'cluster: the default -> {\\'secret\\':\\'***\\'} takes a restart',"
                        + "'http.maxTopics: the default -> 5 takes a restart',"
                        + "'http.port: 0 -> 9000 takes a restart']}"),
                reload(node));
        assertEquals("DEBUG", Logging.ofProcess().orElseThrow().levels().get("a.b"));
        log.await("WARN .*http.port: 0 -> 9000 takes a restart");
        write(json);
        assertEquals(answer("{'reloaded':['logging'],'unchanged':[],'restart':[]}"), reload(node));
        assertFalse(Logging.ofProcess().orElseThrow().levels().containsKey("a.b"));
    }

    @Test
    void aMistakeChangesNothing(Vertx vertx) throws Exception {
        JsonObject json = AdminNode.local("{}");
        AdminNode node = deploy(vertx, json);
        JsonObject wrong = json.copy().put("logging", new JsonObject("{\"levels\":{\"a.b\":\"debug\"}}"));
        wrong.getJsonObject("http").put("prot", 1);
        Path file = write(wrong);

        HttpResponse<String> refused = node.post("/api/reload", "");
        assertEquals(422, refused.statusCode());
        String line = new JsonObject(refused.body()).getString("detail");
        assertEquals(file + ": http.prot: 1: expected one of", line.replaceFirst("(expected one of).*", "$1"));
        assertFalse(Logging.ofProcess().orElseThrow().levels().containsKey("a.b"));
        log.await(
                "WARN .*the configuration was read again, and nothing has changed: .*: http.prot: 1: expected one of");

        Files.writeString(file, "{");
        assertEquals(422, node.post("/api/reload", "").statusCode());
        Files.delete(file);
        assertEquals(
                file + ": no such file",
                new JsonObject(node.post("/api/reload", "").body()).getString("detail"));
    }

    @Test
    void aNodeOfAnApplicationReadsItsFilesAgain(Vertx vertx) throws Exception {
        Path secret = Files.setPosixFilePermissions(
                Files.writeString(directory.resolve("secret"), Tokens.SECRET),
                PosixFilePermissions.fromString("rw-------"));
        AdminNode node = AdminNode.deploy(vertx, log, """
                { "auth": { "jwt": { "secret": "file:%s" } }, "streams": { "events": { "lifetime": "20ms" } } }
                """.formatted(secret));
        String token = Tokens.hs256(Tokens.claims("ada", List.of("events"), List.of()));
        assertEquals(200, read(node, token));
        Files.writeString(secret, Tokens.SECRET.toUpperCase(java.util.Locale.ROOT));
        assertEquals(answer("{'reloaded':['auth.jwt'],'unchanged':[],'restart':[]}"), reload(node));
        assertEquals(401, read(node, token));
    }
}
