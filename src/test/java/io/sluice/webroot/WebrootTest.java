package io.sluice.webroot;

import static io.sluice.webroot.ServedFiles.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a file is answered: its head, its conditions, its ranges. */
@Timeout(60)
@ExtendWith(VertxExtension.class)
// JUnit's beforeEach.
@SuppressWarnings("NullAway.Init")
class WebrootTest {

    private static final Instant MODIFIED = Instant.parse("2026-01-02T03:04:05.678901Z");
    private static final String LAST_MODIFIED = "Fri, 02 Jan 2026 03:04:05 GMT";

    @TempDir
    private Path webroot;

    private ServedFiles server;
    private String etag;

    @BeforeEach
    void serve(Vertx vertx) throws Exception {
        write("0123456789");
        server = ServedFiles.of(vertx, webroot);
        etag = header("ETag", server.get("/a.txt"));
    }

    private void write(String content) throws IOException {
        Files.setLastModifiedTime(Files.writeString(webroot.resolve("a.txt"), content), FileTime.from(MODIFIED));
    }

    @Test
    void theHeadIsThatOfAWellKeptServer() throws Exception {
        HttpResponse<String> response = server.get("/a.txt");
        TreeMap<String, String> headers = new TreeMap<>();
        response.headers().map().forEach((name, values) -> headers.put(name, String.join(" | ", values)));
        assertTrue(String.valueOf(headers.remove("date"))
                .matches("\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT"));
        assertTrue(String.valueOf(headers.remove("etag")).matches("\"[0-9a-f]+-a\""));
        assertEquals(
                """
                accept-ranges: bytes
                cache-control: no-cache
                content-length: 10
                content-security-policy: frame-ancestors 'self'
                content-type: text/plain;charset=UTF-8
                last-modified: Fri, 02 Jan 2026 03:04:05 GMT
                referrer-policy: strict-origin-when-cross-origin
                x-content-type-options: nosniff
                """,
                String.join(
                        "",
                        headers.entrySet().stream()
                                .map(field -> field.getKey() + ": " + field.getValue() + "\n")
                                .toList()));
        assertEquals("0123456789", response.body());
    }

    @ParameterizedTest
    @CsvSource({
        "a.html, text/html;charset=UTF-8",
        "a.css, text/css;charset=UTF-8",
        "a.js, text/javascript;charset=UTF-8",
        "a.mjs, text/javascript;charset=UTF-8",
        "A.JS, text/javascript;charset=UTF-8",
        "a.md, text/markdown;charset=UTF-8",
        "a.json, application/json",
        "a.js.map, application/json",
        "a.webmanifest, application/manifest+json",
        "a.wasm, application/wasm",
        "a.svg, image/svg+xml",
        "a.woff2, font/woff2",
        "a.unknown, application/octet-stream",
        "README, application/octet-stream",
        "html, application/octet-stream"
    })
    void theTypeIsThatOfTheExtension(String name, String type) throws Exception {
        Files.writeString(webroot.resolve(name), "x");
        assertEquals(type, header("Content-Type", server.get("/" + name)));
        assertEquals(type, header("Content-Type", server.send("HEAD", "/" + name)));
    }

    @Test
    void headIsTheHeadOfGet() throws Exception {
        HttpResponse<String> head = server.send("HEAD", "/a.txt", "Range", "bytes=0-1");
        assertEquals(200, head.statusCode());
        assertEquals("10", header("Content-Length", head));
        assertEquals("text/plain;charset=UTF-8", header("Content-Type", head));
        assertEquals(etag, header("ETag", head));
        assertEquals("", head.body());
    }

    @Test
    void anEmptyFileIsAnEmptyBody() throws Exception {
        Files.createFile(webroot.resolve("empty.js"));
        HttpResponse<String> response = server.get("/empty.js");
        assertEquals(
                "200 0 ", response.statusCode() + " " + header("Content-Length", response) + " " + response.body());
    }

    // ---- conditions

