package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.sluice.testing.Tokens;
import io.sluice.testing.client.RawClient;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Nothing that a client shows is in the output, however much of it there is, nor in an answer. */
class RedactionTest extends QuietServer {

    private static final String GOOD = Tokens.hs256(Tokens.claims("ada", List.of("events"), List.of("events")));
    private static final String BAD = "secret-that-is-no-token";

    private final Map<Logger, Level> before = Stream.of("io.sluice", "io.vertx")
            .map(name -> (Logger) LoggerFactory.getLogger(name))
            .collect(Collectors.toMap(logger -> logger, Logger::getEffectiveLevel));

    RedactionTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "auth": {
                "jwt": { "secret": "%s" },
                "cookie": "session",
                "tickets": { "secret": "another secret of 32 bytes or more" }
              },
              "streams": { "events": { "lifetime": "20ms" }, "chat/*": {} },
              "publish": { "enabled": true }
            }
            """.formatted(Tokens.SECRET));
    }

    @BeforeEach
    void logEverything() {
        before.keySet().forEach(logger -> logger.setLevel(Level.DEBUG));
        ((Logger) LoggerFactory.getLogger("io.sluice")).setLevel(Level.TRACE);
    }

    /** Before the super class looks for lines. */
    @AfterEach
    void logAsBefore() {
        before.forEach(Logger::setLevel);
        log.clear();
    }

    private String ticket() throws Exception {
        return new JsonObject(node.send(node.request("/tickets")
                                .headers("Authorization", "Bearer " + GOOD, "Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"stream\":\"events\"}")))
                        .body())
                .getString("ticket");
    }

    private String exchange(String line, String... fields) throws IOException {
        return RawClient.exchange(
                node.port(),
                line + "\r\nHost: localhost\r\nConnection: close\r\n"
                        + Stream.of(fields).map(field -> field + "\r\n").collect(Collectors.joining()) + "\r\n");
    }

    @Test
    void noTokenAndNoTicketIsLoggedOrSentBack() throws Exception {
        String ticket = ticket();
        StringBuilder answers = new StringBuilder();
        for (String shown : List.of(GOOD, BAD, ticket)) {
            for (String path :
                    List.of("/events", "/chat/1", "/chat/", "/unknown", "/", "/health/live", "/%zz", "/chat/a b")) {
                answers.append(exchange("GET " + path + "?ticket=" + shown + " HTTP/1.1"))
                        .append(exchange("GET " + path + "?ticket=" + shown + "&topic=%zz&replay=x HTTP/1.1"))
                        .append(exchange("GET http://localhost" + path + "?ticket=" + shown + " HTTP/1.1"))
                        .append(exchange("POST " + path + "?access_token=" + shown + " HTTP/1.1", "Content-Length: 0"))
                        .append(exchange("GET " + path + " HTTP/1.1", "Authorization: Bearer " + shown))
                        .append(exchange("GET " + path + " HTTP/1.1", "Authorization: Basic " + shown))
                        .append(exchange("DELETE " + path + " HTTP/1.1", "Cookie: session=" + shown))
                        .append(exchange("GET " + path + "?ticket=" + shown + " x HTTP/1.1"))
                        .append(exchange("GET " + path + " HTTP/1.1", "Authorization: Bearer " + shown + "\0"))
                        .append(exchange("GET " + path + " HTTP/1.1", "Cookie: session=" + shown + "\u0001"))
                        .append(exchange("GET " + path + " HTTP/1.1", shown + ": x"))
                        .append(exchange("GET " + path + "?ticket=" + shown.repeat(40) + " HTTP/1.1"));
            }
        }
        breakOff(ticket);
        log.await("ends at .*: LIFETIME|ends at .*: lifetime");
        log.await("POST /events broke off");
        for (String secret : List.of(GOOD, GOOD.substring(GOOD.lastIndexOf('.') + 1), BAD, ticket)) {
            assertFalse(log.text().contains(secret), () -> "in the output: " + lines(log.text(), secret));
            assertFalse(
                    answers.toString().contains(secret), () -> "in an answer: " + lines(answers.toString(), secret));
        }
    }

    private void breakOff(String ticket) throws IOException {
        try (RawClient client = new RawClient(node.port())) {
            client.send(
                    "POST /events?ticket=" + ticket + " HTTP/1.1",
                    "Authorization: Bearer " + GOOD,
                    "Content-Type: text/plain",
                    "Content-Length: 10",
                    "Expect: 100-continue");
            assertTrue(client.head().startsWith("HTTP/1.1 100 "));
        }
    }

    private static String lines(String text, String secret) {
        return text.lines().filter(line -> line.contains(secret)).collect(Collectors.joining("\n"));
    }

    @Test
    void theStartOfASubscriptionIsLoggedWithoutIt() throws Exception {
        assertEquals(200, node.get("/events?ticket=" + ticket()).statusCode());
        log.await("opens at");
    }
}
