package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.testing.Tokens;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may come in at the admin listener, and how the others are refused. */
@ExtendWith(VertxExtension.class)
class AdminRulesTest {

    private static final String AUTH = """
            , "auth": { "jwt": { "secret": "%s" }, "cookie": "session", "tickets": { "secret": "another secret of 32 bytes or more" } }
            """.formatted(Tokens.SECRET);

    private static final String ADMIN = bearer(true);
    private static final String NO_ADMIN = bearer(false);

    private static String bearer(boolean admin) {
        return "Bearer " + token(admin);
    }

    private static String token(boolean admin) {
        JsonObject claims = Tokens.claims("ada", List.of("events", "node"), List.of("events", "node"));
        claims.getJsonObject("sluice").put("admin", admin);
        return Tokens.hs256(claims);
    }

    private static AdminServer serve(Vertx vertx, String host, String more) {
        return AdminServer.serve(vertx, "{ \"admin\": { \"host\": \"" + host + "\", \"port\": 0 }" + more + " }");
    }

    // ---- what each listener asks for

    @ParameterizedTest
    @CsvSource(textBlock = """
            GET,  /api/node,     401, 403, 200
            GET,  /node,         401, 403, 200
            POST, /change,       401, 403, 200
            GET,  /health/live,  200, 200, 200
            GET,  /health/ready, 200, 200, 200
            GET,  /dashboard/,   200, 200, 200
            """)
    void beyondLoopbackAuthAsksForTheRightAdmin(
            String method, String path, int nobody, int reader, int admin, Vertx vertx) throws Exception {
        AdminServer server = serve(vertx, "0.0.0.0", AUTH);
        assertEquals(nobody, server.status(method, path));
        assertEquals(reader, server.status(method, path, "Authorization", NO_ADMIN));
        assertEquals(admin, server.status(method, path, "Authorization", ADMIN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
    void aStreamIsReadByWhoMayReadItAnywhere(String host, Vertx vertx) throws Exception {
        AdminServer server = serve(vertx, host, AUTH);
        String path = StreamsPart.PATH + "events";
        assertEquals(401, server.status("GET", path));
        assertEquals(200, server.status("GET", path, "Authorization", NO_ADMIN));
        assertEquals(405, server.status("POST", path, "Authorization", ADMIN));
        assertEquals(404, server.status("GET", StreamsPart.PATH + "others", "Authorization", ADMIN));
        assertEquals(200, serve(vertx, "127.0.0.1", "").status("GET", path));
    }

    @Test
    void whoHasNotTheRightIsToldWhatIsMissing(Vertx vertx) throws Exception {
        AdminServer server = serve(vertx, "0.0.0.0", AUTH);
        for (String path : List.of("/api/node", "/node")) {
            HttpResponse<String> refused = server.send("GET", path, "Authorization", NO_ADMIN);
            ServedStream.assertProblem(
                    403, "Forbidden", "this is for those who run the node: expected the right admin", refused);
        }
        assertEquals(401, server.status("GET", "/api/node", "Authorization", ADMIN + "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/node", "/node"})
    void aPageReadsWithTheCookie(String path, Vertx vertx) throws Exception {
        AdminServer server = serve(vertx, "0.0.0.0", AUTH);
        assertEquals(200, server.status("GET", path, "Cookie", "session=" + token(true)));
        assertEquals(403, server.status("GET", path, "Cookie", "session=" + token(false)));
    }

    @Test
    void aTicketOfTheListenerReadsItsStreamAndNothingElse(Vertx vertx) throws Exception {
        AdminServer server = serve(vertx, "0.0.0.0", AUTH);
        assertEquals(401, server.status("POST", "/tickets"));
        assertEquals(403, server.status("POST", "/tickets", "Authorization", NO_ADMIN));
        HttpResponse<String> made = server.send("POST", "/tickets", "Authorization", ADMIN);
        assertEquals(200, made.statusCode());
        String ticket = "?ticket=" + new JsonObject(made.body()).getString("ticket");
        assertEquals(200, server.status("GET", "/node" + ticket));
        assertEquals(403, server.status("GET", "/api/node" + ticket));
        assertEquals(403, server.status("POST", "/change" + ticket));
        assertEquals(403, server.status("POST", "/tickets" + ticket));
        assertEquals(401, server.status("GET", "/node" + ticket + "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "auth"})
    void onLoopbackNobodyIsAsked(String auth, Vertx vertx) throws Exception {
        AdminServer server = serve(vertx, "127.0.0.1", auth.isEmpty() ? "" : AUTH);
        assertEquals(200, server.status("GET", "/api/node"));
        assertEquals(200, server.status("GET", "/node"));
        assertEquals(200, server.status("POST", "/change"));
    }

    @Test
    void beyondLoopbackWithoutAuthAnybodyReadsAndThisMachineChanges(Vertx vertx) throws Exception {
        AdminServer server = serve(vertx, "0.0.0.0", "");
        assertEquals(200, server.status("GET", "/api/node"));
        assertEquals(200, server.status("POST", "/change"));
        String other = NodeUrl.of(false, "0.0.0.0", null, 1).replaceAll("http://|:1/", "");
        assumeTrue(!HostRules.isLoopback(other), "this machine has an address that others can reach");
        assertEquals(200, server.sendTo(other, "GET", "/api/node").statusCode());
        ServedStream.assertProblem(
                403,
                "Forbidden",
                "without \"auth\" only a client on this machine may: expected one, or a token's right admin",
                server.sendTo(other, "POST", "/change"));
    }

    // ---- what a browser is made to do

    @ParameterizedTest
    @CsvSource({
        "/api/node, localhost, 200",
        "/api/node, 127.0.0.1:8081, 200",
        "/api/node, rebound.example.com, 421",
        "/dashboard/, rebound.example.com, 421",
        "/health/live, rebound.example.com, 200"
    })
    void onLoopbackTheListenerHasItsOwnNames(String path, String host, int status, Vertx vertx) throws Exception {
        assertStatus(status, exchange(serve(vertx, "127.0.0.1", ""), "GET", path, host, ""));
    }

    @Test
    void beyondLoopbackAStrangersNameReadsAndChangesNothing(Vertx vertx) throws Exception {
        AdminServer server = serve(vertx, "0.0.0.0", "");
        assertStatus(200, exchange(server, "GET", "/api/node", "rebound.example.com", ""));
        assertStatus(421, exchange(server, "POST", "/change", "rebound.example.com", ""));
    }

    @Test
    void whereATokenIsAskedForTheNameDoesNotMatter(Vertx vertx) throws Exception {
        AdminServer server = serve(vertx, "0.0.0.0", AUTH);
        String header = "Authorization: " + ADMIN + "\r\n";
        assertStatus(200, exchange(server, "POST", "/change", "sluice.example.com", header));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Origin: http://evil.example           | 403
            Origin: null                          | 403
            Sec-Fetch-Site: cross-site            | 403
            Sec-Fetch-Site: same-site             | 403
            Origin: http://localhost              | 200
            Sec-Fetch-Site: same-origin           | 200
            Sec-Fetch-Site: none                  | 200
            """)
    void aPageOfAStrangerChangesNothing(String field, int status, Vertx vertx) throws Exception {
        AdminServer server = serve(vertx, "127.0.0.1", "");
        assertStatus(status, exchange(server, "POST", "/change", "localhost", field.strip() + "\r\n"));
    }

    private static String exchange(AdminServer server, String method, String path, String host, String fields)
            throws Exception {
        return RawClient.exchange(
                server.port(),
                method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\n" + fields
                        + "Connection: close\r\n\r\n");
    }

    private static void assertStatus(int status, String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    }
}
