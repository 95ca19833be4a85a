package io.sluice.node;

import static io.sluice.node.ServedStream.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.client.RawClient;
import io.sluice.testing.log.SlowLog;
import io.sluice.testing.log.StuckLog;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The answer to a request that comes again with its {@code Idempotency-Key}. */
class IdempotencyTest extends QuietServer {

    private static final String OPEN = """
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "publish": { "enabled": true, "anonymous": true }
            }
            """;

    IdempotencyTest() {
        super(OPEN);
    }

    private static HttpResponse<String> post(
            ServedStream node, String path, String contentType, String body, String... keys)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = node.request(path).header("Content-Type", contentType);
        for (String key : keys) {
            request.header("Idempotency-Key", key);
        }
        return node.send(request.POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> post(String body, String... keys) throws IOException, InterruptedException {
        return post(node, "/events", "text/plain", body, keys);
    }

    private static void assertReceipt(String id, int count, HttpResponse<String> response) {
        assertEquals(201, response.statusCode(), response.body());
        assertReceipt(id, count, response.body());
    }

    private static void assertReceipt(String id, int count, String body) {
        JsonObject receipt = new JsonObject(body);
        assertEquals(count, receipt.getInteger("count"));
        assertEquals(id, receipt.getString("id").replaceAll("^[a-z0-9]+-", "E-"));
    }

    // ---- what a repetition gets

    @Test
    void aRepeatedRequestGetsTheFirstAnswerAndAddsNothing() throws Exception {
        HttpResponse<String> first = post("a", "8e03978e");
        assertReceipt("E-1", 1, first);
        assertReceipt("E-2", 1, post("b"));
        HttpResponse<String> repeated = post("a", "8e03978e");
        assertEquals(201, repeated.statusCode());
        assertEquals(first.body(), repeated.body());
        assertEquals("""
                id: E-1
                data: a

                id: E-2
                data: b

                """, node.wire());
    }

    @Test
    void theLinesOfARequestAreRepeatedAsOne() throws Exception {
        String lines = "1\n2\n3\n";
        assertReceipt("E-3", 3, post(node, "/events", "application/x-ndjson", lines, "k"));
        assertReceipt("E-3", 3, post(node, "/events", "application/x-ndjson", lines, "k"));
        assertEquals(3, node.stream().journal().head());
    }

    @Test
    void requestsWithoutAKeyOrWithKeysOfTheirOwnAreAllTaken() throws Exception {
        assertReceipt("E-1", 1, post("a"));
        assertReceipt("E-2", 1, post("a"));
        assertReceipt("E-3", 1, post("a", "k"));
        assertReceipt("E-4", 1, post("a", "K"));
    }

    @Test
    void twoThatAreUnderWayAtTheSameTimeAreOne(Vertx vertx) throws Exception {
        SlowLog slow = new SlowLog();
        ServedStream node = serve(vertx, slow);
        try (RawClient first = new RawClient(node.port());
                RawClient second = new RawClient(node.port())) {
            sendOne(first);
            slow.asked().await();
            sendOne(second);
            // The same event loop answers, so it has read the earlier request.
            node.get("/health/live");
            slow.release();
            for (RawClient client : new RawClient[] {first, second}) {
                assertTrue(client.head().startsWith("HTTP/1.1 201 Created\n"));
                assertReceipt("E-1", 1, client.rest());
            }
        }
        assertEquals(1, node.stream().journal().head());
    }

    @Test
    void aPublisherThatLostTheAnswerGetsItByAskingAgain(Vertx vertx) throws Exception {
        SlowLog slow = new SlowLog();
        ServedStream node = serve(vertx, slow);
        try (RawClient client = new RawClient(node.port())) {
            sendOne(client);
            slow.asked().await();
        }
        slow.release();
        assertReceipt("E-1", 1, post(node, "/slow", "text/plain", "", "k"));
        assertEquals(1, node.stream().journal().head());
    }

    private static ServedStream serve(Vertx vertx, SlowLog log) {
        return ServedStream.serve(
                vertx,
                EventStream.open(vertx, "slow", StreamOptions.DEFAULT, log).await(),
                OPEN);
    }

    /** One event, without data. */
    private static void sendOne(RawClient client) throws IOException {
        client.send(
                "POST /slow HTTP/1.1",
                "Content-Type: text/plain",
                "Content-Length: 0",
                "Idempotency-Key: k",
                "Connection: close");
    }

    @Test
    void aRequestThatTheLogFailsMayBeRepeatedWithItsKey(Vertx vertx) throws Exception {
        EventStream broken =
                StuckLog.openBroken(vertx, "broken", "no more disk").await();
        assertProblem(
                503,
                "Service Unavailable",
                "the log failed, and nobody can say whether it has this:"
                        + " it is safe to repeat it with the same Idempotency-Key",
                post(ServedStream.serve(vertx, broken, OPEN), "/broken", "text/plain", "a", "k"));
        log.clear();
    }

    @Test
    void aNodeThatRemembersNoKeysRecommendsNone(Vertx vertx) throws Exception {
        EventStream broken =
                StuckLog.openBroken(vertx, "broken", "no more disk").await();
        String forgetful = OPEN.replace("true }", "true, \"idempotency\": \"0s\" }");
        assertProblem(
                503,
                "Service Unavailable",
                "the log failed, and nobody can say whether it has this: it may be there twice if it is repeated",
                post(ServedStream.serve(vertx, broken, forgetful), "/broken", "text/plain", "a", "k"));
        log.clear();
    }

    // ---- how a key is written

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            "8e03978e-40d5"  => 8e03978e-40d5
            "a\\"b\\\\c"       => a"b\\c
            a,b;c=d          => "a,b;c=d"
            """)
    void quotesAreNoPartOfTheKey(String written, String same) throws Exception {
        assertReceipt("E-1", 1, post("a", written));
        assertReceipt("E-1", 1, post("a", same));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            ``         => idempotency key "": expected 1 to 255 printable ASCII characters without a space
            ""         => idempotency key "": expected 1 to 255 printable ASCII characters without a space
            a b        => idempotency key "a b": expected 1 to 255 printable ASCII characters without a space
            "a b"      => idempotency key "a b": expected 1 to 255 printable ASCII characters without a space
            a, b       => idempotency key "a, b": expected 1 to 255 printable ASCII characters without a space
            "          => Idempotency-Key ": expected a string such as "8e03978e", or a bare key
            "a         => Idempotency-Key "a: expected a string such as "8e03978e", or a bare key
            "a\\"       => Idempotency-Key "a\\": expected a string such as "8e03978e", or a bare key
            "a"b"      => Idempotency-Key "a"b": expected a string such as "8e03978e", or a bare key
            "a\\b"      => Idempotency-Key "a\\b": expected a string such as "8e03978e", or a bare key
            "a";p=1    => Idempotency-Key "a";p=1: expected a string such as "8e03978e", or a bare key
            """)
    void aKeyThatCannotBeIsRefused(String written, String detail) throws Exception {
        assertProblem(400, "Bad Request", detail, post("a", written));
        assertEquals("", node.wire());
    }

