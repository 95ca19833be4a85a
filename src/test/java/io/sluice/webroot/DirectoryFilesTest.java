package io.sluice.webroot;

import static io.sluice.webroot.ServedFiles.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URL;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpResponse;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a file of a webroot that is a directory. */
@Timeout(60)
@ExtendWith(VertxExtension.class)
// JUnit's beforeEach.
@SuppressWarnings("NullAway.Init")
class DirectoryFilesTest {

    @TempDir
    private Path directory;

    private Path webroot;
    private Path outside;
    private ServedFiles server;

    @BeforeEach
    void serve(Vertx vertx) throws IOException {
        webroot = Files.createDirectories(directory.resolve("web"));
        Files.writeString(webroot.resolve("index.html"), "home");
        outside = Files.createDirectories(directory.resolve("outside"));
        Files.writeString(outside.resolve("index.html"), "secret");
        Files.writeString(outside.resolve("secret.txt"), "secret");
        server = ServedFiles.of(vertx, webroot);
    }

    private void link(String name, Path target) throws IOException {
        Files.createSymbolicLink(webroot.resolve(name), target);
    }

    // ---- links

    @Test
    void aLinkThatLeadsOutOfTheWebrootIsNotFollowed() throws Exception {
        link("file.txt", outside.resolve("secret.txt"));
        link("directory", outside);
        link("up", Path.of(".."));
        link("root", Path.of("/"));
        Files.createDirectories(webroot.resolve("sub"));
        link("sub/index.html", Path.of("../../outside/secret.txt"));
        for (String path : new String[] {
            "/file.txt",
            "/directory",
            "/directory/",
            "/directory/secret.txt",
            "/up/outside/secret.txt",
            "/root/etc/passwd",
            "/sub",
            "/sub/"
        }) {
            HttpResponse<String> response = server.get(path);
            assertEquals(404, response.statusCode(), path + ": " + response.body());
        }
    }

    @Test
    void aLinkThatLeadsOutIsFollowedWhereTheConfigurationAllowsIt(Vertx vertx) throws Exception {
        link("file.txt", outside.resolve("secret.txt"));
        link("directory", outside);
        ServedFiles open = ServedFiles.of(vertx, new HttpServerOptions(), Webroot.of(vertx, webroot.toString(), true));
        assertEquals("secret", open.get("/file.txt").body());
        assertEquals("secret", open.get("/directory/").body());
    }

    @Test
    void aLinkWithinTheWebrootIsFollowed() throws Exception {
        Files.writeString(Files.createDirectories(webroot.resolve("v2")).resolve("app.js"), "two");
        link("latest", Path.of("v2"));
        link("app.js", webroot.resolve("v2/app.js"));
        assertEquals("two", server.get("/latest/app.js").body());
        assertEquals("two", server.get("/app.js").body());
        assertEquals("text/javascript;charset=UTF-8", header("Content-Type", server.get("/app.js")));
    }

    /** Kubernetes mounts it so, and exchanges the link when the map changes. */
    @Test
    void theFilesOfAConfigMapAreServed() throws Exception {
        configMap("..2026_01", "one");
        link("page.html", Path.of("..data/page.html"));
        assertEquals("one", server.get("/page.html").body());
        configMap("..2026_02", "two");
        assertEquals("two", server.get("/page.html").body());
        assertEquals(404, server.status("/..data/page.html"));
        assertEquals(404, server.status("/..2026_02/page.html"));
    }

