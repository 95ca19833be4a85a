package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Event;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.log.HeldLog;
import io.sluice.testing.log.WriterLog;
import io.sluice.testing.process.Programs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies whose lines are published as they come: POST ?atomic=false. */
class LineUploadTest extends QuietServer {

    private static final String OPEN = """
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "streams": { "events": { "lifetime": "0s" }, "chat/*": { "lifetime": "0s" }, "order/*": { "create": "put" } },
              "publish": { "enabled": true, "anonymous": true, "maxEvent": "1kB", "maxBody": "4kB", "maxPending": "1MB" }
            }
            """;

    private static final String UPLOAD = "/events?atomic=false";

    private final List<RawClient> clients = new ArrayList<>();

    LineUploadTest() {
        super(OPEN);
    }

    @AfterEach
    void closeClients() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    // ---- clients

    private RawClient upload(ServedStream node, String path, String... headers) throws IOException {
        RawClient client = new RawClient(node.port());
        clients.add(client);
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Content-Type: application/x-ndjson");
        all.add("Transfer-Encoding: chunked");
        client.send("POST " + path + " HTTP/1.1", all.toArray(String[]::new));
        return client;
    }

    private static String chunk(String bytes) {
        return Integer.toHexString(bytes.length()) + "\r\n" + bytes + "\r\n";
    }

    private static void end(RawClient client) throws IOException {
        client.write("0\r\n\r\n");
    }

    private void awaitHead(long head) throws Exception {
        Await.await("event " + head, () -> node.stream().journal().head() == head);
    }

    private static JsonObject answer(int status, RawClient client) throws IOException {
        String head = client.head();
        assertTrue(head.startsWith("HTTP/1.1 " + status + ' '), head);
        return new JsonObject(client.readTo("}"));
    }

    /** What the answer says of the events that the log has. */
    private static void assertTaken(long last, long count, JsonObject answer) {
        String id = answer.getString("id");
        assertEquals(last == 0 ? null : "E-" + last, id == null ? null : id.replaceAll("^[a-z0-9]+-", "E-"));
        assertEquals(count, answer.getLong("count"));
    }

    private Event event(long n) {
        return Objects.requireNonNull(node.stream().journal().read(n)).event();
    }

    // ---- as they come

    @Test
    void eachLineReachesASubscriberBeforeTheNextOneIsSent() throws Exception {
        try (Subscriber subscriber = Subscriber.open("http://127.0.0.1:" + node.port() + "/events")) {
            subscriber.next();
            RawClient client = upload(node, UPLOAD + "&topic=a&type=t");
            for (int i = 1; i <= 5; i++) {
                client.write(chunk("{\"n\":" + i + "}\n"));
                assertEquals(
                        "{\"n\":" + i + "}",
                        Objects.requireNonNull(subscriber.next()).data());
            }
            end(client);
            assertTaken(5, 5, answer(201, client));
        }
    }

    @Test
    void eachLineIsPublishedAtOnceOverHttp2(Vertx vertx) throws Exception {
        HttpClientRequest request = http2(vertx, node, UPLOAD);
        Future<JsonObject> answer = answer(201, request);
        for (int i = 1; i <= 5; i++) {
            request.write(Buffer.buffer(i + "\n")).await();
            awaitHead(i);
        }
        request.end().await();
        assertTaken(5, 5, answer.await());
    }

    private static Future<JsonObject> answer(int status, HttpClientRequest request) {
        return request.response()
                .compose(response -> {
                    assertEquals(status, response.statusCode());
                    return response.body();
                })
                .map(Buffer::toJsonObject);
    }

    private static HttpClientRequest http2(Vertx vertx, ServedStream node, String path) {
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        HttpClientRequest request =
                client.request(HttpMethod.POST, node.port(), "127.0.0.1", path).await();
        return request.setChunked(true).putHeader("Content-Type", "application/x-ndjson");
    }

    @Test
    void linesEndAsInABodyThatIsTakenAsAWhole() throws Exception {
        RawClient client = upload(node, UPLOAD);
        client.write(chunk("1\r\n\r\n \t\n{\"a\":") + chunk("2}\n\n[3]"));
        end(client);
        assertTaken(3, 3, answer(201, client));
        assertEquals("id: E-1\ndata: 1\n\nid: E-2\ndata: {\"a\":2}\n\nid: E-3\ndata: [3]\n\n", node.wire());
    }

