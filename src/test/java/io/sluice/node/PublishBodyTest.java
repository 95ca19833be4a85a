package io.sluice.node;

import static io.sluice.node.ServedStream.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Batch;
import io.sluice.log.LogProvider;
import io.sluice.log.MemoryLog;
import io.sluice.log.Receipt;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.sluice.testing.log.ForwardingLog;
import io.sluice.testing.log.StuckLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that do not come as they should, or not to their end: what they cost, and whom. */
class PublishBodyTest extends QuietServer {

    private static final String OPEN = """
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "publish": { "enabled": true, "anonymous": true, "maxBody": "256kB", "maxPending": "1MB" }
            }
            """;

    private static final String HASTY = OPEN.replace("\"port\": 0", "\"port\": 0, \"bodyTimeout\": \"400ms\"");

    private static final int LENGTH = 256 << 10;

    private final List<RawClient> clients = new ArrayList<>();

    PublishBodyTest() {
        super(OPEN);
    }

    @AfterEach
    void closeClients() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    private ServedStream serve(Vertx vertx, String name, String configuration) throws Exception {
        return ServedStream.serve(
                vertx, EventStream.open(vertx, name, StreamOptions.DEFAULT).await(), configuration);
    }

    /** A client that has sent the head of a POST. */
    private RawClient post(ServedStream node, String path, String contentType, String... headers) throws IOException {
        RawClient client = new RawClient(node.port());
        clients.add(client);
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Content-Type: " + contentType);
        client.send("POST " + path + " HTTP/1.1", all.toArray(String[]::new));
        return client;
    }

    /** A client that has sent a body but for its last bytes. */
    private RawClient stall() throws IOException {
        RawClient client = post(node, "/events", "application/x-ndjson", "Content-Length: " + LENGTH);
        client.write(("\"" + "x".repeat(1021) + "\"\n").repeat(200));
        return client;
    }

    private static void assertPublishes(ServedStream node, String path) throws Exception {
        HttpResponse<String> response = node.send(
                node.request(path).header("Content-Type", "text/plain").POST(BodyPublishers.ofString("honest")));
        assertEquals(201, response.statusCode(), response.body());
    }

    private static void awaitHeld(ServedStream node, long bytes) throws Exception {
        Await.await(
                "bodies hold " + bytes + " bytes", () -> node.bounds().bodies().held() == bytes);
    }

    // ---- how much all of them hold

    @Test
    void clientsThatSendAllButTheEndMakeRoomAndOthersDoNotNotice() throws Exception {
        for (int i = 0; i < 40; i++) {
            stall();
            assertPublishes(node, "/events");
            long held = node.bounds().bodies().held();
            assertTrue(held <= 1 << 20, "held: " + held);
        }
        RawClient first = clients.get(0);
        String head = first.head();
        assertTrue(head.startsWith("HTTP/1.1 503 ") && head.contains("Retry-After: 1\n"), head);
        assertTrue(first.readTo("}").contains("the node holds 1MB of bodies that have not ended; try again"));
        assertTrue(log.text().contains("(publish.maxPending)"), log.text());
        log.clear();
        closeClients();
        awaitHeld(node, 0);
    }

    @Test
    void aLengthThatIsAnnouncedHoldsNothing() throws Exception {
        for (int i = 0; i < 100; i++) {
            post(node, "/events", "text/plain", "Content-Length: " + LENGTH).write("x");
        }
        assertPublishes(node, "/events");
        assertTrue(node.bounds().bodies().held() <= 100, "a byte each");
    }

    @Test
    void jsonThatHasBegunHoldsItsParserAndJsonThatIsWholeDoesNot(Vertx vertx) throws Exception {
        ServedStream stuck =
                ServedStream.serve(vertx, StuckLog.open(vertx, "stuck").await(), OPEN);
        RawClient client = post(stuck, "/stuck", "application/json", "Content-Length: 3");
        client.write("\"x");
        Await.await("it holds more than it sent", () -> stuck.bounds().bodies().held() > 8000);
        client.write("\"");
        awaitHeld(stuck, 3);
    }

    @Test
    void aBodyIsHeldUntilItsLogHasAnswered(Vertx vertx) throws Exception {
        ServedStream stuck =
                ServedStream.serve(vertx, StuckLog.open(vertx, "stuck").await(), OPEN);
        RawClient client = post(stuck, "/stuck", "text/plain", "Content-Length: 1000");
        client.write("x".repeat(1000));
        awaitHeld(stuck, 1000);
        client.reset();
        vertx.timer(100).await();
        assertEquals(1000, stuck.bounds().bodies().held(), "the log may still take it");
    }

