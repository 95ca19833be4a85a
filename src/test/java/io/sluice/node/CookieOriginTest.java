package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.Tokens;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A browser sends a cookie along whatever page asks for it: what a cookie may have the node do depends on the page, and what a page of
 * another origin gets to read is said by CORS.
 */
@ExtendWith(VertxExtension.class)
// JUnit's beforeAll.
@SuppressWarnings("NullAway.Init")
class CookieOriginTest {

    private static final String LISTED = "https://app.example";
    private static final String STRANGER = "https://evil.example";
    private static final String TOKEN = Tokens.hs256(rights(List.of("events", "chat/*"), List.of("events", "chat/*")));
    private static final String COOKIE = "session=" + TOKEN;

    private static ServedStream closed;
    private static ServedStream listing;
    private static ServedStream open;

    @BeforeAll
    static void serve(Vertx vertx) {
        closed = serve(vertx, "{}");
        listing = serve(vertx, "{\"origins\": [\"" + LISTED + "\"], \"credentials\": true}");
        open = serve(vertx, "{\"origins\": [\"*\"]}");
        vertx.eventBus().consumer("sluice.signals.chat").handler(signal -> {});
    }

    private static ServedStream serve(Vertx vertx, String cors) {
        return ServedStream.serve(
                vertx, EventStream.open(vertx, "events", StreamOptions.DEFAULT).await(), """
                {
                  "http": { "host": "127.0.0.1", "port": 0, "cors": %s },
                  "auth": {
                    "jwt": { "secret": "%s" },
                    "cookie": "session",
                    "tickets": { "secret": "another secret of 32 bytes or more" }
                  },
                  "streams": { "events": { "lifetime": "20ms" }, "chat/*": {} },
                  "publish": { "enabled": true }
                }
                """.formatted(
                                cors, Tokens.SECRET));
    }

    private static JsonObject rights(List<String> read, List<String> write) {
        return Tokens.claims("ada", read, write);
    }