    private void configMap(String version, String content) throws IOException {
        Path data = Files.createDirectories(webroot.resolve(version));
        Files.writeString(data.resolve("page.html"), content);
        Path link = Files.createSymbolicLink(webroot.resolve("..data_tmp"), Path.of(version));
        Files.move(link, webroot.resolve("..data"), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void theWebrootMayBeALinkThatIsExchangedMeanwhile(Vertx vertx) throws Exception {
        Path current = Files.createSymbolicLink(directory.resolve("current"), webroot);
        ServedFiles releases = ServedFiles.of(vertx, current);
        assertEquals("home", releases.get("/").body());
        Path next = Files.createDirectories(directory.resolve("next"));
        Files.writeString(next.resolve("index.html"), "the next release");
        Files.move(
                Files.createSymbolicLink(directory.resolve("tmp"), next), current, StandardCopyOption.REPLACE_EXISTING);
        assertEquals("the next release", releases.get("/").body());
    }

    @Test
    void linksThatGoRoundInCirclesAreNoFile() throws Exception {
        link("a", Path.of("b"));
        link("b", Path.of("a"));
        link("dangling", Path.of("nowhere"));
        assertEquals(404, server.status("/a"));
        assertEquals(404, server.status("/dangling"));
    }

    // ---- what is no regular file

    @Test
    void aNamedPipeIsNoFileAndNobodyWaitsForItsWriter() throws Exception {
        assumeTrue(new ProcessBuilder("mkfifo", webroot.resolve("pipe").toString())
                .start()
                .waitFor(10, TimeUnit.SECONDS));
        assumeTrue(Files.exists(webroot.resolve("pipe")));
        Files.createDirectories(webroot.resolve("sub"));
        link("sub/index.html", Path.of("../pipe"));
        assertEquals(404, server.status("/pipe"));
        assertEquals(404, server.status("/sub/"));
        assertEquals("home", server.get("/").body());
    }

    @Test
    void aSocketIsNoFile() throws Exception {
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(webroot.resolve("s")));
            assertEquals(404, server.status("/s"));
        }
    }

    @Test
    void aDeviceIsNoFileEvenWhereLinksAreFollowed(Vertx vertx) throws Exception {
        Path zero = Path.of("/dev/zero");
        assumeTrue(Files.exists(zero));
        link("zero", zero);
        ServedFiles open = ServedFiles.of(vertx, new HttpServerOptions(), Webroot.of(vertx, webroot.toString(), true));
        assertEquals(404, open.status("/zero"));
    }

    @Test
    void aFileThatMayNotBeReadIsNotThere() throws Exception {
        Path file = Files.writeString(webroot.resolve("private.txt"), "secret");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeTrue(!Files.isReadable(file), "root may read everything");
        assertEquals(404, server.status("/private.txt"));
    }

    // ---- directories

    @Test
    void aDirectoryIsItsIndexBehindASlash() throws Exception {
        Path sub = Files.createDirectories(webroot.resolve("a b/sub"));
        Files.writeString(sub.resolve("index.html"), "<a href=next.html>");
        HttpResponse<String> response = server.get("/a%20b/sub?x=1");
        assertEquals(301, response.statusCode());
        // Relative: behind a proxy with a prefix it stays below the prefix.
        assertEquals("./sub/?x=1", header("Location", response));
        assertEquals("<a href=next.html>", server.get("/a%20b/sub/").body());
        assertEquals("./a:b/", location("a:b"));
        assertEquals("./%C3%BC/", location("ü"));
    }

    private String location(String name) throws Exception {
        Files.writeString(Files.createDirectories(webroot.resolve(name)).resolve("index.html"), "");
        String encoded = name.equals("ü") ? "%C3%BC" : name;
        return header("Location", server.get("/" + encoded));
    }

    @Test
    void aDirectoryWithoutAnIndexIsNotThere() throws Exception {
        Files.writeString(Files.createDirectories(webroot.resolve("sub")).resolve("a.txt"), "a");
        assertEquals(404, server.status("/sub"));
        assertEquals(404, server.status("/sub/"));
        assertEquals("a", server.get("/sub/a.txt").body());
        Files.createDirectories(webroot.resolve("sub/index.html"));
        assertEquals(404, server.status("/sub/"));
    }

    @Test
    void aFileIsNoDirectory() throws Exception {
        assertEquals(404, server.status("/index.html/"));
        assertEquals(404, server.status("/index.html/more"));
    }

