package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.DocumentPage;
import io.sluice.testing.TestCertificate;
import io.sluice.testing.client.DemoPage;
import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.ProxyProcess;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A page with ten streams in a real browser, as {@code six-connections.md} has it: over HTTP/1.1, and both ways to HTTP/2. */
@Timeout(180)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class SixConnectionsIT {

    private static final String LINE = "one more is open\n";

    @TempDir
    private Path directory;

    @TempDir
    private Path profile;

    @Test
    void aBrowserOpensSixOverHttp1() throws Exception {
        try (NodeProcess node = NodeProcess.start("-conf", configuration())) {
            assertOpen(6, node.url());
        }
    }

    @Test
    void allTenAreOpenBehindTheProxy() throws Exception {
        String nginx = ProxyProcess.shippedNginx(TestCertificate.in(directory));
        String block = page().block("nginx");
        assertTrue(block.contains("listen 443")
                && Files.readString(Path.of("conf", "nginx.conf")).contains(block));
        try (NodeProcess node = NodeProcess.start("-conf", configuration());
                ProxyProcess proxy = ProxyProcess.nginx(directory, nginx, node.port())) {
            assertOpen(10, "https://localhost:" + proxy.tlsPort());
        }
    }

    @Test
    void allTenAreOpenAtANodeWithACertificate() throws Exception {
        TestCertificate certificate = TestCertificate.in(directory);
        String configuration = page().program("tls.json")
                .replace("sluice.pem", certificate.certificate().toString())
                .replace("sluice.key", certificate.key().toString());
        try (NodeProcess node =
                NodeProcess.start("-conf", DocumentPage.onAnyPort(new JsonObject(configuration), directory))) {
            assertOpen(10, "https://localhost:" + node.port());
        }
    }

    private void assertOpen(int count, String url) throws Exception {
        page().write("ten.html", directory, "");
        try (DemoPage browser = DemoPage.startOrSkip(profile)) {
            browser.load(url + "/ten.html");
            browser.await("document.querySelector('pre').textContent.length >= " + count * LINE.length());
            assertEquals(LINE.repeat(count), browser.text("pre"));
        }
    }

    private static DocumentPage page() throws Exception {
        return DocumentPage.read("six-connections.md");
    }

    private String configuration() {
        return DocumentPage.onAnyPort(new JsonObject("{\"streams\": {\"events\": {\"lifetime\": \"0s\"}}}"), directory);
    }
}
