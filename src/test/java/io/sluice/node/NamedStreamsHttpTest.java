package io.sluice.node;

import static io.sluice.node.ServedStream.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.RawClient;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of a template over HTTP: made, published to, ended, deleted, listed and signalled to. */
class NamedStreamsHttpTest extends QuietServer {

    private static final String NAMES =
            "expected 1 to 128 letters, digits and characters of \"._~-\", other than \".\" and \"..\"";
    private static final String METHODS = "GET, HEAD, OPTIONS, POST, PUT, DELETE";

    NamedStreamsHttpTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "streams": {
                "events": {},
                "chat/*": { "lifetime": "0s", "replay": "all" },
                "order/*": { "create": "put" },
                "few/*": { "max": 2 }
              },
              "publish": { "enabled": true, "anonymous": true, "maxEvent": "1kB", "maxBody": "128kB" }
            }
            """);
    }

    // ---- requests

    private HttpResponse<String> send(String method, String path, BodyPublisher body, String... headers)
            throws Exception {
        HttpRequest.Builder request = node.request(path).method(method, body);
        return node.send(headers.length == 0 ? request : request.headers(headers));
    }

    private HttpResponse<String> send(String method, String path, String... headers) throws Exception {
        return send(method, path, BodyPublishers.noBody(), headers);
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send("POST", path, BodyPublishers.ofString(body), "Content-Type", "text/plain");
    }

    private String raw(String line, String... headers) throws Exception {
        String fields = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return RawClient.exchange(
                node.port(), line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + fields + "\r\n");
    }

    private static String header(String name, HttpResponse<?> response) {
        return response.headers().firstValue(name).orElse("");
    }

    /** The numbers of the receipt, without the epoch. */
    private static void assertReceipt(long last, int count, HttpResponse<String> response) {
        assertEquals(201, response.statusCode(), response.body());
        JsonObject receipt = new JsonObject(response.body());
        assertEquals("" + last, receipt.getString("id").replaceAll("^[a-z0-9]+-", ""));
        assertEquals(count, receipt.getInteger("count"));
    }

    private static String id(HttpResponse<String> response) {
        return new JsonObject(response.body()).getString("id");
    }

    // ---- POST

    @Test
    void theFirstEventMakesTheStreamAndEachHasNumbersOfItsOwn() throws Exception {
        assertReceipt(1, 1, post("/chat/42", "a"));
        assertReceipt(2, 1, post("/chat/42", "b"));
        assertReceipt(1, 1, post("/chat/43", "c"));
        HttpResponse<String> lines =
                send("POST", "/chat/43", BodyPublishers.ofString("1\n2\n3\n"), "Content-Type", "application/x-ndjson");
        assertReceipt(4, 3, lines);
    }

    @Test
    void aNameMayBePercentEncoded() throws Exception {
        String first = id(post("/chat/a~b", "1"));
        assertEquals(first.replaceAll("1$", "2"), id(post("/chat/%61%7Eb", "2")));
    }

    @Test
    void aStreamMayHaveToBeMadeBefore() throws Exception {
        assertProblem(
                404,
                "Not Found",
                "there is no stream order/7: expected the name of one, or PUT to make it",
                post("/order/7", "a"));
        assertEquals(201, send("PUT", "/order/7").statusCode());
        assertReceipt(1, 1, post("/order/7", "a"));
    }

    @Test
    void oneStreamTooManyIsToldToComeBack() throws Exception {
        assertReceipt(1, 1, post("/few/1", "a"));
        assertReceipt(1, 1, post("/few/2", "a"));
        HttpResponse<String> refused = post("/few/3", "a");
        assertProblem(503, "Service Unavailable", "few/* has 2 streams, as many as it may; try again", refused);
        assertEquals("1", header("Retry-After", refused));
        assertEquals(503, send("PUT", "/few/3").statusCode());
        assertReceipt(2, 1, post("/few/1", "b"));
    }

    @Test
    void aKeyIsOfOneStream() throws Exception {
        String first = id(send(
                "POST", "/chat/1", BodyPublishers.ofString("a"), "Content-Type", "text/plain", "Idempotency-Key", "k"));
        String again = id(send(
                "POST", "/chat/1", BodyPublishers.ofString("a"), "Content-Type", "text/plain", "Idempotency-Key", "k"));
        assertEquals(first, again);
        HttpResponse<String> other = send(
                "POST", "/chat/2", BodyPublishers.ofString("b"), "Content-Type", "text/plain", "Idempotency-Key", "k");
        assertReceipt(1, 1, other);
    }

    // ---- the end

    @Test
    void aStreamEndsWithALastEvent() throws Exception {
        post("/chat/42", "a");
        assertReceipt(2, 1, post("/chat/42?end=true", "b"));
        assertProblem(
                409, "Conflict", "the stream chat/42 has ended: expected no more events", post("/chat/42", "late"));
        assertProblem(
                409,
                "Conflict",
                "the stream chat/42 has ended: expected no more events",
                send("POST", "/chat/42?end=true"));
    }

    @Test
    void aStreamEndsWithoutAnEvent() throws Exception {
        post("/chat/42", "a");
        assertReceipt(1, 0, send("POST", "/chat/42?end=true"));
        assertEquals(409, post("/chat/42", "late").statusCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain", "application/json", "application/x-ndjson", "application/x-www-form-urlencoded"})
    void anEmptyBodyIsNoLastEventWhateverItsType(String type) throws Exception {
        assertReceipt(0, 0, send("POST", "/chat/42?end=true", "Content-Type", type));
    }

    @Test
    void aLastEventNeedsAType() throws Exception {
        assertProblem(
                415,
                "Unsupported Media Type",
                "no Content-Type: expected application/json, application/x-ndjson or text/plain",
                send("POST", "/chat/42?end=true", BodyPublishers.ofString("a")));
        String chunked = raw("POST /chat/42?end=true", "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0");
        assertTrue(chunked.startsWith("HTTP/1.1 415 "), chunked);
        assertReceipt(1, 1, post("/chat/42", "it goes on"));
    }

    @Test
    void anEndIsRepeatedWithItsKey() throws Exception {
        post("/chat/42", "a");
        String end = id(send("POST", "/chat/42?end=true", "Idempotency-Key", "k"));
        assertEquals(end, id(send("POST", "/chat/42?end=true", "Idempotency-Key", "k")));
        assertEquals(
                422,
                send(
                                "POST",
                                "/chat/42?end=true",
                                BodyPublishers.ofString("a"),
                                "Content-Type",
                                "text/plain",
                                "Idempotency-Key",
                                "k")
                        .statusCode());
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            end=yes              => end is "yes": expected true or false
            end=                 => end is "": expected true or false
            end=TRUE             => end is "TRUE": expected true or false
            end=true&end=true    => end is given 2 times: expected once
            end=true&signal=stop => signal and end: expected one of them
            """)
    void anEndIsTrueOrFalse(String query, String detail) throws Exception {
        assertProblem(400, "Bad Request", detail, post("/chat/42?" + query, "a"));
    }

    @Test
    void anEndThatIsFalseIsNone() throws Exception {
        assertReceipt(1, 1, post("/chat/42?end=false", "a"));
        assertReceipt(2, 1, post("/chat/42", "b"));
    }

    // ---- PUT

    @Test
    void aStreamIsMadeOnce() throws Exception {
        HttpResponse<String> made = send("PUT", "/chat/42");
        assertEquals(201, made.statusCode());
        assertEquals("/chat/42", header("Location", made));
        assertEquals("application/json", header("Content-Type", made));
        assertEquals("nosniff", header("X-Content-Type-Options", made));
        assertEquals("0", id(made).replaceAll("^[a-z0-9]+-", ""));
        HttpResponse<String> again = send("PUT", "/chat/42");
        assertEquals(200, again.statusCode());
        assertEquals("", header("Location", again));
        assertEquals(made.body(), again.body());
        assertReceipt(1, 1, post("/chat/42", "a"));
        assertEquals(id(made).replaceAll("0$", "1"), id(send("PUT", "/chat/42")));
    }

    @Test
    void aRepeatedPutGetsTheFirstAnswer() throws Exception {
        HttpResponse<String> made = send("PUT", "/chat/42", "Idempotency-Key", "k");
        HttpResponse<String> again = send("PUT", "/chat/42", "Idempotency-Key", "k");
        assertEquals(201, again.statusCode());
        assertEquals("/chat/42", header("Location", again));
        assertEquals(made.body(), again.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE"})
    void theyHaveNoBody(String method) throws Exception {
        HttpResponse<String> refused =
                send(method, "/chat/42", BodyPublishers.ofString("x"), "Content-Type", "text/plain");
        assertProblem(400, "Bad Request", "a " + method + " with a body: expected none", refused);
    }

    /** The answer comes before the body does. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 8000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"})
    void aBodyOfMegabytesIsNotReadForAPut(String field) throws Exception {
        try (RawClient client = new RawClient(node.port())) {
            client.write("PUT /chat/42 HTTP/1.1\r\nHost: localhost\r\n" + field);
            assertTrue(client.head().startsWith("HTTP/1.1 400 Bad Request\n"));
        }
    }

    // ---- DELETE

    @Test
    void aStreamIsDeletedAndMadeAnew() throws Exception {
        String first = id(post("/chat/42", "a"));
        HttpResponse<String> deleted = send("DELETE", "/chat/42");
        assertEquals(204, deleted.statusCode());
        assertEquals("", deleted.body());
        assertProblem(404, "Not Found", "there is no stream chat/42", send("DELETE", "/chat/42"));
        HttpResponse<String> anew = post("/chat/42", "a");
        assertReceipt(1, 1, anew);
        assertFalse(id(anew).equals(first), "an id of the deleted stream is one of the new");
    }

    @Test
    void anEndedStreamIsDeleted() throws Exception {
        send("POST", "/chat/42?end=true");
        assertEquals(204, send("DELETE", "/chat/42").statusCode());
        assertReceipt(1, 1, post("/chat/42", "a"));
    }

    // ---- GET

    private static String withoutEpoch(String wire) {
        return wire.replaceAll("(id: |\")(?!none)[a-z0-9]+-", "$1E-").replaceAll("retry: \\d+", "retry: N");
    }

    @Test
    void aReaderWaitsForTheStreamAndReadsItToItsEnd() throws Exception {
        try (RawClient reader = RawClient.get(node.port(), "/chat/42")) {
            String head = reader.head();
            assertTrue(head.startsWith("HTTP/1.1 200 OK\n"), head);
            assertTrue(head.contains("\nContent-Type: text/event-stream\n"), head);
            assertEquals("id: none-0\n\n", reader.blocks(1));
            post("/chat/42", "a");
            assertEquals("id: E-1\ndata: a\n\n", withoutEpoch(reader.blocks(1)));
            post("/chat/42?end=true&topic=t", "b");
            assertEquals("""
                    id: E-2
                    data: b

                    id: E-2
                    retry: N
                    event: close
                    data: {"reason":"end"}

                    """, withoutEpoch(reader.rest()));
        }
    }

    @Test
    void whoeverComesAfterTheEndReadsItAllAndStaysAwayThen() throws Exception {
        post("/chat/42", "a");
        String last = id(send("POST", "/chat/42?end=true"));
        HttpResponse<String> whole = node.get("/chat/42");
        assertEquals(200, whole.statusCode());
        assertTrue(withoutEpoch(whole.body()).startsWith("id: E-1\ndata: a\n\n"), whole.body());
        assertTrue(whole.body().endsWith("event: close\ndata: {\"reason\":\"end\"}\n\n"), whole.body());
        HttpResponse<String> again = send("GET", "/chat/42", "Last-Event-ID", last);
        assertEquals(204, again.statusCode());
        assertEquals("", again.body());
    }

    @Test
    void aReaderOfADeletedStreamIsToldAndOthersDoNotFindIt() throws Exception {
        post("/chat/42", "a");
        try (RawClient reader = RawClient.get(node.port(), "/chat/42")) {
            reader.head();
            reader.blocks(1);
            assertEquals(1, list("").getJsonArray("streams").getJsonObject(0).getInteger("subscribers"));
            assertEquals(204, send("DELETE", "/chat/42").statusCode());
            String rest = reader.rest();
            assertTrue(rest.endsWith("event: close\ndata: {\"reason\":\"deleted\"}\n\n"), rest);
        }
        assertEquals(404, node.get("/chat/42").statusCode());
        assertEquals(404, send("HEAD", "/chat/42").statusCode());
    }

    @Test
    void headOfAStreamIsGetWithoutABody() throws Exception {
        String answer = raw("HEAD /chat/42");
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
        assertTrue(answer.endsWith("\r\n\r\n"), answer);
    }

    @Test
    void theTopicOfAnEventIsTheTemplatesNameIfItHasNoOther() throws Exception {
        post("/chat/42", "a");
        post("/chat/42?topic=other", "b");
        send("POST", "/chat/42?end=true");
        String wire = node.get("/chat/42?topic=chat").body();
        assertTrue(withoutEpoch(wire).startsWith("id: E-1\ndata: a\n\n"), wire);
        assertFalse(wire.contains("data: b"), wire);
    }

    // ---- methods and names

    @ParameterizedTest
    @ValueSource(strings = {"PATCH", "BREW"})
    void anotherMethodIsToldWhichThereAre(String method) throws Exception {
        HttpResponse<String> refused = send(method, "/chat/42");
        assertProblem(405, "Method Not Allowed", "expected one of " + METHODS, refused);
        assertEquals(METHODS, header("Allow", refused));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/chat/42 | " + METHODS,
                "/chat/ | GET, HEAD, OPTIONS",
                "/chat | GET, HEAD, OPTIONS",
                "* | " + METHODS
            })
    void optionsNameTheMethods(String path, String allow) throws Exception {
        String answer = raw("OPTIONS " + path);
        assertTrue(answer.startsWith("HTTP/1.1 204 No Content\r\n"), answer);
        assertTrue(answer.contains("\r\nAllow: " + allow + "\r\n"), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
    void aNameThatCannotBeIsRefusedForEachMethod(String method) throws Exception {
        for (String name : List.of(
                "a/b", "%2F", "..", ".", "%2e%2E", "a%2Fb", "42/", "a%20b", "%C3%A9", "a%00", "a;b", "x".repeat(129))) {
            String answer = raw(method + " /chat/" + name, "Content-Length: 0");
            assertTrue(answer.startsWith("HTTP/1.1 400 Bad Request\r\n"), () -> name + ": " + answer);
        }
    }

    @Test
    void aNameThatCannotBeIsShown() throws Exception {
        assertProblem(400, "Bad Request", "stream \"a/b\": " + NAMES, post("/chat/a/b", "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"42", "...", "~", "a.b", "-", "_", "%34%32"})
    void aNameIsMadeOfWhatNeedsNoEscape(String name) throws Exception {
        assertEquals(201, post("/chat/" + name, "x").statusCode());
    }

    @Test
    void theLongestNameHas128Characters() throws Exception {
        assertEquals(201, post("/chat/" + "x".repeat(128), "x").statusCode());
    }

    @Test
    void aTemplateWithoutASlashIsAMissingFile() throws Exception {
        assertProblem(404, "Not Found", "no such stream or file", node.get("/chat"));
        assertProblem(404, "Not Found", "no such stream or file", node.get("/chats/42"));
    }

    // ---- declared streams

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE"})
    void aDeclaredStreamIsNeitherMadeNorDeleted(String method) throws Exception {
        HttpResponse<String> refused = send(method, "/events");
        assertProblem(405, "Method Not Allowed", "expected one of GET, HEAD, OPTIONS, POST", refused);
        assertEquals("GET, HEAD, OPTIONS, POST", header("Allow", refused));
    }

    @ParameterizedTest
    @CsvSource({"end=true, end", "signal=stop, send a signal to"})
    void aDeclaredStreamHasNoEndAndNoSignals(String query, String what) throws Exception {
        HttpResponse<String> refused = post("/events?" + query, "x");
        assertProblem(
                405,
                "Method Not Allowed",
                "this stream is declared in the configuration: expected a stream of a template, such as /chat/42, to "
                        + what,
                refused);
        assertEquals("GET, HEAD, OPTIONS, POST", header("Allow", refused));
        assertEquals("", node.wire());
        assertReceipt(1, 1, post("/events?end=false", "x"));
    }

    // ---- the list

    private JsonObject list(String query) throws Exception {
        HttpResponse<String> response = node.get("/chat/" + query);
        assertEquals(200, response.statusCode(), response.body());
        assertEquals("application/json", header("Content-Type", response));
        assertEquals("no-store", header("Cache-Control", response));
        assertEquals("nosniff", header("X-Content-Type-Options", response));
        return new JsonObject(response.body());
    }

    @Test
    void theStreamsAreListedByName() throws Exception {
        String b = id(post("/chat/b", "12345"));
        String a = id(send("POST", "/chat/a?end=true"));
        JsonObject list = list("");
        assertTrue(list.containsKey("next"));
        assertNull(list.getValue("next"));
        JsonArray streams = list.getJsonArray("streams");
        assertEquals(2, streams.size());
        assertEquals(
                new JsonObject()
                        .put("name", "chat/a")
                        .put("last", a)
                        .put("events", 0)
                        .put("bytes", 0)
                        .put("subscribers", 0)
                        .put("ended", true),
                streams.getJsonObject(0));
        JsonObject second = streams.getJsonObject(1);
        assertEquals("chat/b", second.getString("name"));
        assertEquals(b, second.getString("last"));
        assertEquals(1, second.getInteger("events"));
        assertTrue(second.getInteger("bytes") >= 5);
        assertEquals(false, second.getBoolean("ended"));
    }

    @Test
    void aListOfNothingIsEmpty() throws Exception {
        assertEquals("{\"streams\":[],\"next\":null}", node.get("/chat/").body());
    }

    @Test
    void aThousandAreListedAtATime() throws Exception {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 1001; i++) {
            made.add("chat/n" + (1000 + i));
        }
        for (String name : made) {
            assertEquals(201, send("PUT", "/" + name).statusCode());
        }
        JsonObject first = list("");
        JsonObject second = list("?cursor=" + first.getString("next"));
        assertNull(second.getValue("next"));
        List<String> listed = new ArrayList<>();
        for (JsonObject page : List.of(first, second)) {
            page.getJsonArray("streams").forEach(stream -> listed.add(((JsonObject) stream).getString("name")));
        }
        assertEquals(1000, first.getJsonArray("streams").size());
        assertEquals(made, listed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json | 200", "application/* | 200", "*/* | 200", "text/html, application/json;q=0.5 | 200",
                "text/html | 406", "text/event-stream | 406", "application/json;q=0, */* | 406",
                        "application/xml, text/* | 406"
            })
    void aListIsJson(String accept, int status) throws Exception {
        HttpResponse<String> response = send("GET", "/chat/", "Accept", accept);
        assertEquals(status, response.statusCode());
        if (status == 406) {
            assertProblem(
                    406, "Not Acceptable", "this is application/json: expected an Accept that allows it", response);
        }
    }

    @Test
    void theHeadOfAListIsThatOfItsGet() throws Exception {
        post("/chat/42", "a");
        HttpResponse<String> head = send("HEAD", "/chat/");
        assertEquals(200, head.statusCode());
        assertEquals("" + node.get("/chat/").body().length(), header("Content-Length", head));
        assertEquals("", head.body());
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            cursor=a/b        => cursor "a/b": expected the "next" of a list
            cursor=           => cursor "": expected the "next" of a list
            cursor=a&cursor=b => cursor is given 2 times: expected once
            """)
    void aCursorIsTheNextOfAList(String query, String detail) throws Exception {
        assertProblem(400, "Bad Request", detail, node.get("/chat/?" + query));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
    void aListIsReadOnly(String method) throws Exception {
        HttpResponse<String> refused = send(method, "/chat/");
        assertProblem(405, "Method Not Allowed", "expected one of GET, HEAD, OPTIONS", refused);
        assertEquals("GET, HEAD, OPTIONS", header("Allow", refused));
    }

    // ---- signals

    /** The next signal to a template. */
    private static Promise<Message<Object>> nextSignal(Vertx vertx, String template) {
        Promise<Message<Object>> next = Promise.promise();
        vertx.eventBus()
                .<Object>consumer("sluice.signals." + template, next::tryComplete)
                .completion()
                .await();
        return next;
    }

    private static Message<Object> await(Promise<Message<Object>> signal) throws Exception {
        return signal.future().await(10, TimeUnit.SECONDS);
    }

    @Test
    void aSignalReachesWhoConsumesIt(Vertx vertx) throws Exception {
        Promise<Message<Object>> next = nextSignal(vertx, "chat");
        HttpResponse<String> response = send("POST", "/chat/42?signal=stop");
        assertEquals(202, response.statusCode());
        assertEquals("", response.body());
        Message<Object> signal = await(next);
        assertEquals("chat/42", signal.headers().get("stream"));
        assertEquals("stop", signal.headers().get("signal"));
        assertNull(signal.body());
        assertEquals("{\"streams\":[],\"next\":null}", node.get("/chat/").body(), "a signal makes no stream");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "application/json | {\"why\":[1]} | io.vertx.core.json.JsonObject",
                "application/json | [1]           | io.vertx.core.json.JsonArray",
                "application/json | \"now\"       | java.lang.String",
                "application/json | 5             | java.lang.Integer",
                "application/json | true          | java.lang.Boolean",
                "text/plain       | {\"why\":[1]} | java.lang.String"
            })
    void theBodyOfASignalGoesAlong(String type, String body, String becomes, Vertx vertx) throws Exception {
        Promise<Message<Object>> next = nextSignal(vertx, "chat");
        HttpResponse<String> response =
                send("POST", "/chat/42?signal=stop", BodyPublishers.ofString(body), "Content-Type", type);
        assertEquals(202, response.statusCode(), response.body());
        Object carried = await(next).body();
        assertEquals(becomes, carried.getClass().getName());
        assertEquals(body.replace("\"now\"", "now"), carried.toString());
    }

    @Test
    void aSignalThatNobodyConsumesIsNotFound(Vertx vertx) throws Exception {
        nextSignal(vertx, "order");
        assertProblem(404, "Not Found", "nobody consumes at sluice.signals.chat", send("POST", "/chat/42?signal=stop"));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            signal=              => signal "": expected 1 to 64 letters, digits and characters of "._~-"
            signal=a%20b         => signal "a b": expected 1 to 64 letters, digits and characters of "._~-"
            signal=a%0Ab         => signal "a\\u000ab": expected 1 to 64 letters, digits and characters of "._~-"
            signal=a&signal=b    => signal is given 2 times: expected once
            """)
    void aSignalHasOneShortName(String query, String detail) throws Exception {
        assertProblem(400, "Bad Request", detail, send("POST", "/chat/42?" + query));
    }

    @Test
    void theBodyOfASignalIsShortAndOfAKnownType(Vertx vertx) throws Exception {
        nextSignal(vertx, "chat");
        assertProblem(
                413,
                "Request Entity Too Large",
                "a signal of 65537 bytes: expected at most 64kB",
                post("/chat/42?signal=stop", "x".repeat(65_537)));
        assertEquals(202, post("/chat/42?signal=stop", "x".repeat(65_536)).statusCode());
        assertProblem(
                415,
                "Unsupported Media Type",
                "Content-Type application/x-ndjson: expected application/json or text/plain",
                send(
                        "POST",
                        "/chat/42?signal=stop",
                        BodyPublishers.ofString("1\n"),
                        "Content-Type",
                        "application/x-ndjson"));
        assertProblem(
                400,
                "Bad Request",
                "the body is a whole number of more than 64 bits: expected one of fewer",
                send(
                        "POST",
                        "/chat/42?signal=stop",
                        BodyPublishers.ofString("12345678901234567890"),
                        "Content-Type",
                        "application/json"));
    }

    // ---- pages of other origins

    @ParameterizedTest
    @CsvSource({
        "POST, /chat/42",
        "POST, /chat/42?signal=stop",
        "POST, /chat/42?end=true",
        "PUT, /chat/42",
        "DELETE, /chat/42"
    })
    void aPageOfAnotherOriginMayNot(String method, String path) throws Exception {
        for (String field : List.of("Origin: https://evil.example", "Sec-Fetch-Site: cross-site")) {
            String answer = raw(method + " " + path, field, "Content-Length: 0");
            assertTrue(answer.startsWith("HTTP/1.1 403 Forbidden\r\n"), answer);
        }
    }
}
