package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.CapturedOutput;
import io.sluice.testing.Tokens;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node with rights, a token for each kind of client, and how it refuses. Of one class of tests. */
@ExtendWith(VertxExtension.class)
// JUnit's beforeAll.
@SuppressWarnings("NullAway.Init")
class GuardedServer {

    static final String NOTHING_SHOWN = "Bearer realm=\"sluice\"";
    static final String TOO_LITTLE = NOTHING_SHOWN + ", error=\"insufficient_scope\"";
    static final String BAD = NOTHING_SHOWN + ", error=\"invalid_token\", error_description=\"";

    static final Map<String, String> TOKENS = Map.of(
            "nothing", token(List.of(), List.of()),
            "ada", token(List.of("events", "chat/{sub}"), List.of("events", "chat/{sub}")),
            "reader", token(List.of("events", "chat/*"), List.of()),
            "writer", token(List.of(), List.of("events", "chat/*")),
            "limited", token(List.of("events#a.>", "chat/*#a.>"), List.of("events#a.>", "chat/*#a.>", "chat/*#chat")),
            "admin", Tokens.hs256(claims(List.of(), List.of(), true)));

    static final String EXPIRED =
            Tokens.hs256(claims(List.of("events"), List.of("events"), true).put("exp", now() - 61));

    static ServedStream node;
    private CapturedOutput log;

    @BeforeAll
    static void serve(Vertx vertx) {
        node = ServedStream.serve(
                vertx, EventStream.open(vertx, "events", StreamOptions.DEFAULT).await(), """
                {
                  "http": { "host": "127.0.0.1", "port": 0, "webroot": "webroot" },
                  "auth": {
                    "jwt": { "secret": "%s" },
                    "cookie": "session",
                    "tickets": { "secret": "another secret of 32 bytes or more" }
                  },
                  "streams": {
                    "events": { "lifetime": "20ms" },
                    "news": { "lifetime": "20ms", "read": "anyone" },
                    "chat/*": { "lifetime": "20ms" },
                    "order/*": { "create": "put" }
                  },
                  "publish": { "enabled": true }
                }
                """.formatted(Tokens.SECRET));
        vertx.eventBus().consumer("sluice.signals.chat").handler(signal -> {});
    }

    @BeforeEach
    void capture() {
        log = new CapturedOutput();
    }

    @AfterEach
    void nothingWasLogged() {
        log.close();
        assertEquals("", log.text(), "what a client may not do is not the node's affair");
    }

    // ---- requests

    static long now() {
        return Instant.now().getEpochSecond();
    }

    static JsonObject claims(List<String> read, List<String> write, boolean admin) {
        JsonObject claims = Tokens.claims("ada", read, write);
        claims.getJsonObject("sluice").put("admin", admin);
        return claims;
    }

    static String token(List<String> read, List<String> write) {
        return Tokens.hs256(claims(read, write, false));
    }

    static String token(String name) {
        return Objects.requireNonNull(TOKENS.get(name), name);
    }

    static HttpRequest.Builder request(String method, String path) {
        boolean hasBody = method.equals("POST") && !path.contains("signal=");
        HttpRequest.Builder request = node.request(path)
                .method(method, hasBody ? BodyPublishers.ofString("{\"stream\":\"events\"}") : BodyPublishers.noBody());
        return hasBody ? request.header("Content-Type", "application/json") : request;
    }

    static HttpResponse<String> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = request(method, path);
        return node.send(headers.length == 0 ? request : request.headers(headers));
    }

    static HttpResponse<String> sendAs(String name, String method, String path) throws Exception {
        return name.equals("-") ? send(method, path) : send(method, path, "Authorization", "Bearer " + token(name));
    }

    static String header(String name, HttpResponse<?> response) {
        return String.join(" + ", response.headers().allValues(name));
    }

    static void assertRefused(int status, String challenge, HttpResponse<String> response) {
        assertEquals(status, response.statusCode(), response.body());
        assertEquals(challenge, header("WWW-Authenticate", response));
        assertEquals("application/problem+json", header("Content-Type", response));
        assertEquals("no-store", header("Cache-Control", response));
        if (response.request().method().equals("HEAD")) {
            assertEquals("", response.body());
        } else {
            JsonObject problem = new JsonObject(response.body());
            assertEquals(status, problem.getInteger("status"));
            assertFalse(problem.getString("detail").isBlank());
        }
    }

    static void assertBad(String description, HttpResponse<String> response) {
        assertRefused(401, BAD + description + "\"", response);
    }

    static String raw(String method, String path, String fields) throws Exception {
        return RawClient.exchange(
                node.port(),
                method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + fields + "\r\n\r\n");
    }
}
