package io.sluice.node;

import static io.sluice.node.ServedStream.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.NewEvent;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.log.StuckLog;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that are POSTed to a stream, and then are in it. */
class PublishHandlerTest extends QuietServer {

    private static final String OPEN = """
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "publish": { "enabled": true, "anonymous": true, "maxEvent": "1kB", "maxBody": "4kB" }
            }
            """;

    PublishHandlerTest() {
        super(OPEN);
    }

    private static HttpResponse<String> post(ServedStream node, String path, String contentType, BodyPublisher body)
            throws IOException, InterruptedException {
        return node.send(node.request(path).header("Content-Type", contentType).POST(body));
    }

    private HttpResponse<String> post(String path, String contentType, String body)
            throws IOException, InterruptedException {
        return post(node, path, contentType, BodyPublishers.ofString(body));
    }

    private static void assertReceipt(String id, int count, HttpResponse<String> response) {
        assertEquals(201, response.statusCode(), response.body());
        assertEquals(
                "application/json",
                response.headers().firstValue("Content-Type").orElse(""));
        assertEquals(
                "nosniff",
                response.headers().firstValue("X-Content-Type-Options").orElse(""));
        JsonObject receipt = new JsonObject(response.body());
        assertEquals(count, receipt.getInteger("count"));
        assertEquals(id, receipt.getString("id").replaceAll("^[a-z0-9]+-", "E-"));
    }

    private void assertRefused(int status, String title, String detail, HttpResponse<String> response) {
        assertProblem(status, title, detail, response);
        assertEquals("", node.wire());
    }

