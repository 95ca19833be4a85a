package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rights of pages of other origins, header by header. */
@ExtendWith(VertxExtension.class)
// JUnit's beforeEach.
@SuppressWarnings("NullAway.Init")
class CorsTest {

    private static final String LISTED = "https://app.example";
    private static final String STRANGER = "https://evil.example";

    private EventStream stream;

    @BeforeEach
    void open(Vertx vertx) {
        stream = EventStream.open(vertx, "events", StreamOptions.DEFAULT).await();
    }

    @Test
    void withoutOriginsThereIsNoHeader(Vertx vertx) throws Exception {
        HttpResponse<String> response = get(serve(vertx, "{}"), LISTED);
        assertEquals(200, response.statusCode());
        assertEquals("", header(response, "Access-Control-Allow-Origin"));
    }

    @Test
    void aListedOriginMayAndAStrangerMayNot(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, "{\"origins\": [\"" + LISTED + "\", \"https://b.example\"]}");
        HttpResponse<String> listed = get(node, LISTED);
        assertEquals(200, listed.statusCode());
        assertEquals(LISTED, header(listed, "Access-Control-Allow-Origin"));
        assertEquals("", header(listed, "Access-Control-Allow-Credentials"));
        HttpResponse<String> stranger = get(node, STRANGER);
        assertEquals(403, stranger.statusCode());
        assertEquals("", header(stranger, "Access-Control-Allow-Origin"));
        assertEquals("application/problem+json", header(stranger, "Content-Type"));
    }

    @Test
    void anyOriginIsToldSoAndNeverByItsName(Vertx vertx) throws Exception {
        HttpResponse<String> response = get(serve(vertx, "{\"origins\": [\"*\"]}"), STRANGER);
        assertEquals("*", header(response, "Access-Control-Allow-Origin"));
        assertEquals("", header(response, "Access-Control-Allow-Credentials"));
    }

    @Test
    void credentialsGoAlongForListedOriginsOnly(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, "{\"origins\": [\"" + LISTED + "\"], \"credentials\": true}");
        HttpResponse<String> listed = get(node, LISTED);
        assertEquals(LISTED, header(listed, "Access-Control-Allow-Origin"));
        assertEquals("true", header(listed, "Access-Control-Allow-Credentials"));
        HttpResponse<String> stranger = get(node, STRANGER);
        assertEquals("", header(stranger, "Access-Control-Allow-Origin"));
        assertEquals("", header(stranger, "Access-Control-Allow-Credentials"));
    }

    @Test
    void aPreflightSaysWhatMayBeSent(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, "{\"origins\": [\"" + LISTED + "\"]}");
        HttpRequest.Builder request = node.request("/events")
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", LISTED)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "content-type,idempotency-key");
        HttpResponse<String> response = node.send(request);
        assertEquals(204, response.statusCode());
        assertEquals(LISTED, header(response, "Access-Control-Allow-Origin"));
        assertEquals(
                Set.of(
                        "Authorization",
                        "Content-Type",
                        "Last-Event-ID",
                        "Cache-Control",
                        "Sluice-Type",
                        "Idempotency-Key"),
                Set.of(header(response, "Access-Control-Allow-Headers").split(", ?")));
    }

    @Test
    void aPageLearnsWhereTheStreamIsThatItHasMadeAndHowFarItReaches(Vertx vertx) throws Exception {
        ServedStream node = ServedStream.serve(
                vertx,
                stream,
                "{\"streams\": {\"events\": {}, \"chat/*\": {}}, \"publish\": {\"enabled\": true, \"anonymous\": true},"
                        + " \"http\": {\"host\": \"127.0.0.1\", \"cors\": {\"origins\": [\"" + LISTED + "\"]}}}");
        HttpResponse<String> made =
                node.send(node.request("/chat/42").header("Origin", LISTED).PUT(BodyPublishers.noBody()));
        assertEquals(201, made.statusCode());
        assertEquals("/chat/42", header(made, "Location"));
        assertEquals("Location", header(made, "Access-Control-Expose-Headers"));
        HttpResponse<String> head =
                node.send(node.request("/chat/42").header("Origin", LISTED).method("HEAD", BodyPublishers.noBody()));
        assertTrue(header(head, "Sluice-Last-Id").endsWith("-0"));
        assertEquals("Sluice-First-Id,Sluice-Last-Id,Sluice-Ended", header(head, "Access-Control-Expose-Headers"));
        HttpResponse<String> preflight = node.send(node.request("/chat/42")
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", LISTED)
                .header("Access-Control-Request-Method", "DELETE"));
        assertEquals(204, preflight.statusCode());
        assertEquals("GET,HEAD,POST,PUT,DELETE", header(preflight, "Access-Control-Allow-Methods"));
        HttpResponse<String> stranger =
                node.send(node.request("/chat/42").header("Origin", STRANGER).DELETE());
        assertEquals(403, stranger.statusCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "capacitor://localhost",
                "ionic://localhost",
                "tauri://localhost",
                "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
                "moz-extension://0c2f9a1e-0000-4000-8000-000000000000",
                "vscode-webview://1a2b3c",
                "app://bundle",
                "app://-",
                "file://",
                "null",
                "https://app.example:8443"
            })
    void anOriginOfAnyKindPassesWhereAnyMayAndWhereItIsListed(String origin, Vertx vertx) throws Exception {
        for (String listed : List.of("*", origin)) {
            ServedStream node = serve(vertx, "{\"origins\": [\"" + listed + "\"]}");
            HttpResponse<String> response = get(node, origin);
            assertEquals(200, response.statusCode());
            assertEquals(listed, header(response, "Access-Control-Allow-Origin"));
            HttpResponse<String> preflight = node.send(node.request("/events")
                    .method("OPTIONS", BodyPublishers.noBody())
                    .header("Origin", origin)
                    .header("Access-Control-Request-Method", "POST"));
            assertEquals(204, preflight.statusCode());
            assertEquals(listed, header(preflight, "Access-Control-Allow-Origin"));
            assertEquals("GET,HEAD,POST,PUT,DELETE", header(preflight, "Access-Control-Allow-Methods"));
        }
        ServedStream node = serve(vertx, "{\"origins\": [\"" + LISTED + "\"]}");
        assertEquals(403, get(node, origin).statusCode());
    }

    @Test
    void anOriginIsTheSameWithItsUsualPortAndInAnyCase(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, "{\"origins\": [\"HTTPS://App.Example:443\", \"http://b.example:80\"]}");
        assertEquals(200, get(node, "https://app.example").statusCode());
        assertEquals(200, get(node, "http://b.example").statusCode());
        assertEquals(403, get(node, "http://app.example").statusCode());
        assertEquals(403, get(node, "https://app.example:80").statusCode());
        assertEquals(403, get(node, "https://app.example.evil.example").statusCode());
    }

    @Test
    void anAnswerThatDependsOnTheOriginSaysSoToCaches(Vertx vertx) throws Exception {
        ServedStream listed = serve(vertx, "{\"origins\": [\"" + LISTED + "\"]}");
        assertEquals("Origin", header(listed.get("/events"), "Vary"));
        assertEquals("Origin", header(get(listed, LISTED), "Vary"));
        assertEquals("", header(get(serve(vertx, "{\"origins\": [\"*\"]}"), LISTED), "Vary"));
    }

    @Test
    void aPageOfAnotherOriginPolls(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, "{\"origins\": [\"" + LISTED + "\"]}");
        HttpResponse<String> answer =
                node.send(node.request("/events").header("Origin", LISTED).header("Accept", "application/json"));
        assertEquals(200, answer.statusCode());
        assertEquals("application/json", header(answer, "Content-Type"));
        assertEquals(LISTED, header(answer, "Access-Control-Allow-Origin"));
        assertEquals(Set.of("Origin", "accept"), Set.copyOf(answer.headers().allValues("Vary")));
    }

    @Test
    void anEmptyOriginIsAsNone(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, "{\"origins\": [\"" + LISTED + "\"]}");
        assertEquals(200, get(node, "").statusCode());
    }

    @Test
    void aPagesOwnOriginNeedsNoList(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, "{\"origins\": [\"" + LISTED + "\"]}");
        URI own = node.request("/").build().uri();
        HttpResponse<String> response = get(node, "http://" + own.getAuthority());
        assertEquals(200, response.statusCode());
    }

    private ServedStream serve(Vertx vertx, String cors) {
        return ServedStream.serve(
                vertx,
                stream,
                "{\"streams\": {\"events\": {\"lifetime\": \"100ms\"}}, \"http\": {\"host\": \"127.0.0.1\", \"port\": 0, \"cors\": "
                        + cors + "}}");
    }

    private static HttpResponse<String> get(ServedStream node, String origin) throws Exception {
        return node.send(node.request("/events").header("Origin", origin));
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
