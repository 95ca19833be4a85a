package io.sluice.webroot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.testing.Await;
import io.sluice.testing.CapturedOutput;
import io.sluice.testing.TestCertificate;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.junit5.VertxExtension;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that is not what it was, or a client that is gone, while the file is sent. */
@Timeout(90)
@ExtendWith(VertxExtension.class)
// JUnit's beforeEach.
@SuppressWarnings("NullAway.Init")
class ChangingFileTest {

    /** More than the buffers of a connection take. */
    private static final long SIZE = 64L << 20;

    private static final int RECEIVE_BUFFER = 16 << 10;

    @TempDir
    private Path directory;

    private Path file;
    private CapturedOutput log;

    @BeforeEach
    void writeFile() throws IOException {
        log = new CapturedOutput();
        file = Files.createDirectories(directory.resolve("web")).resolve("big.bin");
        setLength(SIZE);
    }

    @AfterEach
    void nothingWasLogged() {
        log.close();
        assertEquals("", log.text());
    }

    private void setLength(long size) throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(size);
        }
    }

    /** Netty's ChunkedNioFile, which sendFile would use over TLS, kept the event loop busy for ever. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theConnectionBreaksIfTheFileIsCutWhileItIsSentAndNobodyElseNotices(boolean tls, Vertx vertx) throws Exception {
        TestCertificate certificate = TestCertificate.in(directory);
        HttpServerOptions options = new HttpServerOptions();
        if (tls) {
            options.setSsl(true)
                    .setKeyCertOptions(new PemKeyCertOptions()
                            .setCertPath(certificate.certificate().toString())
                            .setKeyPath(certificate.key().toString()));
        }
        ServedFiles server = ServedFiles.of(
                vertx, options, Webroot.of(vertx, file.resolveSibling("").toString(), false));
        var trusting = tls ? certificate.trusting() : null;
        try (RawClient client = new RawClient(server.port(), RECEIVE_BUFFER, trusting)) {
            client.send("GET /big.bin HTTP/1.1");
            assertTrue(client.head().contains("content-length: " + SIZE));
            client.read(1000);
            setLength(1000);
            assertThrows(IOException.class, () -> readAll(client));
        }
        try (RawClient another = new RawClient(server.port(), RECEIVE_BUFFER, trusting)) {
            another.send("GET /big.bin HTTP/1.1");
            another.head();
            assertEquals(1000, another.read(1000).length());
        }
    }

    private static void readAll(RawClient client) throws IOException {
        for (long left = SIZE - 1000; left > 0; left -= 10_000) {
            if (client.read((int) Math.min(left, 10_000)).isEmpty()) {
                throw new EOFException("the body has ended");
            }
        }
    }

    @Test
    void overHttp2TheStreamBreaks(Vertx vertx) throws Exception {
        ServedFiles server = ServedFiles.of(vertx, file.resolveSibling(""));
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        AtomicReference<Throwable> broken = new AtomicReference<>();
        var response = client.request(HttpMethod.GET, server.port(), "127.0.0.1", "/big.bin")
                .compose(request -> request.send())
                .onSuccess(answer -> answer.pause().exceptionHandler(broken::set))
                .await();
        setLength(1000);
        response.resume();
        Await.await("the stream breaks", () -> broken.get() != null);
        int length = client.request(HttpMethod.GET, server.port(), "127.0.0.1", "/big.bin")
                .compose(request -> request.send())
                .compose(answer -> answer.body())
                .await()
                .length();
        assertEquals(1000, length);
        client.close().await();
    }

    /** Otherwise what is beyond the length of the head would be taken for the next response. */
    @Test
    void aFileThatGrowsIsSentAsFarAsItWentAndTheConnectionStaysUsable(Vertx vertx) throws Exception {
        setLength(100_000);
        ServedFiles server = ServedFiles.of(vertx, file.resolveSibling(""));
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; i < 300; i++) {
                    Files.write(file, new byte[1000], StandardOpenOption.APPEND);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        writer.start();
        try (RawClient client = new RawClient(server.port())) {
            for (int i = 0; i < 30; i++) {
                client.send("GET /big.bin HTTP/1.1");
                String head = client.head();
                int length = Integer.parseInt(head.replaceAll("(?s).*content-length: (\\d+)\n.*", "$1"));
                assertEquals(length, client.read(length).length());
            }
        }
        writer.join();
    }

    @Test
    void aFileIsClosedWhenItsClientLeaves(Vertx vertx) throws Exception {
        Path descriptors = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(descriptors));
        ServedFiles server = ServedFiles.of(vertx, file.resolveSibling(""));
        for (int i = 0; i < 5; i++) {
            try (RawClient client = new RawClient(server.port(), RECEIVE_BUFFER)) {
                client.send("GET /big.bin HTTP/1.1");
                client.head();
                client.read(1000);
                assertEquals(1, open(descriptors));
                if (i % 2 == 0) {
                    client.reset();
                }
            }
            Await.await("the file is closed", () -> open(descriptors) == 0);
        }
    }

    private long open(Path descriptors) throws IOException {
        try (var all = Files.list(descriptors)) {
            return all.filter(this::isFile).count();
        }
    }

    private boolean isFile(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aFileThatIsGoneWhenItIsOpenedIsNotThere(Vertx vertx) throws Exception {
        StaticFile gone = new DiskFile(
                vertx.fileSystem(), "gone.js", file.resolveSibling("gone.js"), 5, Files.getLastModifiedTime(file));
        StaticFiles files = path -> Future.succeededFuture(Optional.of(gone));
        ServedFiles server = ServedFiles.of(vertx, new HttpServerOptions(), new Webroot(files, ""));
        var response = server.get("/gone.js");
        assertEquals(404, response.statusCode());
        assertEquals("", ServedFiles.header("ETag", response));
    }
}