    @Test
    void aBodyMayBeLongerThanAnyThatIsTakenAsAWhole() throws Exception {
        StringBuilder body = new StringBuilder();
        for (int i = 1; i <= 25_000; i++) {
            body.append(i).append('\n');
        }
        RawClient client = upload(node, UPLOAD);
        client.write(chunk(body.toString()));
        end(client);
        assertTaken(25_000, 25_000, answer(201, client));
        for (long n = node.stream().journal().tail() + 1; n <= 25_000; n++) {
            assertEquals(String.valueOf(n), event(n).data().toString());
        }
        assertEquals(0, node.bounds().bodies().held());
    }

    @Test
    void aClientThatAsksBeforeItSendsIsToldToGoOn() throws Exception {
        RawClient client = upload(node, UPLOAD, "Expect: 100-continue");
        assertEquals("HTTP/1.1 100 Continue\n\n", client.head());
        client.write(chunk("1\n"));
        awaitHead(1);
        end(client);
        assertTaken(1, 1, answer(201, client));
    }

    /** Of the node's times only the silence within a body is for them. */
    @Test
    void blankLinesKeepAnUploadForAsLongAsItLikes(Vertx vertx) throws Exception {
        ServedStream hasty = serve(vertx, "200ms");
        RawClient client = upload(hasty, UPLOAD);
        HttpClientRequest request = http2(vertx, hasty, UPLOAD);
        Future<JsonObject> answer = answer(201, request);
        client.write(chunk("1\n"));
        // A body that is taken as a whole has ten times the silence.
        for (long end = System.nanoTime() + 2_200_000_000L; System.nanoTime() < end; ) {
            vertx.timer(40).await();
            client.write(chunk("\n"));
            request.write(Buffer.buffer("\n")).await();
        }
        client.write(chunk("2\n"));
        end(client);
        assertTaken(2, 2, answer(201, client));
        request.end(Buffer.buffer("3")).await();
        assertTaken(3, 1, answer.await());
    }

    private ServedStream serve(Vertx vertx, String bodyTimeout) {
        return ServedStream.serve(
                vertx,
                EventStream.open(vertx, "events", StreamOptions.DEFAULT).await(),
                OPEN.replace("\"port\": 0", """
                        "port": 0, "bodyTimeout": "%s", "headTimeout": "150ms", "idleTimeout": "150ms\"""".formatted(bodyTimeout)));
    }

    /** As the documents have it. */
    @Test
    void curlSendsWhatAnotherProgramPrints() throws Exception {
        Process curl = curl();
        try (Subscriber subscriber = Subscriber.open("http://127.0.0.1:" + node.port() + "/events")) {
            subscriber.next();
            for (int i = 1; i <= 3; i++) {
                print(i + "\n", curl);
                assertEquals("" + i, Objects.requireNonNull(subscriber.next()).data());
            }
        }
        curl.getOutputStream().close();
        assertTaken(3, 3, new JsonObject(Buffer.buffer(curl.getInputStream().readAllBytes())));
    }

    @Test
    void curlShowsTheRefusalWhileItStillSends() throws Exception {
        Process curl = curl();
        print("1\nbad\n", curl);
        Await.await("it has ended, or goes on when it has something to send", () -> {
            try {
                print("\n", curl);
            } catch (IOException e) {
                // It has ended.
            }
            return !curl.isAlive();
        });
        JsonObject problem = new JsonObject(Buffer.buffer(curl.getInputStream().readAllBytes()));
        assertTaken(1, 1, problem);
        assertEquals(2, problem.getLong("line"));
    }

    private Process curl() throws IOException {
        String url = "http://127.0.0.1:" + node.port() + UPLOAD;
        String curl = Programs.require("curl", "curl").toString();
        return new ProcessBuilder(curl, "-sS", "-X", "POST", "-T", "-", "-H", "Content-Type: application/x-ndjson", url)
                .start();
    }

    private static void print(String text, Process curl) throws IOException {
        curl.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        curl.getOutputStream().flush();
    }