    @Test
    void aFileThatHasNotChangedIsNotSentAgain() throws Exception {
        for (String[] condition : new String[][] {
            {"If-None-Match", etag}, {"If-None-Match", "W/" + etag}, {"If-Modified-Since", LAST_MODIFIED}
        }) {
            for (String method : new String[] {"GET", "HEAD"}) {
                HttpResponse<String> response = server.send(method, "/a.txt", condition);
                assertEquals(304, response.statusCode(), condition[0]);
                assertEquals("", response.body());
                assertEquals(etag, header("ETag", response));
                assertEquals("no-cache", header("Cache-Control", response));
                assertEquals("", header("Content-Type", response));
            }
        }
    }

    @Test
    void aFileThatIsEditedHasAnotherTagAtOnce() throws Exception {
        Files.setLastModifiedTime(webroot.resolve("a.txt"), FileTime.from(MODIFIED.plusMillis(1)));
        HttpResponse<String> edited = server.get("/a.txt", "If-None-Match", etag);
        assertEquals(200, edited.statusCode());
        assertNotEquals(etag, header("ETag", edited));
        write("longer than it was");
        assertEquals(
                "longer than it was",
                server.get("/a.txt", "If-None-Match", etag).body());
    }

    @Test
    void aFileThatIsNotTheExpectedOneIsNotSent() throws Exception {
        assertEquals(412, server.get("/a.txt", "If-Match", "\"other\"").statusCode());
        assertEquals("0123456789", server.get("/a.txt", "If-Match", etag).body());
    }

    @Test
    void aTimeThatLiesAheadIsNow() throws Exception {
        Files.setLastModifiedTime(
                webroot.resolve("a.txt"), FileTime.from(Instant.now().plus(Duration.ofDays(400))));
        HttpResponse<String> response = server.get("/a.txt");
        assertEquals(header("Date", response), header("Last-Modified", response));
    }

    // ---- ranges

    @Test
    void aRangeIsAPart() throws Exception {
        for (String range : new String[] {"bytes=2-4", "Bytes=2-4", "bytes=-8", "bytes=2-"}) {
            HttpResponse<String> response = server.get("/a.txt", "Range", range);
            assertEquals(206, response.statusCode(), range);
            assertEquals("0123456789".substring(2, range.endsWith("4") ? 5 : 10), response.body());
            assertEquals("bytes 2-" + (range.endsWith("4") ? 4 : 9) + "/10", header("Content-Range", response));
            assertEquals(Integer.toString(response.body().length()), header("Content-Length", response));
            assertEquals(etag, header("ETag", response));
        }
    }

    @Test
    void aRangeOfAnotherVersionIsTheWholeFile() throws Exception {
        for (String validator : new String[] {"\"other\"", "W/" + etag, "Fri, 02 Jan 2026 03:04:04 GMT"}) {
            HttpResponse<String> response = server.get("/a.txt", "Range", "bytes=0-3", "If-Range", validator);
            assertEquals("200 0123456789", response.statusCode() + " " + response.body(), validator);
            assertEquals("", header("Content-Range", response));
        }
        for (String validator : new String[] {etag, LAST_MODIFIED}) {
            assertEquals(
                    "0123",
                    server.get("/a.txt", "Range", "bytes=0-3", "If-Range", validator)
                            .body());
        }
    }