    @Test
    void aKeyOfMoreThan255CharactersIsRefused() throws Exception {
        assertReceipt("E-1", 1, post("a", "k".repeat(255)));
        assertProblem(
                400,
                "Bad Request",
                "idempotency key of 256 characters: expected 1 to 255 printable ASCII characters without a space",
                post("b", "k".repeat(256)));
    }

    @Test
    void aKeyIsGivenOnce() throws Exception {
        assertProblem(400, "Bad Request", "Idempotency-Key is given 2 times: expected once", post("a", "k", "k"));
        assertEquals("", node.wire());
    }

    // ---- what is no repetition

    @ParameterizedTest
    @CsvSource({"/events, b", "/events?topic=other, a", "/events?type=other, a"})
    void aKeyThatComesWithAnotherEventIsRefused(String path, String body) throws Exception {
        post("a", "k");
        assertProblem(
                422,
                "Unprocessable Entity",
                "idempotency key \"k\" was used for other events: expected a key of its own",
                post(node, path, "text/plain", body, "k"));
        assertReceipt("E-1", 1, post("a", "k"));
        assertEquals(1, node.stream().journal().head());
    }

    @Test
    void aRequestThatWasRefusedHasNotUsedItsKey() throws Exception {
        assertEquals(400, post(node, "/events", "application/json", "{", "k").statusCode());
        assertReceipt("E-1", 1, post(node, "/events", "application/json", "{}", "k"));
    }

    @Test
    void eachStreamHasKeysOfItsOwn(Vertx vertx) throws Exception {
        ServedStream other = ServedStream.serve(
                vertx, EventStream.open(vertx, "other", StreamOptions.DEFAULT).await(), OPEN);
        assertReceipt("E-1", 1, post("a", "k"));
        assertReceipt("E-1", 1, post(other, "/other", "text/plain", "b", "k"));
    }

    // ---- for how long

    @Test
    void theConfigurationSaysWhetherKeysAreRemembered(Vertx vertx) {
        start(vertx, "remembers", "5m");
        start(vertx, "forgets", "0s");
        assertEquals(request(vertx, "remembers"), request(vertx, "remembers"));
        assertNotEquals(request(vertx, "forgets"), request(vertx, "forgets"));
    }

    private static void start(Vertx vertx, String stream, String idempotency) {
        JsonObject config = new JsonObject()
                .put("http", new JsonObject().put("host", "127.0.0.1").put("port", 0))
                .put("streams", new JsonObject().put(stream, new JsonObject()))
                .put("publish", new JsonObject().put("idempotency", idempotency));
        vertx.deployVerticle(new NodeVerticle(), new DeploymentOptions().setConfig(config))
                .await();
    }

    private static Object request(Vertx vertx, String stream) {
        MultiMap key = MultiMap.caseInsensitiveMultiMap().add("Idempotency-Key", "k");
        return vertx.eventBus()
                .request("sluice." + stream, "a", new DeliveryOptions().setHeaders(key))
                .await()
                .body();
    }
}