    @Test
    void eachLineMayBeTheLastOfItsTopic() throws Exception {
        RawClient client = upload(node, UPLOAD + "&forget=true&topic=a");
        client.write(chunk("1\n2\n"));
        end(client);
        assertTaken(2, 2, answer(201, client));
        assertTrue(event(1).forget() && event(2).forget());
    }

    // ---- what ends them

    @Test
    void aLineThatIsWrongEndsItAndTheAnswerSaysHowFarItCame() throws Exception {
        RawClient client = upload(node, UPLOAD);
        client.write(chunk("1\n"));
        awaitHead(1);
        client.write(chunk("2\n\n3\nbad\n4\n"));
        JsonObject problem = answer(400, client);
        assertTaken(3, 3, problem);
        assertEquals(5, problem.getLong("line"));
        String detail = problem.getString("detail");
        assertTrue(detail.startsWith("line 5 is not JSON: "), detail);
        assertTrue(detail.endsWith("; 3 events were taken, the last is " + problem.getString("id")), detail);
        assertEquals(3, node.stream().journal().head());
    }

    @Test
    void aWrongFirstLineSaysThatNothingWasTaken() throws Exception {
        RawClient client = upload(node, UPLOAD);
        client.write(chunk("\u00ff"));
        JsonObject problem = answer(400, client);
        assertEquals("line 1 is not UTF-8; no event was taken", problem.getString("detail"));
        assertTrue(problem.containsKey("id"));
        assertTaken(0, 0, problem);
    }

    @Test
    void aLastLineThatIsWrongIsRefusedToo() throws Exception {
        RawClient client = upload(node, UPLOAD);
        client.write(chunk("1\n{"));
        end(client);
        JsonObject problem = answer(400, client);
        assertTaken(1, 1, problem);
        assertEquals(2, problem.getLong("line"));
    }

    @Test
    void aLineThatIsTooLongIsRefused() throws Exception {
        RawClient client = upload(node, UPLOAD);
        client.write(chunk("1\n\"" + "x".repeat(1100)));
        JsonObject problem = answer(413, client);
        assertTaken(1, 1, problem);
        assertEquals(2, problem.getLong("line"));
    }

    @Test
    void aBodyWithoutALineIsRefused() throws Exception {
        RawClient client = upload(node, UPLOAD);
        client.write(chunk("\n\r\n"));
        end(client);
        JsonObject problem = answer(400, client);
        assertTaken(0, 0, problem);
        assertEquals(
                "the body has no line: expected one JSON value a line; no event was taken",
                problem.getString("detail"));
        assertFalse(problem.containsKey("line"));
    }

    @Test
    void whenAClientGoesItsWholeLinesAreThereAndTheHalfOneIsNot() throws Exception {
        RawClient client = upload(node, UPLOAD + "&end=false");
        client.write(chunk("1\n2\n3"));
        awaitHead(2);
        client.reset();
        Await.await("nothing is held", () -> node.bounds().bodies().held() == 0);
        assertEquals(2, node.stream().journal().head());
    }

    @Test
    void whoeverIsSilentForTooLongIsToldHowFarItCame(Vertx vertx) throws Exception {
        RawClient client = upload(serve(vertx, "100ms"), UPLOAD);
        client.write(chunk("1\n2"));
        JsonObject problem = answer(408, client);
        assertTaken(1, 1, problem);
        assertEquals(
                "the body does not come on: expected its next bytes within 100ms; 1 event was taken, the last is "
                        + problem.getString("id"),
                problem.getString("detail"));
        assertTrue(client.isClosedByServer());
    }

    @Test
    void aNodeThatStopsSaysHowFarItCame(Vertx vertx) throws Exception {
        RawClient client = upload(node, UPLOAD);
        client.write(chunk("1\n2\n"));
        awaitHead(2);
        for (String deployment : vertx.deploymentIDs()) {
            vertx.undeploy(deployment).onFailure(failure -> {});
        }
        JsonObject problem = answer(503, client);
        assertTaken(2, 2, problem);
        assertTrue(problem.getString("detail").startsWith("this node stops: go on at another one"));
    }

    @Test
    void aChunkThatIsNoneIsRefused() throws Exception {
        RawClient client = upload(node, UPLOAD);
        client.write(chunk("1\n"));
        awaitHead(1);
        client.write("zz\r\n");
        assertTaken(1, 1, answer(400, client));
    }