    private static HttpResponse<String> send(ServedStream node, String method, String path, String... headers)
            throws Exception {
        boolean hasBody = method.equals("POST");
        HttpRequest.Builder request = node.request(path)
                .method(method, hasBody ? BodyPublishers.ofString("{\"stream\":\"events\"}") : BodyPublishers.noBody());
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], own(node, headers[i + 1]));
        }
        return node.send(hasBody ? request.header("Content-Type", "application/json") : request);
    }

    /** The node's own address in the place of OWN. */
    private static String own(ServedStream node, String value) {
        return value.replace("OWN", node.request("/").build().uri().getAuthority());
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    // ---- writing

    @ParameterizedTest
    @CsvSource({
        "POST, /events, 201",
        "PUT, /chat/1, 201",
        "POST, /chat/2?end=true, 201",
        "POST, /chat/3?signal=stop, 202",
        "DELETE, /chat/4, 404",
        "POST, /tickets, 200"
    })
    void aCookieWritesWhereTheBrowserNamesThePageAndItIsTheNodesOwn(String method, String path, int status)
            throws Exception {
        HttpResponse<String> nameless = send(closed, method, path, "Cookie", COOKIE);
        ServedStream.assertProblem(
                403,
                "Forbidden",
                "a cookie counts where the browser names the page: expected an Origin of this node, or a listed one",
                nameless);
        assertEquals("", header(nameless, "WWW-Authenticate"), "another token would not help");
        for (String site : List.of("none", "same-site", "cross-site")) {
            assertEquals(
                    403,
                    send(closed, method, path, "Cookie", COOKIE, "Sec-Fetch-Site", site)
                            .statusCode());
        }
        for (String origin :
                List.of(STRANGER, LISTED, "null", "http://127.0.0.1", "http://OWN.evil.example", "file://")) {
            assertEquals(
                    403,
                    send(closed, method, path, "Cookie", COOKIE, "Origin", origin)
                            .statusCode(),
                    origin);
        }
        assertEquals(
                status,
                send(closed, method, path, "Cookie", COOKIE, "Origin", "http://OWN")
                        .statusCode());
    }

    @Test
    void aBrowserMaySayThatThePageIsOfTheSameOriginInstead() throws Exception {
        assertEquals(
                201,
                send(closed, "POST", "/events", "Cookie", COOKIE, "Sec-Fetch-Site", "same-origin")
                        .statusCode());
    }

    @Test
    void aListedOriginWritesWithACookie() throws Exception {
        assertEquals(
                201,
                send(listing, "POST", "/events", "Cookie", COOKIE, "Origin", LISTED)
                        .statusCode());
        assertEquals(
                403,
                send(listing, "POST", "/events", "Cookie", COOKIE, "Origin", STRANGER)
                        .statusCode());
        assertEquals(403, send(listing, "POST", "/events", "Cookie", COOKIE).statusCode());
    }

    /** All pages of the world are not named by a star. */
    @ParameterizedTest
    @ValueSource(strings = {STRANGER, "null"})
    void whereAnyOriginMayReadNoneOfThemWritesWithACookie(String origin) throws Exception {
        assertEquals(
                403,
                send(open, "POST", "/events", "Cookie", COOKIE, "Origin", origin)
                        .statusCode());
        assertEquals(
                201,
                send(open, "POST", "/events", "Authorization", "Bearer " + TOKEN, "Origin", origin)
                        .statusCode());
        assertEquals(
                201,
                send(open, "POST", "/events", "Cookie", COOKIE, "Origin", "http://OWN")
                        .statusCode());
    }

    /** No page can send the header for another site's user. */
    @Test
    void aTokenInTheHeaderNeedsNoOrigin() throws Exception {
        assertEquals(
                201,
                send(closed, "POST", "/events", "Authorization", "Bearer " + TOKEN)
                        .statusCode());
        assertEquals(
                201,
                send(closed, "POST", "/events", "Authorization", "Bearer " + TOKEN, "Cookie", COOKIE)
                        .statusCode());
    }

    @Test
    void aCookieThatIsBadIsNotMadeGoodByItsPage() throws Exception {
        HttpResponse<String> response = send(closed, "POST", "/events", "Cookie", "session=x", "Origin", "http://OWN");
        assertEquals(401, response.statusCode());
    }

    // ---- reading

    /** The page does not get to see it: there is no Access-Control-Allow-Origin. */
    @Test
    void withoutCorsAPageOfAStrangerReadsNothing() throws Exception {
        HttpResponse<String> response = send(closed, "GET", "/events", "Cookie", COOKIE, "Origin", STRANGER);
        assertEquals(200, response.statusCode());
        assertEquals("", header(response, "Access-Control-Allow-Origin"));
        assertEquals("", header(response, "Access-Control-Allow-Credentials"));
    }

    @Test
    void aListedOriginReadsWithTheCookie() throws Exception {
        HttpResponse<String> response = send(listing, "GET", "/events", "Cookie", COOKIE, "Origin", LISTED);
        assertEquals(200, response.statusCode());
        assertEquals(LISTED, header(response, "Access-Control-Allow-Origin"));
        assertEquals("true", header(response, "Access-Control-Allow-Credentials"));
        assertEquals(
                403,
                send(listing, "GET", "/events", "Cookie", COOKIE, "Origin", STRANGER)
                        .statusCode());
    }

    /** A browser shows no page the answer to a request with a cookie where the star stands. */
    @Test
    void whereAnyOriginMayReadItIsWithoutCookies() throws Exception {
        HttpResponse<String> response = send(open, "GET", "/events", "Cookie", COOKIE, "Origin", STRANGER);
        assertEquals("*", header(response, "Access-Control-Allow-Origin"));
        assertEquals("", header(response, "Access-Control-Allow-Credentials"));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /events, 401",
        "POST, /events, 401",
        "GET, /chat/, 401",
        "PUT, /chat/1, 401",
        "POST, /tickets, 401"
    })
    void aPageGetsToReadThatItIsRefused(String method, String path, int status) throws Exception {
        HttpResponse<String> response = send(listing, method, path, "Origin", LISTED);
        assertEquals(status, response.statusCode());
        assertEquals(LISTED, header(response, "Access-Control-Allow-Origin"));
        assertEquals("true", header(response, "Access-Control-Allow-Credentials"));
        assertEquals("Origin", header(response, "Vary"));
        String weak = Tokens.hs256(rights(List.of(), List.of()));
        HttpResponse<String> forbidden =
                send(listing, method, path, "Origin", LISTED, "Authorization", "Bearer " + weak);
        assertEquals(403, forbidden.statusCode());
        assertEquals(LISTED, header(forbidden, "Access-Control-Allow-Origin"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/events", "/chat/1", "/chat/", "/tickets"})
    void aPreflightHasNoCredentialAndNeedsNone(String path) throws Exception {
        HttpResponse<String> response = send(
                listing,
                "OPTIONS",
                path,
                "Origin",
                LISTED,
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "authorization,content-type");
        assertEquals(204, response.statusCode());
        assertEquals(LISTED, header(response, "Access-Control-Allow-Origin"));
        assertEquals("true", header(response, "Access-Control-Allow-Credentials"));
        assertEquals(
                Set.of(
                        "Authorization",
                        "Content-Type",
                        "Last-Event-ID",
                        "Cache-Control",
                        "Sluice-Type",
                        "Idempotency-Key"),
                Set.of(header(response, "Access-Control-Allow-Headers").split(",", -1)));
    }

    // ---- HTTP/2

    /** RFC 9113 8.2.3: a client sends a field for each cookie, so that they are compressed one by one. */
    @Test
    void overHttp2EachCookieMayHaveAFieldOfItsOwn(Vertx vertx) throws Exception {
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        HttpClientResponse response = client.request(HttpMethod.POST, closed.port(), "127.0.0.1", "/events")
                .compose(request -> {
                    request.headers()
                            .add("cookie", "theme=dark")
                            .add("cookie", COOKIE)
                            .add("cookie", "more=1")
                            .add("content-type", "text/plain")
                            .add("sec-fetch-site", "same-origin");
                    return request.send(Buffer.buffer("text"));
                })
                .await();
        assertEquals(201, response.statusCode());
        assertEquals(HttpVersion.HTTP_2, response.version());
        client.close().await();
    }
}