    @Test
    void aClientThatIsGoneHoldsNothing() throws Exception {
        RawClient client = post(node, "/events", "text/plain", "Transfer-Encoding: chunked");
        client.write("3e8\r\n" + "x".repeat(1000) + "\r\n");
        awaitHeld(node, 1000);
        client.reset();
        awaitHeld(node, 0);
    }

    @Test
    void aStreamOfHttp2ThatIsResetHoldsNothing(Vertx vertx) throws Exception {
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        HttpClientRequest request = client.request(HttpMethod.POST, node.port(), "127.0.0.1", "/events")
                .await();
        request.exceptionHandler(reset -> {}).response().onComplete(answer -> {});
        request.putHeader("Content-Type", "text/plain").setChunked(true);
        request.write(Buffer.buffer("x".repeat(50_000))).await();
        Await.await("it holds them", () -> node.bounds().bodies().held() >= 50_000);
        request.reset().await();
        awaitHeld(node, 0);
        assertPublishes(node, "/events");
    }

    @Test
    void whatIsRefusedHoldsNothing() throws Exception {
        RawClient client = post(node, "/events", "application/x-ndjson", "Content-Length: " + LENGTH);
        client.write("{}\n".repeat(1000) + "bad\n");
        assertTrue(client.head().startsWith("HTTP/1.1 400 "));
        awaitHeld(node, 0);
    }

    /** A StackOverflowError, say. One of memory that is full ends the process. */
    @Test
    void anErrorEndsThatRequestOnly(Vertx vertx) throws Exception {
        AtomicBoolean fails = new AtomicBoolean(true);
        LogProvider failing = setup -> new ForwardingLog(MemoryLog.provider().create(setup)) {
            @Override
            public Future<Receipt> append(Batch batch) {
                if (fails.getAndSet(false)) {
                    throw new StackOverflowError("on purpose");
                }
                return super.append(batch);
            }
        };
        EventStream stream = EventStream.open(vertx, "events", StreamOptions.DEFAULT, failing)
                .await();
        ServedStream served = ServedStream.serve(vertx, stream, OPEN);
        HttpResponse<String> response = served.send(
                served.request("/events").header("Content-Type", "text/plain").POST(BodyPublishers.ofString("x")));
        assertProblem(500, "Internal Server Error", "the node failed; its log says more", response);
        assertTrue(log.text().contains("on purpose"), log.text());
        log.clear();
        awaitHeld(served, 0);
        assertPublishes(served, "/events");
    }

    // ---- how long they take

    @Test
    void aBodyThatDoesNotComeOnIsRefusedAndTheConnectionEnds(Vertx vertx) throws Exception {
        ServedStream hasty = serve(vertx, "hasty", HASTY);
        RawClient client = post(hasty, "/hasty", "text/plain", "Content-Length: 10");
        client.write("x");
        String answer = client.everything();
        assertTrue(answer.startsWith("HTTP/1.1 408 Request Timeout\r\n"), answer);
        assertTrue(answer.contains("the body does not come on: expected its next bytes within 400ms"), answer);
        awaitHeld(hasty, 0);
    }

    @Test
    void aBodyThatComesSlowlyIsTaken(Vertx vertx) throws Exception {
        ServedStream patient = serve(vertx, "patient", HASTY.replace("400ms", "1s"));
        RawClient client = post(patient, "/patient", "text/plain", "Content-Length: 8");
        for (int i = 0; i < 8; i++) {
            vertx.timer(200).await();
            client.write("x");
        }
        assertTrue(client.head().startsWith("HTTP/1.1 201 "));
    }

    @Test
    void aByteNowAndThenDoesNotKeepABodyForEver(Vertx vertx) throws Exception {
        ServedStream hasty = serve(vertx, "hasty", HASTY);
        RawClient client = post(hasty, "/hasty", "text/plain", "Content-Length: 1000");
        Await.await("the server ends it", () -> {
            try {
                client.write("x");
                return false;
            } catch (IOException e) {
                return true;
            }
        });
        awaitHeld(hasty, 0);
    }

    // ---- what nobody reads to its end