    // ---- the log

    private ServedStream held(Vertx vertx, HeldLog log) {
        return ServedStream.serve(
                vertx,
                EventStream.open(vertx, "events", StreamOptions.DEFAULT, WriterLog.provider(log))
                        .await(),
                OPEN);
    }

    private static void awaitBatches(HeldLog held, int count) throws Exception {
        Await.await("batch " + count, () -> held.batches.size() == count);
    }

    @Test
    void whatComesWhileABatchIsUnderWayIsTheNextOne(Vertx vertx) throws Exception {
        HeldLog held = new HeldLog();
        ServedStream slow = held(vertx, held);
        RawClient client = upload(slow, UPLOAD);
        client.write(chunk("1\n"));
        awaitBatches(held, 1);
        client.write(chunk("2\n") + chunk("3\n") + chunk("bad\n"));
        Await.await("they are held", () -> slow.bounds().bodies().held() > 250);
        held.answer(1);
        awaitBatches(held, 2);
        assertEquals(2, held.batches.get(1).get(0).events().size());
        held.answer(3);
        JsonObject problem = answer(400, client);
        assertEquals("held-3", problem.getString("id"));
        assertEquals(3, problem.getLong("count"));
    }

    @Test
    void aLogThatFailsEndsItAfterWhatItHasTaken(Vertx vertx) throws Exception {
        HeldLog held = new HeldLog();
        RawClient client = upload(held(vertx, held), UPLOAD);
        client.write(chunk("1\n"));
        awaitBatches(held, 1);
        held.answer(1);
        client.write(chunk("2\n"));
        awaitBatches(held, 2);
        client.write(chunk("3\n"));
        held.fail("no more disk");
        JsonObject problem = answer(503, client);
        assertEquals("held-1", problem.getString("id"));
        assertEquals(1, problem.getLong("count"));
        assertEquals(
                "the log failed, and nobody can say whether it has this: it may have what comes after that;"
                        + " 1 event was taken, the last is held-1",
                problem.getString("detail"));
        assertEquals(2, held.batches.size(), "nothing comes after what it may not have");
        assertTrue(log.text().contains("no more disk"), log.text());
        log.clear();
    }