    // ---- what is taken

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ \"b\" :1,\t\"a\":2 }",
                "{\"text\":\"Gr\u00fc\u00dfe \u4f60\u597d \ud83d\ude80\"}",
                "{\"escaped\":\"\\u00fc\\n\\/\"}",
                "{\"big\":12345678901234567890.123456789012345678901234567890}",
                "{\"twice\":1,\"twice\":2}",
                "[1, [2], {\"c\":[ ]}]",
                "\"text\"",
                "-1.50e+3",
                "true",
                "null",
                "  {}  "
            })
    void jsonIsKeptByteForByte(String json) throws Exception {
        assertReceipt("E-1", 1, post("/events", "application/json", json));
        assertEquals("id: E-1\ndata: " + json + "\n\n", node.wire());
    }

    @Test
    void jsonOfSeveralLinesIsSeveralLinesOfData() throws Exception {
        assertReceipt("E-1", 1, post("/events", "application/json; charset=UTF-8", """
                {
                  "a": 1,
                  "b": [
                    2
                  ]
                }"""));
        assertEquals("""
                id: E-1
                data: {
                data:   "a": 1,
                data:   "b": [
                data:     2
                data:   ]
                data: }

                """, node.wire());
    }

    @Test
    void textIsTakenAsItIs() throws Exception {
        assertReceipt("E-1", 1, post("/events", "text/plain", "{ no JSON\r\nGr\u00fc\u00dfe"));
        assertReceipt("E-2", 1, post("/events", "text/plain;charset=utf-8", ""));
        assertEquals("""
                id: E-1
                data: { no JSON
                data: Gr\u00fc\u00dfe

                id: E-2
                data:\s

                """, node.wire());
    }

    @Test
    void eachLineOfNdjsonIsAnEvent() throws Exception {
        assertReceipt("E-1", 1, post("/events", "text/plain", "before"));
        assertReceipt("E-4", 3, post("/events", "application/x-ndjson", "{\"a\":1}\r\n\r\n  \n{ \"b\": 2 }\n3\r\n\n"));
        assertEquals("""
                id: E-1
                data: before

                id: E-2
                data: {"a":1}

                id: E-3
                data: { "b": 2 }

                id: E-4
                data: 3

                """, node.wire());
    }

    @Test
    void aPublishedEventReachesASubscriber() throws Exception {
        try (Subscriber subscriber = Subscriber.open("http://127.0.0.1:" + node.port() + "/events?topic=prices.*")) {
            HttpResponse<String> response =
                    post("/events?topic=prices.eur&type=price", "application/json", "{ \"eur\": 1 }");
            String id = new JsonObject(response.body()).getString("id");
            assertEquals(SseBlock.of("id: " + id.replaceAll("1$", "0") + "\n"), subscriber.next());
            assertEquals(SseBlock.of("id: " + id + "\nevent: price\ndata: { \"eur\": 1 }\n"), subscriber.next());
        }
    }

    @Test
    void theTypeComesFromTheQueryOrTheHeader() throws Exception {
        HttpRequest.Builder request = node.request("/events").header("Content-Type", "text/plain");
        node.send(request.copy().header("Sluice-Type", "of-header").POST(BodyPublishers.ofString("1")));
        post("/events?type=of-query", "text/plain", "2");
        node.send(node.request("/events?type=of-query")
                .header("Content-Type", "text/plain")
                .header("Sluice-Type", "of-header")
                .POST(BodyPublishers.ofString("3")));
        assertEquals("""
                id: E-1
                event: of-header
                data: 1

                id: E-2
                event: of-query
                data: 2

                id: E-3
                event: of-query
                data: 3

                """, node.wire());
    }

    @Test
    void withoutATopicItIsTheStreamsName() throws Exception {
        post("/events", "text/plain", "1");
        post("/events?topic=prices.eur", "text/plain", "2");
        assertEquals("events", topic(1));
        assertEquals("prices.eur", topic(2));
    }

    private String topic(long n) {
        var entry = node.stream().journal().read(n);
        return entry == null ? "" : entry.event().topic();
    }

    @Test
    void anEventMayBeTheLastOfItsTopic() throws Exception {
        post("/events?topic=a", "application/json", "1");
        assertReceipt("E-2", 1, post("/events?topic=a&forget=true", "application/json", "null"));
        assertReceipt("E-3", 1, post("/events?topic=b&forget=true", "text/plain", ""));
        assertReceipt("E-5", 2, post("/events?topic=c&forget=true", "application/x-ndjson", "1\n2\n"));
        assertReceipt("E-6", 1, post("/events?topic=a&forget=false", "application/json", "2"));
        assertEquals(List.of(false, true, true, true, true, false), forgets());
    }

    private List<Boolean> forgets() {
        return LongStream.rangeClosed(1, node.stream().journal().head())
                .mapToObj(node.stream().journal()::read)
                .map(entry -> Objects.requireNonNull(entry).event().forget())
                .toList();
    }

    // ---- what is refused

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            topic=a%0db            => topic "a\\u000db": expected no control character
            topic=a%0Ab            => topic "a\\u000ab": expected no control character
            topic=a%00b            => topic "a\\u0000b": expected no control character
            topic=                 => topic of 0 characters: expected 1 to 255 characters
            topic=prices.*         => topic "prices.*": expected no * and no >, which are for filters
            topic=prices.%3e       => topic "prices.>": expected no * and no >, which are for filters
            topic=a&topic=b        => topic is given 2 times: expected once
            type=x%0d%0adata:%20y  => type "x\\u000d\\u000adata: y": expected no control character
            type=a%00              => type "a\\u0000": expected no control character
            type=close             => type "close" is Sluice's own: expected another name
            type=gap               => type "gap" is Sluice's own: expected another name
            type=error             => type "error" goes to the onerror of every EventSource: expected another name
            type=open              => type "open" goes to the onopen of every EventSource: expected another name
            """)
    void aTopicOrTypeThatCannotBeIsRefused(String query, String detail) throws Exception {
        assertRefused(400, "Bad Request", detail, post("/events?" + query, "text/plain", "x"));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"a":       => the body is not JSON: Unexpected end-of-input: expected close marker for Object
            {'a': 1}    => the body is not JSON: Unexpected character (''' (code 39)): was expecting double-quote to start field name
            nonsense    => the body is not JSON: Unrecognized token 'nonsense': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
            {} {}       => the body has more than one JSON value: expected one
            1 2         => the body has more than one JSON value: expected one
            ``          => the body is empty: expected JSON
            """)
    void aBodyThatIsNoJsonIsRefused(String body, String detail) throws Exception {
        assertRefused(400, "Bad Request", detail, post("/events", "application/json", body));
    }

    @Test
    void oneBadLineRefusesThemAll() throws Exception {
        assertRefused(
                400,
                "Bad Request",
                "line 3 is not JSON: Unexpected character ('b' (code 98)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
                post("/events", "application/x-ndjson", "{\"a\":1}\n{\"b\":2}\nbad\n{\"c\":3}\n"));
        assertRefused(
                400,
                "Bad Request",
                "line 4 has more than one JSON value: expected one",
                post("/events", "application/x-ndjson", "{\"a\":1}\n\n\n1 2\n"));
        assertRefused(
                400,
                "Bad Request",
                "the body has no line: expected one JSON value a line",
                post("/events", "application/x-ndjson", "\r\n\n"));
    }

    @ParameterizedTest
    @CsvSource({"application/json, the body", "text/plain, the body", "application/x-ndjson, line 1"})
    void aBodyThatIsNotUtf8IsRefused(String contentType, String what) throws Exception {
        byte[] latin1 = "\"Gr\u00fc\u00dfe\"".getBytes(StandardCharsets.ISO_8859_1);
        assertRefused(
                400,
                "Bad Request",
                what + " is not UTF-8",
                post(node, "/events", contentType, BodyPublishers.ofByteArray(latin1)));
    }

    @Test
    void anEventThatIsTooLargeIsRefused() throws Exception {
        assertReceipt("E-1", 1, post("/events", "text/plain", "\u00fc".repeat(512)));
        assertProblem(
                413,
                "Request Entity Too Large",
                "an event of 1025 bytes: expected at most 1kB",
                post("/events", "text/plain", "\u00fc".repeat(512) + "x"));
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedWithAndWithoutALength() throws Exception {
        byte[] large = "{}\n".repeat(2000).getBytes(StandardCharsets.UTF_8);
        String detail = "the body is larger than this node takes";
        assertRefused(
                413,
                "Request Entity Too Large",
                detail,
                post(node, "/events", "application/x-ndjson", BodyPublishers.ofByteArray(large)));
        assertRefused(
                413,
                "Request Entity Too Large",
                detail,
                post(
                        node,
                        "/events",
                        "application/x-ndjson",
                        BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html", "json"})
    void aContentTypeThatIsNotKnownIsRefused(String contentType) throws Exception {
        assertRefused(
                415,
                "Unsupported Media Type",
                "Content-Type " + contentType + ": expected application/json, application/x-ndjson or text/plain",
                post("/events", contentType, "{}"));
    }

    @Test
    void aMissingContentTypeIsRefused() throws Exception {
        assertRefused(
                415,
                "Unsupported Media Type",
                "no Content-Type: expected application/json, application/x-ndjson or text/plain",
                node.send(node.request("/events").POST(BodyPublishers.ofString("{}"))));
    }

    @Test
    void aBodyInAnotherEncodingIsRefused() throws Exception {
        String detail = "expected a body in UTF-8, and no Content-Encoding";
        assertRefused(415, "Unsupported Media Type", detail, post("/events", "text/plain; charset=iso-8859-1", "x"));
        assertRefused(
                415,
                "Unsupported Media Type",
                detail,
                node.send(node.request("/events")
                        .header("Content-Type", "text/plain")
                        .header("Content-Encoding", "gzip")
                        .POST(BodyPublishers.ofString("x"))));
    }

    @Test
    void thereIsNothingToPublishToElsewhere() throws Exception {
        assertRefused(404, "Not Found", "no such stream or file", post("/other", "text/plain", "x"));
        assertRefused(404, "Not Found", "no such stream or file", post("/", "text/plain", "x"));
    }

    @Test
    void withoutPublishingThereIsNoPost(Vertx vertx) throws Exception {
        EventStream stream =
                EventStream.open(vertx, "closed", StreamOptions.DEFAULT).await();
        ServedStream closed = ServedStream.serve(vertx, stream, "{\"http\": {\"host\": \"127.0.0.1\", \"port\": 0}}");
        HttpResponse<String> response = post(closed, "/closed", "text/plain", BodyPublishers.ofString("x"));
        assertProblem(405, "Method Not Allowed", "expected one of GET, HEAD, OPTIONS", response);
        assertEquals(
                "GET, HEAD, OPTIONS", response.headers().firstValue("Allow").orElse(""));
        assertEquals("", closed.wire());
    }

    @Test
    void whenTheLogDoesNotKeepUpTheClientIsAskedToTryAgain(Vertx vertx) throws Exception {
        EventStream stuck = StuckLog.open(vertx, "stuck").await();
        stuck.publish(Collections.nCopies(10_000, new NewEvent("a", null, "x"))).onComplete(unused -> {});
        HttpResponse<String> response =
                post(ServedStream.serve(vertx, stuck, OPEN), "/stuck", "text/plain", BodyPublishers.ofString("x"));
        String detail = "the stream has 10000 events or 16MB waiting for its log; try again";
        assertProblem(503, "Service Unavailable", detail, response);
        assertEquals("1", response.headers().firstValue("Retry-After").orElse(""));
    }

    @Test
    void theReasonOfAFailedAppendIsInTheNodesOutputOnly(Vertx vertx) throws Exception {
        EventStream stream =
                StuckLog.openBroken(vertx, "broken", "no more disk").await();
        ServedStream broken = ServedStream.serve(vertx, stream, OPEN);
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> response = post(broken, "/broken", "text/plain", BodyPublishers.ofString("x"));
            assertProblem(
                    503,
                    "Service Unavailable",
                    "the log failed, and nobody can say whether it has this:"
                            + " it may be there twice if it is repeated, which an Idempotency-Key prevents",
                    response);
            assertEquals("1", response.headers().firstValue("Retry-After").orElse(""));
        }
        assertEquals(1, log.text().lines().count(), log.text());
        assertTrue(log.text().contains("stream broken: its log fails, and requests with it"), log.text());
        assertTrue(log.text().contains("no more disk"), log.text());
        log.clear();
    }
}