    @Test
    void aRangeBeyondTheEndSaysWhereTheEndIs() throws Exception {
        HttpResponse<String> response = server.get("/a.txt", "Range", "bytes=10-");
        assertEquals("416 bytes */10", response.statusCode() + " " + header("Content-Range", response));
        assertEquals(
                200,
                server.get("/a.txt", "Range", "bytes=10-", "If-Range", "\"other\"")
                        .statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-1,4-5", "bytes=4-2", "lines=0-1"})
    void whatIsNotOneRangeIsTheWholeFile(String range) throws Exception {
        HttpResponse<String> response = server.get("/a.txt", "Range", range);
        assertEquals("200 0123456789", response.statusCode() + " " + response.body());
    }

    @Test
    void aConditionGoesBeforeARange() throws Exception {
        assertEquals(
                304,
                server.get("/a.txt", "Range", "bytes=0-1", "If-None-Match", etag)
                        .statusCode());
    }

    @Test
    void aFileLargerThanFourGigabytesHasItsLengthAndItsEnd() throws Exception {
        long size = 5L << 30;
        try (RandomAccessFile sparse =
                new RandomAccessFile(webroot.resolve("huge.bin").toFile(), "rw")) {
            sparse.setLength(size);
            sparse.seek(size - 3);
            sparse.writeBytes("end");
        }
        assertEquals(Long.toString(size), header("Content-Length", server.send("HEAD", "/huge.bin")));
        HttpResponse<String> response = server.get("/huge.bin", "Range", "bytes=-3");
        assertEquals("end", response.body());
        assertEquals("bytes 5368709117-5368709119/5368709120", header("Content-Range", response));
    }

    // ---- the demo

    @Test
    void theDemoHasTheSameHeadsConditionsAndRanges(Vertx vertx) throws Exception {
        ServedFiles demo = ServedFiles.of(vertx, new HttpServerOptions(), Webroot.demo(false));
        HttpResponse<String> page = demo.get("/");
        assertEquals(Files.readString(Path.of("webroot/index.html")), page.body());
        assertEquals("text/html;charset=UTF-8", header("Content-Type", page));
        assertEquals("nosniff", header("X-Content-Type-Options", page));
        String tag = header("ETag", page);
        assertEquals(304, demo.get("/index.html", "If-None-Match", tag).statusCode());
        assertEquals(200, demo.get("/style.css", "If-None-Match", tag).statusCode());
        HttpResponse<String> part = demo.get("/", "Range", "bytes=2-8", "If-Range", tag);
        assertEquals("206 doctype", part.statusCode() + " " + part.body());
        for (String path : new String[] {"/no.js", "/app.js/", "/sub/app.js", "/..%2fHttpVerticle.class", "/.env"}) {
            assertEquals(404, demo.status(path), path);
        }
    }

    /** The pages of a directory are somebody else's, who may have scripts in them. */
    @Test
    void theDemoLoadsNothingFromElsewhereAndReadsElsewhereInAClusterOnly(Vertx vertx) throws Exception {
        String own =
                "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'self'";
        ServedFiles alone = ServedFiles.of(vertx, new HttpServerOptions(), Webroot.demo(false));
        assertEquals(own, header("Content-Security-Policy", alone.get("/")));
        ServedFiles member = ServedFiles.of(vertx, new HttpServerOptions(), Webroot.demo(true));
        assertEquals(
                own + "; connect-src 'self' http: https:", header("Content-Security-Policy", member.get("/app.js")));
    }

    /** A stranger's misses do not keep a file of somebody else waiting. */
    @Test
    void theDemoNeedsNoWorker() throws Exception {
        Vertx busy = Vertx.vertx(new VertxOptions().setWorkerPoolSize(1));
        CountDownLatch done = new CountDownLatch(1);
        try {
            Future<Boolean> work = busy.executeBlocking(() -> done.await(60, TimeUnit.SECONDS));
            ServedFiles demo = ServedFiles.of(busy, new HttpServerOptions(), Webroot.demo(false));
            assertEquals(200, demo.status("/"));
            for (int i = 0; i < 100; i++) {
                assertEquals(404, demo.status("/missing-" + i));
            }
            assertEquals(false, work.isComplete());
        } finally {
            done.countDown();
            busy.close().await();
        }
    }

    @Test
    void theDemoIsEveryFileOfItsDirectory() throws IOException {
        Path webroot = Path.of("webroot");
        try (var files = Files.walk(webroot)) {
            assertEquals(
                    BundledFiles.NAMES,
                    files.filter(Files::isRegularFile)
                            .map(file -> webroot.relativize(file).toString())
                            .sorted()
                            .toList());
        }
    }
}
