package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.CapturedOutput;
import io.sluice.testing.Tokens;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests whose token has a key that the node has to ask its issuer for. */
@ExtendWith(VertxExtension.class)
// JUnit's beforeEach.
@SuppressWarnings("NullAway.Init")
class AwaitedKeysTest {

    private static final JsonObject OLD = Tokens.jwk("old", (RSAPublicKey) Tokens.RSA.getPublic());
    private static final JsonObject NEW = Tokens.jwk("new", (RSAPublicKey) Tokens.RSA.getPublic());

    /** The first question is answered at once; the second one is here. */
    private final Promise<HttpServerRequest> asked = Promise.promise();

    private HttpClient client;
    private int issuer;
    private boolean answersNothing;
    private int questions;

    @BeforeEach
    void issue(Vertx vertx) {
        client = vertx.createHttpClient();
        issuer = vertx.createHttpServer()
                .requestHandler(question -> {
                    if (answersNothing) {
                        question.response().setStatusCode(500).end();
                    } else if (questions++ == 0) {
                        question.response().end(keys(OLD));
                    } else {
                        asked.tryComplete(question);
                    }
                })
                .listen(0, "127.0.0.1")
                .await()
                .actualPort();
    }

    private static Buffer keys(JsonObject... keys) {
        return new JsonObject().put("keys", new JsonArray(List.of(keys))).toBuffer();
    }

    private ServedStream serve(Vertx vertx) {
        return ServedStream.serve(
                vertx, EventStream.open(vertx, "events", StreamOptions.DEFAULT).await(), """
                {
                  "http": { "host": "127.0.0.1", "port": 0 },
                  "auth": { "jwt": { "jwks": "http://127.0.0.1:%d/keys" } },
                  "streams": { "events": { "lifetime": "20ms" }, "chat/*": {} },
                  "publish": { "enabled": true }
                }
                """.formatted(issuer));
    }

    private static String token(String kid) {
        JsonObject claims = Tokens.claims("ada", List.of("events"), List.of("events", "chat/*"));
        claims.getJsonObject("sluice").put("admin", true);
        return "Bearer "
                + Tokens.signed(new JsonObject().put("alg", "RS256").put("kid", kid), claims, Tokens.RSA.getPrivate());
    }

    private record Answer(int status, String body) {}

    private Future<Answer> send(ServedStream node, HttpMethod method, String path, String type) {
        return client.request(method, node.port(), "127.0.0.1", path)
                .compose(request -> {
                    request.putHeader("Authorization", token("new"));
                    return method.equals(HttpMethod.POST)
                            ? request.putHeader("Content-Type", type).send("text")
                            : request.send();
                })
                .compose(AwaitedKeysTest::whole);
    }

    private static Future<Answer> whole(HttpClientResponse response) {
        return response.body().map(body -> new Answer(response.statusCode(), body.toString()));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /events, text/plain, 200",
        "HEAD, /events, text/plain, 200",
        "POST, /events, text/plain, 201",
        "POST, /events, image/png, 415",
        "POST, /events?topic=a*, text/plain, 400",
        "POST, /events?end=true, text/plain, 405",
        "POST, /chat/1, text/plain, 201",
        "POST, /chat/1?signal=stop, text/plain, 404",
        "PUT, /chat/1, text/plain, 201",
        "DELETE, /chat/1, text/plain, 404",
        "GET, /chat/, text/plain, 200"
    })
    void theyWaitForItAndGoOn(String method, String path, String type, int status, Vertx vertx) throws Exception {
        try (CapturedOutput log = new CapturedOutput()) {
            ServedStream node = serve(vertx);
            Future<Answer> answer = send(node, HttpMethod.valueOf(method), path, type);
            HttpServerRequest question = asked.future().await(10, TimeUnit.SECONDS);
            assertEquals(false, answer.isComplete());
            question.response().end(keys(OLD, NEW));
            Answer got = answer.await(10, TimeUnit.SECONDS);
            assertEquals(status, got.status, got.body);
            assertEquals("", log.text());
        }
    }

    @Test
    void aKeyThatTheIssuerDoesNotHaveIsBad(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx);
        Future<Answer> answer = send(node, HttpMethod.POST, "/events", "text/plain");
        asked.future().await(10, TimeUnit.SECONDS).response().end(keys(OLD));
        assertEquals(401, answer.await(10, TimeUnit.SECONDS).status);
        assertEquals("", node.wire());
    }

    @Test
    void withoutAnyKeysPublishersAndReadersAreToldToComeBack(Vertx vertx) throws Exception {
        answersNothing = true;
        try (CapturedOutput log = new CapturedOutput()) {
            ServedStream node = serve(vertx);
            HttpResponse<String> post = send(
                    node,
                    node.request("/events").header("Content-Type", "text/plain").POST(BodyPublishers.ofString("text")));
            ServedStream.assertProblem(
                    503,
                    "Service Unavailable",
                    "the keys of the issuer cannot be had: expected to be asked again later",
                    post);
            assertEquals("1", post.headers().firstValue("Retry-After").orElse(""));
            assertEquals("", post.headers().firstValue("WWW-Authenticate").orElse(""));
            assertEquals(503, send(node, node.request("/chat/")).statusCode());
            assertEquals(
                    503,
                    send(node, node.request("/events").method("HEAD", BodyPublishers.noBody()))
                            .statusCode());
            HttpResponse<String> read = send(node, node.request("/events"));
            assertEquals(200, read.statusCode());
            assertTrue(read.body().endsWith("event: close\ndata: {\"reason\":\"overload\"}\n\n"), read.body());
            assertEquals(401, node.get("/events").statusCode());
            assertEquals(1, log.text().lines().count(), log.text());
        }
    }

    private static HttpResponse<String> send(ServedStream node, HttpRequest.Builder request) throws Exception {
        return node.send(request.header("Authorization", token("old")));
    }
}