    @Test
    void fourMillionLinesAreRefusedAtTheFirstTooMany(Vertx vertx) throws Exception {
        ServedStream roomy = serve(vertx, "roomy", OPEN.replace("256kB", "8MB").replace("1MB", "8MB"));
        RawClient client = post(roomy, "/roomy", "application/x-ndjson", "Content-Length: 8000000");
        client.write("1\n".repeat(10_001));
        String head = client.head();
        assertTrue(head.startsWith("HTTP/1.1 413 ") && head.contains("connection: close\n"), head);
        assertTrue(client.readTo("}").contains("line 10001 is one too many: expected at most 10000 events"));
        assertEquals(0, roomy.stream().journal().head());
    }

    @Test
    void aLongBodyThatIsRefusedIsThrownAwayForAWhileAndThenTheConnectionEnds() throws Exception {
        List<RawClient> refused = List.of(
                refused(404, "/other", "text/plain"),
                refused(415, "/events", "image/png"),
                refused(413, "/events", "text/plain"));
        for (RawClient client : refused) {
            Await.await("the server ends it", () -> {
                try {
                    client.write("x".repeat(8192));
                    return false;
                } catch (IOException e) {
                    return true;
                }
            });
        }
        assertEquals(0, node.bounds().bodies().held());
    }

    private RawClient refused(int status, String path, String type) throws IOException {
        RawClient client = post(node, path, type, "Content-Length: 99999999");
        String head = client.head();
        assertTrue(head.startsWith("HTTP/1.1 " + status + ' ') && head.contains("connection: close\n"), head);
        client.readTo("}");
        return client;
    }

    @Test
    void aShortBodyThatIsRefusedLeavesTheConnection() throws Exception {
        RawClient client = post(node, "/other", "text/plain", "Content-Length: 1000");
        String head = client.head();
        assertTrue(head.startsWith("HTTP/1.1 404 ") && !head.contains("close"), head);
        client.readTo("}");
        client.write("x".repeat(1000));
        client.send("GET /health/live HTTP/1.1");
        assertTrue(client.head().startsWith("HTTP/1.1 200 "));
    }

    @Test
    void aClientThatWaitsForTheServersWordGetsOne() throws Exception {
        RawClient client = post(node, "/events", "text/plain", "Content-Length: 1", "Expect: 100-continue");
        assertEquals("HTTP/1.1 100 Continue\n\n", client.head());
        client.write("x");
        assertTrue(client.head().startsWith("HTTP/1.1 201 "));
        RawClient tooLarge = post(node, "/events", "text/plain", "Content-Length: 99999999", "Expect: 100-continue");
        assertTrue(tooLarge.head().startsWith("HTTP/1.1 413 "));
        RawClient picture = post(node, "/events", "image/png", "Content-Length: 1", "Expect: 100-continue");
        assertTrue(picture.head().startsWith("HTTP/1.1 415 "));
    }

    @Test
    void theRestOfAStreamOfHttp2IsThrownAwayAndThenTheStreamIsReset(Vertx vertx) throws Exception {
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        HttpClientRequest request = client.request(HttpMethod.POST, node.port(), "127.0.0.1", "/other")
                .await();
        Promise<Throwable> ended = Promise.promise();
        request.exceptionHandler(ended::tryComplete);
        request.putHeader("Content-Type", "text/plain").setChunked(true);
        request.sendHead().await();
        assertEquals(404, request.response().await().statusCode());
        // More than all windows together.
        for (int i = 0; i < 12; i++) {
            request.write(Buffer.buffer(new byte[1 << 20])).await();
        }
        assertEquals(
                0,
                assertInstanceOf(StreamResetException.class, ended.future().await())
                        .getCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/x-ndjson"})
    void jsonThatIsNestedTooDeepIsRefusedBeforeItsEnd(String contentType) throws Exception {
        RawClient client = post(node, "/events", contentType, "Content-Length: " + LENGTH);
        client.write("[".repeat(201));
        assertTrue(client.head().startsWith("HTTP/1.1 400 "));
        assertTrue(client.readTo("}").contains("has more than 200 objects and lists inside each other"));
    }

    @Test
    void aChunkMayHaveAnExtension() throws Exception {
        RawClient client = post(node, "/events", "text/plain", "Transfer-Encoding: chunked");
        client.write("3;a=b\r\nabc\r\n0;c=\"d\"\r\n\r\n");
        assertTrue(client.head().startsWith("HTTP/1.1 201 "));
    }

    @Test
    void aChunkThatIsNoneIsRefused() throws Exception {
        RawClient client = post(node, "/events", "text/plain", "Transfer-Encoding: chunked");
        client.write("1\r\nx\r\nzz\r\n");
        String answer = client.everything();
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
    }
}
