package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.log.NewEvent;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.TestCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTPS with PEM files, and HTTP/2 where the client's ALPN asks for it. */
@ExtendWith(VertxExtension.class)
class TlsTest {

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void aStreamOverTlsIsTheSameStream(HttpClient.Version version, @TempDir Path directory, Vertx vertx)
            throws Exception {
        TestCertificate certificate = TestCertificate.in(directory);
        JsonObject tls = new JsonObject()
                .put("certificate", certificate.certificate().toString())
                .put("key", "file:" + certificate.key());
        JsonObject http = new JsonObject()
                .put("host", "127.0.0.1")
                .put("port", 0)
                .put("tls", tls)
                .put("cors", new JsonObject("{\"origins\": [\"https://app.example\"]}"));
        EventStream stream =
                EventStream.open(vertx, "events", StreamOptions.DEFAULT).await();
        stream.publish(List.of(new NewEvent("t", null, "over TLS"))).await();
        ServedStream node = ServedStream.serve(
                vertx,
                stream,
                new JsonObject("{\"streams\": {\"events\": {\"lifetime\": \"300ms\"}}}")
                        .put("http", http)
                        .encode());

        HttpClient client = HttpClient.newBuilder()
                .version(version)
                .sslContext(certificate.trusting())
                .build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + node.port() + "/events"))
                .header("Origin", "https://localhost:" + node.port()) // the page's own needs no list
                .build();
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            assertEquals(version, response.version());
            assertTrue(response.body().contains("data: over TLS\n\n"), response.body());
            assertTrue(response.body().endsWith("event: close\ndata: {}\n\n"), response.body());
        }
        stream.close().await();
    }

    @Test
    void aKeyOfAnotherCertificateIsFoundAtTheStart(@TempDir Path one, @TempDir Path other, Vertx vertx)
            throws Exception {
        TestCertificate certificate = TestCertificate.in(one);
        Path key = TestCertificate.newIn(other).key();
        assertEquals(
                "http.tls.key: \"" + key + "\": expected the key of " + certificate.certificate(),
                refusal(vertx, certificate.certificate(), key));
    }

    @Test
    void aFileThatIsNoPemIsNamed(@TempDir Path directory, Vertx vertx) throws Exception {
        Path text = Files.writeString(directory.resolve("text.pem"), "no PEM");
        Path key = TestCertificate.in(directory).key();
        String refusal = refusal(vertx, text, key);
        assertTrue(refusal.startsWith("http.tls: " + text + ", " + key + ": "), refusal);
    }

    @Test
    void aKeyThatOthersCanReadIsRefused(@TempDir Path directory) throws Exception {
        TestCertificate certificate = TestCertificate.in(directory);
        Path key = certificate.key();
        assumeTrue(Files.getFileStore(key).supportsFileAttributeView("posix"), "permissions of POSIX");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        JsonObject tls = new JsonObject()
                .put("certificate", certificate.certificate().toString())
                .put("key", key.toString());
        JsonObject config = new JsonObject().put("http", new JsonObject().put("tls", tls));
        assertEquals(
                "http.tls.key: \"" + key + "\": expected a file that others cannot read: chmod o-rwx",
                assertThrows(ConfigException.class, () -> NodeConfig.read(config))
                        .getMessage());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        NodeConfig.read(config);
    }

    private static String refusal(Vertx vertx, Path certificate, Path key) {
        HttpConfig.Tls tls = new HttpConfig.Tls(certificate.toString(), key.toString());
        return String.valueOf(assertThrows(ConfigException.class, () -> TlsFiles.read(vertx, tls))
                .getMessage());
    }
}
