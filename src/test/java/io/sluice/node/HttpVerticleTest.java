package io.sluice.node;

import static io.sluice.node.ServedStream.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.CapturedOutput;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that a node serves beside its streams: those of its webroot, and no other. */
@ExtendWith(VertxExtension.class)
// JUnit's beforeEach.
@SuppressWarnings("NullAway.Init")
class HttpVerticleTest {

    private static final String PAGE = "<!doctype html><title>Home</title>";

    @TempDir
    private Path directory;

    private ServedStream node;
    private CapturedOutput log;

    @BeforeEach
    void serve(Vertx vertx) throws IOException {
        log = new CapturedOutput();
        Files.writeString(directory.resolve("secret.txt"), "secret");
        Path webroot = Files.createDirectories(directory.resolve("web"));
        Files.writeString(webroot.resolve("index.html"), PAGE);
        Files.writeString(webroot.resolve("app.js"), "run()");
        Files.writeString(webroot.resolve(".env"), "secret");
        Files.writeString(Files.createDirectories(webroot.resolve(".git")).resolve("config"), "secret");
        Files.writeString(Files.createDirectories(webroot.resolve("sub")).resolve("page.html"), "a page");
        JsonObject http =
                new JsonObject().put("host", "127.0.0.1").put("port", 0).put("webroot", webroot.toString());
        EventStream stream =
                EventStream.open(vertx, "events", StreamOptions.DEFAULT).await();
        node = ServedStream.serve(
                vertx, stream, new JsonObject().put("http", http).encode());
    }

    @AfterEach
    void nothingWasLogged() {
        log.close();
        assertEquals("", log.text(), "a client's mistake is not the node's affair");
    }

    private static String header(String name, HttpResponse<String> response) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void theRootIsTheIndex() throws Exception {
        HttpResponse<String> response = node.get("/");
        assertEquals(200, response.statusCode());
        assertEquals(PAGE, response.body());
        assertEquals("text/html;charset=UTF-8", header("Content-Type", response));
    }

    @Test
    void filesHaveTheirType() throws Exception {
        assertEquals("text/javascript;charset=UTF-8", header("Content-Type", node.get("/app.js")));
        assertEquals("a page", node.get("/sub/page.html").body());
    }

    @Test
    void headIsGetWithoutTheBody() throws Exception {
        HttpResponse<String> response = node.send(node.request("/app.js").method("HEAD", BodyPublishers.noBody()));
        assertEquals(200, response.statusCode());
        assertEquals("5", header("Content-Length", response));
        assertEquals("", response.body());
    }

    @Test
    void aFileThatHasNotChangedIsNotSentAgain() throws Exception {
        String modified = header("Last-Modified", node.get("/app.js"));
        assertEquals(
                304,
                node.send(node.request("/app.js").header("If-Modified-Since", modified))
                        .statusCode());
    }

    @Test
    void aFileThatIsEditedShowsAtOnce() throws Exception {
        assertEquals("run()", node.get("/app.js").body());
        Files.writeString(directory.resolve("web/app.js"), "runAgain()");
        assertEquals("runAgain()", node.get("/app.js").body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/..%2fsecret.txt",
                "/../secret.txt",
                "/%2e%2e/secret.txt",
                "/sub/..%2f..%2fsecret.txt",
                "/..%5csecret.txt",
                "/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
                "//etc/passwd",
                "/%2fetc%2fpasswd"
            })
    void noPathLeadsOutOfTheWebroot(String path) throws Exception {
        HttpResponse<String> response = node.get(path);
        assertFalse(response.body().contains("secret") || response.body().contains("root:"), response.body());
        assertEquals(404, response.statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/.env", "/.git/config", "/sub/../.env", "/%2eenv", "/%2egit/config"})
    void dotFilesAreNotServed(String path) throws Exception {
        assertProblem(404, "Not Found", "no such stream or file", node.get(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/other", "/sub/", "/events/more", "/EVENTS"})
    void aPathThatIsNotThereIsAProblem(String path) throws Exception {
        assertProblem(404, "Not Found", "no such stream or file", node.get(path));
    }

    @Test
    void aStreamTakesNoOtherMethod() throws Exception {
        HttpResponse<String> response = node.send(node.request("/events").DELETE());
        assertProblem(405, "Method Not Allowed", "expected one of GET, HEAD, OPTIONS", response);
        assertEquals("GET, HEAD, OPTIONS", header("Allow", response));
    }

    @Test
    void optionsNameTheMethods() throws Exception {
        HttpResponse<String> response = node.send(node.request("/events").method("OPTIONS", BodyPublishers.noBody()));
        assertEquals(204, response.statusCode());
        assertEquals("GET, HEAD, OPTIONS", header("Allow", response));
    }

    @Test
    void aStreamIsNoOtherMediaType() throws Exception {
        assertProblem(
                406,
                "Not Acceptable",
                "this is a text/event-stream, or application/json: expected an Accept that allows one of them",
                node.send(node.request("/events").header("Accept", "text/html")));
    }
}