    @Test
    void aClientThatIsFasterThanTheLogIsHeldUp(Vertx vertx) throws Exception {
        HeldLog held = new HeldLog();
        ServedStream slow = held(vertx, held);
        RawClient client = upload(slow, UPLOAD);
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; i < 64; i++) {
                    client.write(chunk(("\"" + "x".repeat(1000) + "\"\n").repeat(260)));
                }
            } catch (IOException e) {
                // The test has ended.
            }
        });
        writer.start();
        awaitBatches(held, 1);
        vertx.timer(300).await();
        long bodies = slow.bounds().bodies().held();
        assertTrue(bodies > 128 << 10 && bodies < 600 << 10, "held: " + bodies);
        assertTrue(writer.isAlive(), "it waits for its window");
        client.reset();
        writer.join();
    }

    @Test
    void whatWaitsInTheWindowOfHttp2Counts(Vertx vertx) throws Exception {
        HeldLog held = new HeldLog();
        ServedStream slow = held(vertx, held);
        HttpClientRequest request = http2(vertx, slow, UPLOAD);
        request.exceptionHandler(reset -> {});
        Future<JsonObject> answer = answer(503, request);
        request.write(Buffer.buffer(("\"" + "x".repeat(1000) + "\"\n").repeat(3000)));
        awaitBatches(held, 1);
        // More than publish.maxPending: it is given up, and answered when its batch is.
        Await.await("it is given up", () -> log.text().contains("(publish.maxPending)"));
        log.clear();
        // What was whole before is published, too.
        AtomicInteger answered = new AtomicInteger();
        AtomicLong last = new AtomicLong();
        Await.await("it is answered", () -> {
            if (held.batches.size() > answered.get()) {
                held.answer(last.addAndGet(held.batches
                        .get(answered.getAndIncrement())
                        .get(0)
                        .events()
                        .size()));
            }
            return answer.isComplete();
        });
        JsonObject problem = answer.await();
        assertTrue(problem.getString("detail").startsWith("the node holds 1MB of bodies"), problem.encode());
        assertEquals("held-" + problem.getLong("count"), problem.getString("id"));
    }

    // ---- the end of a stream

    @Test
    void theStreamEndsWithTheLastLine() throws Exception {
        RawClient client = upload(node, "/chat/1?atomic=false&end=true");
        client.write(chunk("1\n"));
        client.write(chunk("2"));
        end(client);
        assertTaken(2, 2, answer(201, client));
        assertEnded("/chat/1");
        RawClient more = upload(node, "/chat/1?atomic=false");
        more.write(chunk("3\n"));
        assertTaken(0, 0, answer(409, more));
    }

    @Test
    void theStreamEndsAfterItsLastLineToo() throws Exception {
        RawClient client = upload(node, "/chat/2?atomic=false&end=true");
        try (Subscriber subscriber = Subscriber.open("http://127.0.0.1:" + node.port() + "/chat/2")) {
            subscriber.next();
            client.write(chunk("1\n"));
            assertEquals("1", Objects.requireNonNull(subscriber.next()).data());
        }
        end(client);
        assertEquals(1, answer(201, client).getLong("count"));
        assertEnded("/chat/2");
    }

    @Test
    void anEmptyBodyEndsTheStream() throws Exception {
        RawClient client = upload(node, "/chat/3?atomic=false&end=true");
        client.write(chunk("\n"));
        end(client);
        assertEquals(0, answer(201, client).getLong("count"));
        assertEnded("/chat/3");
    }

    private void assertEnded(String path) throws Exception {
        assertEquals(409, post(path, "text/plain", "x").statusCode());
    }

    @Test
    void aBodyThatBreaksOffEndsNoStream() throws Exception {
        RawClient client = upload(node, "/chat/4?atomic=false&end=true");
        client.write(chunk("1\n"));
        try (Subscriber subscriber = Subscriber.open("http://127.0.0.1:" + node.port() + "/chat/4?replay=all")) {
            while (!"1".equals(Objects.requireNonNull(subscriber.next()).data())) {
                // Its position comes first.
            }
        }
        client.reset();
        Await.await("nothing is held", () -> node.bounds().bodies().held() == 0);
        assertEquals(201, post("/chat/4", "text/plain", "x").statusCode());
    }

    @Test
    void aStreamDoesNotEndWithWhatIsToBeForgottenAndIsNotThere() throws Exception {
        RawClient client = upload(node, "/chat/5?atomic=false&end=true&forget=true");
        end(client);
        JsonObject problem = answer(400, client);
        assertTaken(0, 0, problem);
        assertTrue(problem.getString("detail").startsWith("forget is \"true\": expected an event in the body"));
        assertEquals(201, post("/chat/5", "text/plain", "x").statusCode());
    }

    @Test
    void aStreamThatHasToBeMadeBeforeIsNotMade() throws Exception {
        RawClient client = upload(node, "/order/1?atomic=false");
        client.write(chunk("1\n"));
        JsonObject problem = answer(404, client);
        assertTaken(0, 0, problem);
        assertTrue(problem.getString("detail").startsWith("there is no stream order/1"));
    }

    // ---- what means nothing

    private HttpResponse<String> post(String path, String contentType, String body, String... headers)
            throws Exception {
        var request = node.request(path).header("Content-Type", contentType).POST(BodyPublishers.ofString(body));
        return node.send(headers.length == 0 ? request : request.headers(headers));
    }

    @ParameterizedTest
    @CsvSource({"application/json", "text/plain"})
    void onlyLinesComeOneByOne(String contentType) throws Exception {
        HttpResponse<String> response = post(UPLOAD, contentType, "1");
        ServedStream.assertProblem(
                400,
                "Bad Request",
                "atomic is \"false\": expected a body of Content-Type application/x-ndjson",
                response);
    }

    @Test
    void thereIsNoKeyForWhatBreaksOff() throws Exception {
        HttpResponse<String> response = post(UPLOAD, "application/x-ndjson", "1", "Idempotency-Key", "k");
        ServedStream.assertProblem(
                400,
                "Bad Request",
                "atomic is \"false\": expected no Idempotency-Key: the answer to what breaks off says how far it came",
                response);
    }
}
