package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Tokens;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every door of a node, and who may come in: what a client shows, what it asks for, and the exact answer. */
class RightsHttpTest extends GuardedServer {

    // ---- the table

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # a declared stream
            GET    | /events                  | -       | 401
            GET    | /events                  | nothing | 403
            GET    | /events                  | writer  | 403
            GET    | /events                  | admin   | 403
            GET    | /events                  | ada     | 200
            GET    | /events                  | limited | 200
            GET    | /events?topic=a.b        | limited | 200
            GET    | /events?topic=b.%3E      | limited | 403
            HEAD   | /events                  | -       | 401
            HEAD   | /events                  | writer  | 403
            HEAD   | /events                  | reader  | 200
            POST   | /events                  | -       | 401
            POST   | /events                  | reader  | 403
            POST   | /events                  | writer  | 201
            POST   | /events?topic=a.b        | limited | 201
            POST   | /events?topic=b          | limited | 403
            POST   | /events                  | limited | 403
            POST   | /events?end=true         | -       | 401
            POST   | /events?end=true         | reader  | 403
            POST   | /events?end=true         | writer  | 405
            POST   | /events?signal=stop      | -       | 401
            POST   | /events?signal=stop      | writer  | 405
            PUT    | /events                  | -       | 405
            DELETE | /events                  | writer  | 405
            # a declared stream that anyone may read
            GET    | /news                    | -       | 200
            GET    | /news                    | nothing | 200
            GET    | /news?topic=b            | limited | 200
            HEAD   | /news                    | -       | 200
            POST   | /news                    | -       | 401
            POST   | /news                    | writer  | 403
            # a stream of a template
            GET    | /chat/ada                | -       | 401
            GET    | /chat/ada                | ada     | 200
            GET    | /chat/bob                | ada     | 403
            GET    | /chat/bob                | reader  | 200
            GET    | /chat/bob                | writer  | 403
            GET    | /chat/bob?topic=b        | limited | 403
            HEAD   | /chat/ada                | -       | 401
            HEAD   | /chat/bob                | ada     | 403
            HEAD   | /chat/bob                | reader  | 200
            POST   | /chat/ada                | -       | 401
            POST   | /chat/ada                | ada     | 201
            POST   | /chat/bob                | ada     | 403
            POST   | /chat/bob                | reader  | 403
            POST   | /chat/bob                | writer  | 201
            POST   | /chat/bob                | limited | 201
            POST   | /chat/bob?topic=b        | limited | 403
            PUT    | /chat/put                | -       | 401
            PUT    | /chat/put                | reader  | 403
            PUT    | /chat/put                | limited | 403
            PUT    | /chat/put                | writer  | 201
            PUT    | /order/1                 | writer  | 403
            DELETE | /chat/none               | -       | 401
            DELETE | /chat/none               | reader  | 403
            DELETE | /chat/none               | limited | 403
            DELETE | /chat/none               | writer  | 404
            POST   | /chat/end?end=true       | -       | 401
            POST   | /chat/end?end=true       | reader  | 403
            POST   | /chat/end?end=true       | limited | 403
            POST   | /chat/end?end=true       | writer  | 201
            POST   | /chat/ada?signal=stop    | -       | 401
            POST   | /chat/ada?signal=stop    | reader  | 403
            POST   | /chat/ada?signal=stop    | limited | 403
            POST   | /chat/ada?signal=stop    | ada     | 202
            POST   | /chat/bob?signal=stop    | ada     | 403
            # the list, and tickets
            GET    | /chat/                   | -       | 401
            GET    | /chat/                   | reader  | 403
            GET    | /chat/                   | admin   | 200
            HEAD   | /chat/                   | -       | 401
            HEAD   | /chat/                   | writer  | 403
            HEAD   | /chat/                   | admin   | 200
            POST   | /tickets                 | -       | 401
            POST   | /tickets                 | writer  | 403
            POST   | /tickets                 | reader  | 200
            # what asks nobody
            OPTIONS | /events                 | -       | 204
            OPTIONS | /chat/ada               | -       | 204
            OPTIONS | /chat/                  | -       | 204
            GET    | /health/live             | -       | 200
            GET    | /health/ready            | -       | 200
            GET    | /                        | -       | 200
            GET    | /stream.js               | -       | 200
            GET    | /unknown                 | -       | 404
            POST   | /unknown                 | -       | 404
            GET    | /chat                    | -       | 404
            PATCH  | /events                  | -       | 405
            PATCH  | /chat/ada                | -       | 405
            """)
    void whoeverHasTheRightComesIn(String method, String path, String name, int status) throws Exception {
        HttpResponse<String> response = sendAs(name, method, path);
        switch (status) {
            case 401 -> assertRefused(401, NOTHING_SHOWN, response);
            case 403 -> assertRefused(403, TOO_LITTLE, response);
            default -> {
                assertEquals(status, response.statusCode(), response.body());
                assertEquals("", header("WWW-Authenticate", response));
            }
        }
    }

    private static List<String> doors() {
        return List.of(
                "GET /events",
                "HEAD /events",
                "POST /events",
                "POST /events?end=true",
                "GET /news",
                "HEAD /news",
                "POST /news",
                "GET /chat/ada",
                "HEAD /chat/ada",
                "POST /chat/ada",
                "PUT /chat/ada",
                "DELETE /chat/ada",
                "POST /chat/ada?end=true",
                "POST /chat/ada?signal=stop",
                "GET /chat/",
                "HEAD /chat/",
                "POST /tickets");
    }

    private static Stream<Arguments> doorsAndBadCredentials() {
        String good = token("ada");
        List<List<String>> bad = List.of(
                List.of("Authorization", "Bearer garbage"),
                List.of("Authorization", "Bearer " + good.substring(1)),
                List.of("Authorization", "Bearer " + EXPIRED),
                List.of("Authorization", "Bearer"),
                List.of("Authorization", "Bearer "),
                List.of("Authorization", ""),
                List.of("Authorization", good),
                List.of("Authorization", "Basic YWRhOmFkYQ=="),
                List.of("Authorization", "DPoP " + good),
                List.of("Authorization", "Bearer " + good + ", Bearer " + good),
                List.of("Authorization", "Bearer " + good, "Authorization", "Bearer " + good),
                List.of("Authorization", "Bearer garbage", "Cookie", "session=" + good),
                List.of("?", "ticket=garbage"),
                List.of("?", "ticket="),
                List.of("?", "ticket=" + good),
                List.of("?", "ticket=x&ticket=y"));
        return doors().stream().flatMap(door -> bad.stream().map(shown -> Arguments.of(door, shown)));
    }

    /** Also where anyone may read. */
    @ParameterizedTest
    @MethodSource("doorsAndBadCredentials")
    void aCredentialThatIsBadIsRefusedAtEachDoor(String door, List<String> shown) throws Exception {
        String[] line = door.split(" ", -1);
        boolean inQuery = shown.get(0).equals("?");
        String path = inQuery ? line[1] + (line[1].contains("?") ? "&" : "?") + shown.get(1) : line[1];
        HttpResponse<String> response = send(line[0], path, inQuery ? new String[0] : shown.toArray(String[]::new));
        String challenge = header("WWW-Authenticate", response);
        assertTrue(challenge.startsWith(BAD), challenge);
        assertRefused(401, challenge, response);
        assertFalse(response.body().contains(token("ada")));
        assertFalse(challenge.contains(token("ada")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OPTIONS /events",
                "OPTIONS /chat/ada",
                "GET /health/live",
                "GET /",
                "GET /unknown",
                "PATCH /events"
            })
    void whatAsksNobodyLooksAtNoCredential(String door) throws Exception {
        String[] line = door.split(" ", -1);
        int without = send(line[0], line[1]).statusCode();
        assertEquals(
                without,
                send(line[0], line[1], "Authorization", "Bearer garbage").statusCode());
    }

    // ---- what an answer says

    @Test
    void aRefusalSaysWhatIsExpected() throws Exception {
        ServedStream.assertProblem(
                401,
                "Unauthorized",
                "no credential: expected Authorization: Bearer, and a token",
                send("GET", "/events"));
        ServedStream.assertProblem(403, "Forbidden", "no right to read chat/bob", sendAs("ada", "GET", "/chat/bob"));
        ServedStream.assertProblem(
                403,
                "Forbidden",
                "no right to read events about these topics",
                sendAs("limited", "GET", "/events?topic=b"));
        ServedStream.assertProblem(
                403, "Forbidden", "no right to write to chat/bob", sendAs("ada", "PUT", "/chat/bob"));
        ServedStream.assertProblem(
                403,
                "Forbidden",
                "no right to write about \"b\": expected a.>",
                sendAs("limited", "POST", "/events?topic=b"));
        ServedStream.assertProblem(
                403,
                "Forbidden",
                "the right is limited to a.>,chat: expected one to the whole stream",
                sendAs("limited", "DELETE", "/chat/bob"));
        ServedStream.assertProblem(
                403,
                "Forbidden",
                "the list of streams tells their names: expected the right admin",
                sendAs("ada", "GET", "/chat/"));
    }

    @Test
    void theChallengeSaysWhatIsWrongWithACredential() throws Exception {
        assertBad("the token has expired", send("GET", "/news", "Authorization", "Bearer " + EXPIRED));
        assertBad(
                "Authorization: expected one, with Bearer and a token",
                send("GET", "/events", "Authorization", "Basic YWRhOmFkYQ=="));
        assertBad(
                "the cookie session holds no token: expected one as in RFC 6750 2.1",
                send("GET", "/events", "Cookie", "session="));
        assertBad("ticket is given 2 times: expected once", send("GET", "/events?ticket=a&ticket=b"));
    }

    @Test
    void aTokenWithoutRightsIsToldWhatItLacks() throws Exception {
        JsonObject claims = claims(List.of("events"), List.of(), false);
        claims.remove("sluice");
        HttpResponse<String> answer = send("GET", "/events", "Authorization", "Bearer " + Tokens.hs256(claims));
        assertEquals(403, answer.statusCode());
        assertEquals(
                TOO_LITTLE + ", error_description=\"the token has no claim sluice with a list read or write\"",
                answer.headers().firstValue("WWW-Authenticate").orElse(""));
    }

    /** Only who has a right gets to know whether a stream is there. */
    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "DELETE"})
    void aRefusalDoesNotTellWhetherAStreamIsThere(String method) throws Exception {
        assertEquals(201, sendAs("writer", "POST", "/chat/there").statusCode());
        for (String name : List.of("-", "nothing", "ada")) {
            HttpResponse<String> there = sendAs(name, method, "/chat/there");
            HttpResponse<String> missing = sendAs(name, method, "/chat/other");
            assertEquals(missing.statusCode(), there.statusCode());
            assertEquals(missing.body().replace("other", "there"), there.body());
            assertEquals(missing.headers().map(), there.headers().map());
        }
    }

    // ---- what comes first

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET    | /events?replay=none&replay=      | text/event-stream | 400
            GET    | /events?replay=some              | text/event-stream | 400
            GET    | /events                          | image/png         | 406
            GET    | /chat/order?replay=some          | text/event-stream | 400
            GET    | /chat/?cursor=a*b                | */*               | 400
            GET    | /chat/                           | image/png         | 406
            POST   | /events?topic=a*                 | */*               | 400
            POST   | /chat/order?topic=a&topic=b      | */*               | 400
            POST   | /chat/order?end=maybe            | */*               | 400
            POST   | /chat/order?signal=a/b           | */*               | 400
            POST   | /chat/order?signal=a&signal=b    | */*               | 400
            """)
    void whoMayComesBeforeWhatIsWrong(String method, String path, String accept, int status) throws Exception {
        String all = Tokens.hs256(claims(List.of("events", "chat/*"), List.of("events", "chat/*"), true));
        assertEquals(401, send(method, path, "Accept", accept).statusCode());
        HttpResponse<String> known = send(method, path, "Accept", accept, "Authorization", "Bearer " + all);
        assertEquals(status, known.statusCode(), known.body());
        if (!method.equals("GET") || path.startsWith("/chat/?") || path.equals("/chat/")) {
            assertEquals(
                    403,
                    send(method, path, "Accept", accept, "Authorization", "Bearer " + token("nothing"))
                            .statusCode());
        }
    }

    /** The query has to be read to know whether it has a ticket, and a path to know what is asked for. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /events?topic=%zz",
                "POST /events?%ff",
                "GET /chat/?ticket=%",
                "GET /chat/a%20b",
                "PUT /chat/.."
            })
    void aRequestThatCannotBeReadIsWrongForAnybody(String door) throws Exception {
        String[] line = door.split(" ", -1);
        String answer = RawClient.exchange(
                node.port(), line[0] + " " + line[1] + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST /events           | image/png  | 10        | 415
            POST /events           | text/plain | 99999999  | 413
            POST /chat/1           | image/png  | 10        | 415
            POST /chat/1           | text/plain | 99999999  | 413
            POST /chat/1?signal=a  | text/plain | 99999999  | 413
            PUT /chat/1            | text/plain | 10        | 400
            DELETE /chat/1         | text/plain | 10        | 400
            POST /tickets          | text/plain | 10        | 415
            """)
    void nobodyIsAskedForABodyInVain(String door, String type, long length, int status) throws Exception {
        assertExpecting(401, door, type, length, "");
        assertExpecting(401, door, type, length, "Authorization: Bearer garbage\r\n");
        assertExpecting(
                door.endsWith("/tickets") ? status : 403,
                door,
                type,
                length,
                "Authorization: Bearer " + token("nothing") + "\r\n");
        String all = token(List.of(), List.of("events", "chat/*"));
        assertExpecting(status, door, type, length, "Authorization: Bearer " + all + "\r\n");
    }

    private static void assertExpecting(int status, String door, String type, long length, String fields)
            throws Exception {
        String answer = RawClient.exchange(
                node.port(),
                door + " HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Type: " + type
                        + "\r\nContent-Length: " + length + "\r\n" + fields + "\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertEquals(1, answer.split("HTTP/1.1 ", -1).length - 1, answer);
        assertTrue(answer.contains("\r\nconnection: close\r\n"), answer);
    }

    @Test
    void aShortBodyOfARefusedRequestIsSkippedAndTheNextRequestAnswered() throws Exception {
        String post =
                "POST /chat/1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\ntext";
        String get = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        String answer = RawClient.exchange(node.port(), post + post + get);
        assertEquals(
                List.of("401", "401", "200"),
                Stream.of(answer.split("HTTP/1.1 ", -1))
                        .skip(1)
                        .map(part -> part.substring(0, 3))
                        .toList());
    }

    // ---- rights with topics

    @Test
    void theLinesOfABodyHaveTheTopicOfTheirRequest() throws Exception {
        HttpResponse<String> refused = node.send(node.request("/events?topic=b.c")
                .headers("Content-Type", "application/x-ndjson", "Authorization", "Bearer " + token("limited"))
                .POST(BodyPublishers.ofString("{\"topic\":\"a.b\"}\n{\"topic\":\"a.c\"}\n")));
        assertRefused(403, TOO_LITTLE, refused);
        HttpResponse<String> taken = node.send(node.request("/events?topic=a.c")
                .headers("Content-Type", "application/x-ndjson", "Authorization", "Bearer " + token("limited"))
                .POST(BodyPublishers.ofString("{\"topic\":\"b\"}\n{\"topic\":\"b.c\"}\n")));
        assertEquals(201, taken.statusCode());
        long last = node.stream().journal().head();
        assertEquals(
                "a.c",
                Objects.requireNonNull(node.stream().journal().read(last))
                        .event()
                        .topic());
        assertEquals(
                "a.c",
                Objects.requireNonNull(node.stream().journal().read(last - 1))
                        .event()
                        .topic());
    }

    /** The topic of an event without one is the name of its template. */
    @Test
    void aTopicThatIsNotGivenHasToBeInTheRightToo() throws Exception {
        String other = token(List.of(), List.of("chat/*#a.>"));
        HttpResponse<String> refused = send("POST", "/chat/topic", "Authorization", "Bearer " + other);
        ServedStream.assertProblem(403, "Forbidden", "no right to write about \"chat\": expected a.>", refused);
    }

    @Test
    void aLimitedRightReadsAllOfAStreamThatAnyoneMayRead() throws Exception {
        String writer = token(List.of(), List.of("news"));
        String limited = token(List.of("news#a.>"), List.of());
        assertEquals(
                201,
                send("POST", "/news?topic=b", "Authorization", "Bearer " + writer)
                        .statusCode());
        HttpResponse<String> read = send("GET", "/news?replay=all", "Authorization", "Bearer " + limited);
        assertTrue(read.body().contains("\ndata: {\"stream\":\"events\"}\n"), read.body());
    }

    @Test
    void aSignalReachesWhoConsumesIt(Vertx vertx) throws Exception {
        Promise<Message<Object>> next = Promise.promise();
        var consumer = vertx.eventBus().consumer("sluice.signals.chat", next::tryComplete);
        consumer.completion().await();
        assertEquals(202, sendAs("ada", "POST", "/chat/ada?signal=stop").statusCode());
        assertEquals(
                "chat/ada", next.future().await(10, TimeUnit.SECONDS).headers().get("stream"));
        consumer.unregister().await();
    }

    // ---- an upload

    @Test
    void anUploadEndsWithItsToken() throws Exception {
        String token = Tokens.hs256(claims(List.of(), List.of("chat/*"), false).put("exp", now() + 2));
        try (RawClient client = upload(token)) {
            client.write("2\r\n1\n\r\n");
            String head = client.head();
            assertTrue(head.startsWith("HTTP/1.1 401 "), head);
            assertTrue(head.contains(BAD + "the token has expired\""), head);
            JsonObject problem = new JsonObject(client.readTo("}"));
            assertEquals(1, problem.getLong("count"));
            assertTrue(problem.getString("id").endsWith("-1"), problem.encode());
            assertTrue(
                    problem.getString("detail").startsWith("the token has expired; 1 event was taken, the last is "));
        }
    }

    /** The leeway is for what is done at once. */
    @Test
    void anUploadDoesNotBeginAfterTheEndOfItsToken() throws Exception {
        String token = Tokens.hs256(claims(List.of(), List.of("chat/*"), false).put("exp", now() - 1));
        try (RawClient client = upload(token)) {
            String head = client.head();
            assertTrue(head.startsWith("HTTP/1.1 401 "), head);
            assertEquals(0, new JsonObject(client.readTo("}")).getLong("count"));
        }
    }

    private static RawClient upload(String token) throws Exception {
        RawClient client = new RawClient(node.port());
        client.send(
                "POST /chat/upload?atomic=false HTTP/1.1",
                "Authorization: Bearer " + token,
                "Content-Type: application/x-ndjson",
                "Transfer-Encoding: chunked");
        return client;
    }
}