    // ---- names

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/..%2foutside%2fsecret.txt",
                "/sub%2f..%2f..%2foutside%2fsecret.txt",
                "/..%5coutside%5csecret.txt",
                "/%2e%2e/outside/secret.txt",
                "/.%2e/outside/secret.txt",
                "/%252e%252e/outside/secret.txt",
                "/..;/outside/secret.txt",
                "/%c0%ae%c0%ae/outside/secret.txt",
                "/index.html%00",
                "/index.html%00.txt",
                "/index.html%0a",
                "/%ff",
                "/index.html::$DATA",
                "/INDEX.HTML",
                "/index.html.",
                "/index.html%20",
                "/con",
                "/~root/secret",
                "/*"
            })
    void anOddNameIsNoFile(String path) throws Exception {
        Files.createDirectories(webroot.resolve("sub"));
        assertEquals(404, server.status(path));
    }

    @Test
    void aNameThatIsTooLongIsNoFile() throws Exception {
        assertEquals(404, server.status("/" + "x".repeat(300)));
        assertEquals(404, server.status("/" + "x/".repeat(1000)));
    }

    @Test
    void hiddenFilesAreNotServedButWhatIsWellKnownIs() throws Exception {
        for (String hidden :
                new String[] {".env", ".git/config", "sub/.htpasswd", ".well-known/.x", "sub/.well-known/x"}) {
            Path file = webroot.resolve(hidden);
            Files.createDirectories(file.resolveSibling(""));
            Files.writeString(file, "secret");
            assertEquals(404, server.status("/" + hidden), hidden);
            assertEquals(404, server.status("/" + hidden.replace(".", "%2e")), hidden);
        }
        Files.writeString(webroot.resolve(".well-known/security.txt"), "Contact: mailto:x");
        assertEquals(
                "Contact: mailto:x", server.get("/.well-known/security.txt").body());
    }

    @Test
    void namesMayHaveSpacesSignsAndUmlauts() throws Exception {
        Files.writeString(webroot.resolve("a+b c%.txt"), "signs");
        Files.writeString(webroot.resolve("grün.txt"), "green");
        assertEquals("signs", server.get("/a+b%20c%25.txt").body());
        assertEquals("green", server.get("/gr%C3%BCn.txt").body());
    }

    /** Vert.x' StaticHandler takes the whole path of such a webroot for hidden. */
    @Test
    void theWebrootMayBeBelowAHiddenDirectory(Vertx vertx) throws Exception {
        Path hidden = Files.createDirectories(directory.resolve(".local/web"));
        Files.writeString(hidden.resolve("index.html"), "home");
        assertEquals("home", ServedFiles.of(vertx, hidden).get("/").body());
    }

    /** Vert.x looks for a relative path in the class path, jar by jar, and unpacks what it finds. */
    @Test
    void theClassPathIsNeverSearched(Vertx vertx) throws Exception {
        Searched searched = new Searched();
        Thread.currentThread().setContextClassLoader(searched);
        try {
            ServedFiles relative = ServedFiles.of(vertx, Path.of("src/main"));
            assertEquals(200, relative.status("/java/io/sluice/webroot/Webroot.java"));
            assertEquals(404, relative.status("/missing.txt"));
            ServedFiles demo = ServedFiles.of(vertx, new HttpServerOptions(), Webroot.demo(false));
            assertEquals(200, demo.status("/"));
            assertEquals(404, demo.status("/missing.txt"));
        } finally {
            Thread.currentThread().setContextClassLoader(searched.getParent());
        }
        assertEquals(List.of(), searched.files);
    }

    /** A class loader that remembers what files it was asked for. */
    private static final class Searched extends ClassLoader {

        private final List<String> files = new CopyOnWriteArrayList<>();

        private Searched() {
            super(Thread.currentThread().getContextClassLoader());
        }

        @Override
        public URL getResource(String name) {
            if (!name.startsWith("META-INF")) {
                files.add(name);
            }
            return super.getResource(name);
        }
    }

    @Test
    void aPathThatIsNotThereGoesToTheNextHandlerWithoutAHeaderOfOurs() throws Exception {
        HttpResponse<String> response = server.get("/missing.js");
        assertEquals(404, response.statusCode());
        assertEquals("", header("ETag", response) + header("Accept-Ranges", response));
        assertEquals(404, server.send("POST", "/index.html").statusCode());
    }
}
