package io.sluice.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.CapturedOutput;
import io.sluice.testing.TicketText;
import io.sluice.testing.Tokens;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Tickets over HTTP: who gets one, and what it opens, until when. */
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class TicketHandlerTest {

    private static final String SECRET = "the secret of tickets, of 32 bytes or more";
    private static final String LISTED = "https://app.example";
    private static final String CONFIGURATION = """
            {
              "http": { "host": "127.0.0.1", "port": 0, "maxTopics": 3, "cors": { "origins": ["https://app.example"] } },
              "auth": {
                "jwt": { "secret": "%s" },
                "cookie": "session",
                "tickets": { "secret": "%s", "max": "1h" }
              },
              "streams": {
                "events": { "lifetime": "50ms" },
                "chat/*": { "lifetime": "50ms" },
                "open/*": { "lifetime": "50ms", "read": "anyone" }
              },
              "publish": { "enabled": true }
            }
            """.formatted(Tokens.SECRET, SECRET);

    private static final String READS_CHATS = Tokens.hs256(
            Tokens.claims("alice", List.of("chat/{sub}", "chat/42", "events#a.*", "gone"), List.of("chat/*")));
    private static final String NONE = "the ticket is not valid here";

    private static Vertx vertx;
    private static ServedStream node;
    private static ServedStream other;

    private CapturedOutput log;

    @BeforeAll
    static void serve() {
        vertx = Vertx.vertx();
        node = serve(CONFIGURATION);
        other = serve(CONFIGURATION);
    }

    private static ServedStream serve(String configuration) {
        return ServedStream.serve(
                vertx, EventStream.open(vertx, "events", StreamOptions.DEFAULT).await(), configuration);
    }

    @AfterAll
    static void close() {
        vertx.close().await();
    }

    @BeforeEach
    void listen() {
        log = new CapturedOutput();
    }

    @AfterEach
    void nothingWasLogged() {
        log.close();
        assertEquals("", log.text(), "a client's mistake is not the node's affair");
    }

    // ---- who gets one

    @Test
    void whoeverMayReadAStreamGetsATicketForIt() throws Exception {
        HttpResponse<String> response = ask(READS_CHATS, "{\"stream\": \"chat/42\"}");
        assertEquals(200, response.statusCode(), response.body());
        assertEquals("application/json", header(response, "Content-Type"));
        assertEquals("no-store", header(response, "Cache-Control"));
        assertEquals("nosniff", header(response, "X-Content-Type-Options"));
        JsonObject body = new JsonObject(response.body());
        assertEquals(Set.of("ticket", "expires"), body.fieldNames());
        assertTrue(body.getString("ticket").matches("[A-Za-z0-9_-]{1,300}"), response.body());
        // The token's exp is before the ticket's time is over.
        Duration left = Duration.between(Instant.now(), Instant.parse(body.getString("expires")));
        assertTrue(left.toSeconds() > 590 && left.toSeconds() <= 600, () -> "expires in " + left);
        assertEquals(200, head("/chat/42?ticket=" + body.getString("ticket")));
    }

    @Test
    void aTokenThatLastsLongerHasATicketOfAnHour() throws Exception {
        JsonObject claims = Tokens.claims("alice", List.of("events"), List.of());
        claims.put("exp", Instant.now().getEpochSecond() + 86_400);
        JsonObject body = new JsonObject(
                ask(Tokens.hs256(claims), "{\"stream\": \"events\"}").body());
        Duration left = Duration.between(Instant.now(), Instant.parse(body.getString("expires")));
        assertTrue(left.toSeconds() > 3590 && left.toSeconds() <= 3600, () -> "expires in " + left);
    }

    @Test
    void aStreamThatAnyoneMayReadHasTickets() throws Exception {
        String ticket = ticket(Tokens.hs256(Tokens.claims("bob", List.of(), List.of())), "open/1");
        assertEquals(200, head("/open/1?ticket=" + ticket));
        assertEquals(403, head("/chat/42?ticket=" + ticket));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"stream\": \"events\", \"topics\": [\"b.c\"]} | 403 | no right to read events about these topics",
                "{\"stream\": \"chat/43\"} | 403 | no right to read chat/43",
                "{\"stream\": \"none\"} | 403 | no right to read none",
                "{\"stream\": \"gone\"} | 404 | no stream gone here",
                "{\"stream\": \"chat\"} | 403 | no right to read chat",
                "{\"stream\": \"chat/*\"} | 400 | stream \"*\": expected 1 to 128 letters, digits and characters of \"._~-\","
                        + " other than \".\" and \"..\"",
                "{\"stream\": \"chat/..\"} | 400 | stream \"..\": expected 1 to 128 letters, digits and characters of \"._~-\","
                        + " other than \".\" and \"..\"",
                "{\"stream\": \"/chat/42\"} | 400 | stream \"/chat/42\": expected the name of a stream, such as chat/42",
                "{\"stream\": \"events#a.b\"} | 400 | stream \"events#a.b\": expected the name of a stream, such as chat/42",
                "{\"stream\": \"\"} | 400 | stream \"\": expected the name of a stream, such as chat/42",
                "{\"stream\": 42} | 400 | stream: expected the name of a stream",
                "{} | 400 | stream: expected the name of a stream",
                "{\"stream\": \"events\", \"topic\": \"a.b\"} | 400 | \"topic\": expected stream or topics",
                "{\"stream\": \"events\", \"topics\": []} | 400 | topics: expected a list of one or more, or none at all for all topics",
                "{\"stream\": \"events\", \"topics\": null} | 400 | topics: expected a list of one or more, or none at all for all"
                        + " topics",
                "{\"stream\": \"events\", \"topics\": \"a.b\"} | 400 | topics: expected a list of one or more, or none at all for all"
                        + " topics",
                "{\"stream\": \"events\", \"topics\": [1]} | 400 | topics: expected texts",
                "{\"stream\": \"events\", \"topics\": [\"a\", \"b\", \"c\", \"d\"]} | 400 | 4 topics: expected at most 3",
                "{\"stream\": \"events\", \"topics\": [\"a*\"]} | 400 | topic \"a*\": expected * to stand for one whole token, and >"
                        + " only as the last, as in prices.* or prices.>",
                "[] | 400 | the body is no object: expected {\"stream\": \"…\"}",
                "\"events\" | 400 | the body is no object: expected {\"stream\": \"…\"}"
            })
    void whatIsNotToBeHadIsRefused(String body, int status, String detail) throws Exception {
        HttpResponse<String> response = ask(READS_CHATS, body);
        assertEquals(detail, new JsonObject(response.body()).getString("detail"));
        assertEquals(status, response.statusCode());
        assertEquals(
                status == 403 ? "Bearer realm=\"sluice\", error=\"insufficient_scope\"" : "",
                header(response, "WWW-Authenticate"));
    }

    @Test
    void theBodyIsOneSmallJsonValue() throws Exception {
        assertEquals(400, ask(READS_CHATS, "").statusCode());
        assertEquals(400, ask(READS_CHATS, "{\"stream\": ").statusCode());
        assertEquals(400, ask(READS_CHATS, "{\"stream\": \"events\"} 1").statusCode());
        assertEquals(413, ask(READS_CHATS, " ".repeat(8193)).statusCode());
        HttpRequest.Builder chunked =
                bearer(READS_CHATS).POST(BodyPublishers.fromPublisher(BodyPublishers.ofString("{" + " ".repeat(8192))));
        assertEquals(413, node.send(chunked).statusCode());
        assertEquals(
                415,
                node.send(node.request("/tickets")
                                .header("Authorization", "Bearer " + READS_CHATS)
                                .header("Content-Type", "text/plain")
                                .POST(BodyPublishers.ofString("{\"stream\": \"chat/42\"}")))
                        .statusCode());
    }

    @Test
    void topicsThatDoNotFitIntoAUrlAreTooMany() throws Exception {
        JsonArray topics = new JsonArray();
        for (String letter : List.of("a", "b", "c")) {
            topics.add(letter.repeat(255));
        }
        String name = "u".repeat(900);
        String token = Tokens.hs256(Tokens.claims(name, List.of("events"), List.of()));
        HttpResponse<String> response =
                ask(token, JsonObject.of("stream", "events", "topics", topics).encode());
        ServedStream.assertProblem(
                400,
                "Bad Request",
                "topics, with the subject of the token: expected a ticket of at most 2048 characters",
                response);
    }

    @Test
    void onlyATokenHasATicketMade() throws Exception {
        String body = "{\"stream\": \"chat/42\"}";
        HttpResponse<String> nothing = node.send(post("/tickets", body));
        assertEquals(401, nothing.statusCode());
        assertEquals("Bearer realm=\"sluice\"", header(nothing, "WWW-Authenticate"));
        HttpResponse<String> bad = ask("bad", body);
        assertEquals(401, bad.statusCode());
        assertTrue(header(bad, "WWW-Authenticate").contains("invalid_token"));
        String ticket = ticket(READS_CHATS, "chat/42");
        HttpResponse<String> byTicket = node.send(post("/tickets?ticket=" + ticket, body));
        ServedStream.assertProblem(
                403, "Forbidden", "a ticket is no token: expected Authorization: Bearer, or a cookie", byTicket);
    }

    @Test
    void aTokenThatHasJustExpiredHasNoTicketMade() throws Exception {
        JsonObject claims = Tokens.claims("alice", List.of("events"), List.of());
        claims.put("exp", Instant.now().getEpochSecond() - 5);
        HttpResponse<String> response = ask(Tokens.hs256(claims), "{\"stream\": \"events\"}");
        ServedStream.assertProblem(401, "Unauthorized", "the token has expired", response);
    }

    @ParameterizedTest
    @CsvSource({
        "Origin, https://app.example, 200",
        "Origin, https://stranger.example, 403",
        "Sec-Fetch-Site, same-origin, 200",
        "Sec-Fetch-Site, same-site, 403",
        "X-None, none, 403"
    })
    void aCookieCountsOnAPageOfTheNodeOrOfAListedOrigin(String header, String value, int status) throws Exception {
        HttpResponse<String> response = node.send(post("/tickets", "{\"stream\": \"chat/42\"}")
                .header("Cookie", "session=" + READS_CHATS)
                .header(header, value));
        assertEquals(status, response.statusCode(), response.body());
    }

    @Test
    void aPageOfAListedOriginMayAskWithItsToken() throws Exception {
        HttpResponse<String> preflight = node.send(node.request("/tickets")
                .header("Origin", LISTED)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type")
                .method("OPTIONS", BodyPublishers.noBody()));
        assertEquals(204, preflight.statusCode());
        assertEquals(LISTED, header(preflight, "Access-Control-Allow-Origin"));
        assertTrue(header(preflight, "Access-Control-Allow-Headers").contains("Authorization"));
        HttpRequest.Builder request =
                bearer(READS_CHATS).header("Origin", LISTED).POST(BodyPublishers.ofString("{\"stream\": \"chat/42\"}"));
        HttpResponse<String> response = node.send(request);
        assertEquals(200, response.statusCode());
        assertEquals(LISTED, header(response, "Access-Control-Allow-Origin"));
        HttpRequest.Builder stranger = bearer(READS_CHATS)
                .header("Origin", "https://stranger.example")
                .POST(BodyPublishers.ofString("{\"stream\": \"chat/42\"}"));
        assertEquals(403, node.send(stranger).statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE"})
    void thereIsPostAlone(String method) throws Exception {
        HttpResponse<String> response = node.send(node.request("/tickets").method(method, BodyPublishers.noBody()));
        assertEquals(405, response.statusCode());
        assertEquals("OPTIONS, POST", header(response, "Allow"));
    }

    @Test
    void optionsSaysSo() throws Exception {
        HttpResponse<String> response = node.send(node.request("/tickets").method("OPTIONS", BodyPublishers.noBody()));
        assertEquals(204, response.statusCode());
        assertEquals("OPTIONS, POST", header(response, "Allow"));
    }

    @Test
    void withoutTheKeyThereAreNone() throws Exception {
        ServedStream without =
                serve(new JsonObject(CONFIGURATION).mergeIn(withoutTickets()).encode());
        assertEquals(404, without.get("/tickets").statusCode());
        assertEquals(
                401,
                without.get("/chat/42?ticket=" + ticket(READS_CHATS, "chat/42")).statusCode());
    }

    private static JsonObject withoutTickets() {
        return new JsonObject().put("auth", new JsonObject().put("jwt", new JsonObject().put("secret", Tokens.SECRET)));
    }

    // ---- what it opens

    @ParameterizedTest
    @CsvSource({
        // seconds since it was made, seconds to its end, lastEventId, status, what follows
        "0, 600, '', 200, {}",
        "29, 600, '', 200, {}",
        "31, 600, '', 401, 'the ticket was made more than 30 s ago: expected the id of an event with it, or a new one'",
        "31, 600, k3f9a2-7, 200, {}",
        "3599, 1, k3f9a2-7, 200, {}",
        "31, 600, none-0, 200, {}",
        // What no log has given is no id.
        "31, 600, x, 401, 'the ticket was made more than 30 s ago: expected the id of an event with it, or a new one'",
        "31, 600, K3F9A2-7, 401, 'the ticket was made more than 30 s ago: expected the id of an event with it, or a new one'",
        // After its hour, or the token's exp, a client that comes back is told so, for a minute.
        "3601, -1, k3f9a2-7, 200, '{\"reason\":\"expired\"}'",
        "20, -1, '', 200, '{\"reason\":\"expired\"}'",
        "3601, -1, '', 401, 'the ticket was made more than 30 s ago: expected the id of an event with it, or a new one'",
        "3658, -58, k3f9a2-7, 200, '{\"reason\":\"expired\"}'",
        "3661, -61, k3f9a2-7, 401, the ticket has expired",
        "-4, 600, '', 200, {}",
        "-60, 600, '', 401, the ticket is of the future: expected nodes whose clocks agree"
    })
    void itOpensItsStreamUpToAnEnd(long made, long end, String lastEventId, int status, String word) throws Exception {
        Instant now = Instant.now();
        String ticket = TicketText.made(SECRET, now.minusSeconds(made), now.plusSeconds(end), "chat/42", "alice");
        String path = "/chat/42?ticket=" + ticket;
        for (HttpResponse<String> response : List.of(
                node.get(path + (lastEventId.isEmpty() ? "" : "&lastEventId=" + lastEventId)),
                node.send(
                        lastEventId.isEmpty()
                                ? node.request(path)
                                : node.request(path).header("Last-Event-ID", lastEventId)))) {
            assertEquals(status, response.statusCode(), response.body());
            if (status == 200) {
                assertTrue(response.body().endsWith("event: close\ndata: " + word + "\n\n"), response.body());
            } else {
                ServedStream.assertProblem(status, "Unauthorized", word, response);
                assertEquals(
                        "Bearer realm=\"sluice\", error=\"invalid_token\", error_description=\"" + word + '"',
                        header(response, "WWW-Authenticate"));
            }
        }
    }

    /** What a client learned while it was connected counts, as for the resume. */
    @Test
    void theIdInTheHeaderCountsBeforeThatOfTheQuery() throws Exception {
        Instant now = Instant.now();
        String ticket = TicketText.made(SECRET, now.minusSeconds(31), now.plusSeconds(600), "chat/42", "alice");
        HttpRequest.Builder request =
                node.request("/chat/42?lastEventId=k3f9a2-7&ticket=" + ticket).header("Last-Event-ID", "x");
        assertEquals(401, node.send(request).statusCode());
    }

    @Test
    void itMayBeUsedTwiceInItsFirst30Seconds() throws Exception {
        String path = "/chat/42?ticket=" + ticket(READS_CHATS, "chat/42");
        assertEquals(200, node.get(path).statusCode());
        assertEquals(200, node.get(path).statusCode());
    }

    @Test
    void eachNodeWithTheSecretTakesIt() throws Exception {
        String ticket = ticket(READS_CHATS, "chat/42");
        assertEquals(200, other.get("/chat/42?ticket=" + ticket).statusCode());
        ServedStream stranger = serve(CONFIGURATION.replace(SECRET, "another secret, of 32 bytes or more too"));
        ServedStream.assertProblem(401, "Unauthorized", NONE, stranger.get("/chat/42?ticket=" + ticket));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/chat/43", "/chat/421", "/events", "/chat/alice", "/chat/none"})
    void itOpensNoOtherStream(String path) throws Exception {
        HttpResponse<String> response = node.get(path + "?ticket=" + ticket(READS_CHATS, "chat/42"));
        ServedStream.assertProblem(403, "Forbidden", "no right to read " + path.substring(1), response);
    }

    @Test
    void itsHolderSeesTheTopicsThatTheTokenMaySeeOfThoseThatItWasMadeFor() throws Exception {
        String topics = "{\"stream\": \"chat/42\", \"topics\": [\"a.*\", \"c\"]}";
        String ticket = new JsonObject(ask(READS_CHATS, topics).body()).getString("ticket");
        for (String topic : List.of("a.x", "b.x", "c", "c.d")) {
            HttpRequest.Builder request = node.request("/chat/42?topic=" + topic)
                    .header("Authorization", "Bearer " + READS_CHATS)
                    .header("Content-Type", "text/plain")
                    .POST(BodyPublishers.ofString("about " + topic));
            assertEquals(201, node.send(request).statusCode());
        }
        assertEquals(List.of("about a.x", "about c"), read("/chat/42?replay=all&ticket=" + ticket));
        assertEquals(List.of("about c"), read("/chat/42?replay=all&topic=c.*&topic=c&ticket=" + ticket));
        HttpResponse<String> none = node.get("/chat/42?topic=b.*&ticket=" + ticket);
        ServedStream.assertProblem(403, "Forbidden", "no right to read chat/42 about these topics", none);
    }

    @Test
    void theRightOfTheTokenNarrowsTheTopicsOfATicket() throws Exception {
        String body = "{\"stream\": \"events\", \"topics\": [\"*.x\", \"b.y\"]}";
        String ticket = new JsonObject(ask(READS_CHATS, body).body()).getString("ticket");
        assertEquals(200, head("/events?topic=a.x&ticket=" + ticket));
        assertEquals(403, head("/events?topic=a.y&ticket=" + ticket));
        assertEquals(403, head("/events?topic=b.x&ticket=" + ticket));
        assertEquals(403, head("/events?topic=b.y&ticket=" + ticket));
    }

    @Test
    void aChangedByteIsNoTicketWhoeverMayRead() throws Exception {
        String ticket = ticket(READS_CHATS, "open/1");
        char last = ticket.charAt(40);
        String changed = ticket.substring(0, 40) + (last == 'A' ? 'B' : 'A') + ticket.substring(41);
        for (String path : List.of("/open/1", "/chat/42", "/events")) {
            for (String bad : List.of(changed, ticket.substring(0, 60), "x", "", READS_CHATS)) {
                ServedStream.assertProblem(401, "Unauthorized", NONE, node.get(path + "?ticket=" + bad));
            }
        }
    }

    @Test
    void itIsNoToken() throws Exception {
        String ticket = ticket(READS_CHATS, "chat/42");
        assertEquals(
                401,
                node.send(node.request("/chat/42").header("Authorization", "Bearer " + ticket))
                        .statusCode());
        assertEquals(
                401,
                node.send(node.request("/chat/42").header("Cookie", "session=" + ticket))
                        .statusCode());
    }

    @Test
    void whatABearerSaysComesBeforeIt() throws Exception {
        String ticket = ticket(READS_CHATS, "chat/42");
        String nothing = Tokens.hs256(Tokens.claims("bob", List.of(), List.of()));
        HttpRequest.Builder request =
                node.request("/chat/42?ticket=" + ticket).header("Authorization", "Bearer " + nothing);
        assertEquals(403, node.send(request).statusCode());
    }

    /** The token may write: its ticket does not. */
    @ParameterizedTest
    @CsvSource({
        "POST, /chat/42",
        "POST, /chat/42?end=true",
        "POST, /chat/42?signal=stop",
        "PUT, /chat/42",
        "DELETE, /chat/42",
        "GET, /chat/"
    })
    void itReadsAndDoesNothingElse(String method, String path) throws Exception {
        String ticket = ticket(READS_CHATS, "chat/42");
        HttpRequest.Builder request = node.request(path + (path.contains("?") ? "&" : "?") + "ticket=" + ticket)
                .header("Content-Type", "text/plain")
                .method(method, BodyPublishers.ofString("Hello"));
        assertEquals(403, node.send(request).statusCode());
    }

    /** Also where somebody looks for a mistake. */
    @Test
    void noLineOfTheLogHasIt() throws Exception {
        List<Logger> loggers = List.of(logger("io.sluice"), logger("io.vertx"), logger("io.netty"));
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        String ticket = ticket(READS_CHATS, "chat/42");
        try {
            for (Logger logger : loggers) {
                logger.setLevel(Level.TRACE);
                logger.setAdditive(false);
                logger.addAppender(lines);
            }
            for (String path : List.of("/chat/42", "/chat/43", "/chat/..", "/none", "/chat/")) {
                node.get(path + "?ticket=" + ticket);
                node.send(post(path + "?ticket=" + ticket, "1"));
            }
        } finally {
            for (Logger logger : loggers) {
                logger.detachAppender(lines);
                logger.setAdditive(true);
                logger.setLevel(null);
            }
        }
        String written = written(lines.list);
        assertTrue(written.contains("/chat/42?ticket=***"), "no whole URL was logged");
        assertFalse(written.contains(ticket.substring(0, 20)), written);
    }

    /** As the node's own configuration of the log has them. */
    private static String written(List<ILoggingEvent> lines) throws Exception {
        LoggerContext context = new LoggerContext();
        try {
            JoranConfigurator configurator = new JoranConfigurator();
            configurator.setContext(context);
            configurator.doConfigure(Main.class.getResource("logback.xml"));
            QueueingAppender queue = (QueueingAppender)
                    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender("queue");
            ConsoleAppender<ILoggingEvent> console =
                    (ConsoleAppender<ILoggingEvent>) Objects.requireNonNull(queue.getAppender("console"));
            StringBuilder written = new StringBuilder();
            lines.forEach(line -> written.append(new String(console.getEncoder().encode(line), UTF_8)));
            return written.toString();
        } finally {
            context.stop();
        }
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    // ---- requests

    private static HttpRequest.Builder post(String path, String body) {
        return node.request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
    }

    private static HttpRequest.Builder bearer(String token) {
        return node.request("/tickets")
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token);
    }

    private static HttpResponse<String> ask(String token, String body) throws Exception {
        return node.send(bearer(token).POST(BodyPublishers.ofString(body)));
    }

    private static String ticket(String token, String stream) throws Exception {
        HttpResponse<String> response =
                ask(token, JsonObject.of("stream", stream).encode());
        assertEquals(200, response.statusCode(), response.body());
        return new JsonObject(response.body()).getString("ticket");
    }

    private static int head(String path) throws Exception {
        return node.send(node.request(path).method("HEAD", BodyPublishers.noBody()))
                .statusCode();
    }

    /** The data of a response, without the close event. */
    private static List<String> read(String path) throws Exception {
        return node.get(path)
                .body()
                .lines()
                .filter(line -> line.startsWith("data: ") && !line.equals("data: {}"))
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    private static String header(HttpResponse<?> response, String name) {
        @Nullable String value = response.headers().firstValue(name).orElse(null);
        return value == null ? "" : value;
    }
}
