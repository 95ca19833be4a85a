package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the admin listener answers at each path. */
@ExtendWith(VertxExtension.class)
// JUnit's beforeAll.
@SuppressWarnings("NullAway.Init")
class AdminRoutesTest {

    private static AdminServer server;

    @BeforeAll
    static void serve(Vertx vertx) {
        server = AdminServer.serve(vertx, "{ \"admin\": { \"port\": 0 } }");
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /api/node      | GET, HEAD, OPTIONS | POST
            /node          | GET, HEAD, OPTIONS | POST
            /health/live   | GET, HEAD, OPTIONS | POST
            /health/ready  | GET, HEAD, OPTIONS | DELETE
            /              | GET, HEAD, OPTIONS | POST
            /dashboard     | GET, HEAD, OPTIONS | POST
            /dashboard/    | GET, HEAD, OPTIONS | PUT
            /change        | OPTIONS, POST      | GET
            """)
    void aPathNamesItsMethods(String path, String allow, String wrong) throws Exception {
        HttpResponse<String> refused = server.send(wrong, path);
        ServedStream.assertProblem(405, "Method Not Allowed", "expected one of " + allow, refused);
        assertEquals(allow, header(refused, "Allow"));
        HttpResponse<String> options = server.send("OPTIONS", path);
        assertEquals(204, options.statusCode());
        assertEquals(allow, header(options, "Allow"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/nothing", "/api/", "/api/nodes", "/events", "/dashboard/nothing", "/dashboard/../nothing"})
    void nothingElseIsThere(String path) throws Exception {
        assertEquals(404, server.send("GET", path).statusCode());
        assertEquals(404, server.send("HEAD", path).statusCode());
        assertEquals(
                405 - (path.startsWith("/dashboard/n") ? 0 : 1),
                server.send("POST", path).statusCode());
    }

    @Test
    void theReportIsData() throws Exception {
        HttpResponse<String> answer = server.send("GET", "/api/node");
        assertEquals(200, answer.statusCode());
        assertEquals("application/json", header(answer, "Content-Type"));
        assertEquals("no-store", header(answer, "Cache-Control"));
        assertEquals("nosniff", header(answer, "X-Content-Type-Options"));
        assertEquals("default-src 'none'; frame-ancestors 'none'", header(answer, "Content-Security-Policy"));
        assertEquals("", header(answer, "Access-Control-Allow-Origin"));
        assertTrue(new JsonObject(answer.body()).getBoolean("ready"));
        HttpResponse<String> head = server.send("HEAD", "/api/node");
        assertEquals(200, head.statusCode());
        assertEquals("", head.body());
    }

    @Test
    void theHealthIsThatOfTheStreams() throws Exception {
        assertEquals(200, server.send("GET", "/health/live").statusCode());
        HttpResponse<String> ready = server.send("GET", "/health/ready");
        assertEquals(200, ready.statusCode());
        assertTrue(
                ready.body().contains("{\"id\":\"stream/events\",\"status\":\"UP\"}")
                        || ready.body().contains("\"checks\":[{\"id\":\"events\",\"status\":\"UP\"}]"),
                ready.body());
        assertEquals("no-store", header(ready, "Cache-Control"));
    }

    @Test
    void thePageIsFoundFromAbove() throws Exception {
        HttpResponse<String> top = server.send("GET", "/");
        assertEquals(302, top.statusCode());
        assertEquals("./dashboard/", header(top, "Location"));
        HttpResponse<String> without = server.send("GET", "/dashboard");
        assertEquals(301, without.statusCode());
        assertEquals("./dashboard/", header(without, "Location"));
    }

    @Test
    void thePageTakesNothingFromElsewhereAndIsInNoFrame() throws Exception {
        HttpResponse<String> page = server.send("GET", "/dashboard/");
        assertEquals(200, page.statusCode());
        assertEquals("text/html;charset=UTF-8", header(page, "Content-Type"));
        assertEquals(
                "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
                header(page, "Content-Security-Policy"));
        assertEquals("nosniff", header(page, "X-Content-Type-Options"));
        assertEquals("no-cache", header(page, "Cache-Control"));
        HttpResponse<String> again = server.send("GET", "/dashboard/", "If-None-Match", header(page, "ETag"));
        assertEquals(304, again.statusCode());
    }
}
