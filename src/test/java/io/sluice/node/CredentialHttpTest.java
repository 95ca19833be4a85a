package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Tokens;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client shows, where, and how long it is good. */
class CredentialHttpTest extends GuardedServer {

    // ---- carriers

    @ParameterizedTest
    @ValueSource(strings = {"Bearer %s", "bearer %s", "BEARER %s", "Bearer   %s"})
    void theSchemeIsBearerInAnyCase(String field) throws Exception {
        assertEquals(
                200,
                send("GET", "/events", "Authorization", field.formatted(token("ada")))
                        .statusCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "session=%s",
                "session=\"%s\"",
                "other=1; session=%s",
                "other=1;session=%s; more=2",
                "a=\"b\"; session=%s; session=garbage",
                "SESSION=garbage; session=%s",
                "broken; session=%s",
                "bad value=\u00e9\u00ff; session=%s"
            })
    void theFirstCookieOfTheNameCounts(String field) throws Exception {
        String answer = raw("GET", "/events", "Cookie: " + field.formatted(token("ada")));
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "session=",
                "session=\"\"",
                "session=a b",
                "session=\"%s",
                "session=,%s",
                "session=garbage; session=%s",
                "session=%s%%20",
                "session=\u00e9"
            })
    void aCookieThatIsNoTokenIsBad(String field) throws Exception {
        String answer = raw("GET", "/news", "Cookie: " + field.formatted(token("ada")));
        assertTrue(answer.startsWith("HTTP/1.1 401 "), answer);
        assertTrue(answer.contains("error=\"invalid_token\""), answer);
    }

    @Test
    void anotherCookieIsNone() throws Exception {
        assertRefused(
                401, NOTHING_SHOWN, send("GET", "/events", "Cookie", "sessions=" + token("ada") + "; session2=x"));
        assertEquals(
                200, send("GET", "/news", "Cookie", "sluice=garbage; session").statusCode());
    }

    @Test
    void severalCookieFieldsAreOne() throws Exception {
        String answer = raw("GET", "/events", "Cookie: a=b\r\nCookie: session=" + token("ada"));
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
    }

    @Test
    void theHeaderDecidesBeforeTheCookieAndTheCookieBeforeTheTicket() throws Exception {
        String ticket = new JsonObject(sendAs("reader", "POST", "/tickets").body()).getString("ticket");
        assertEquals(200, send("GET", "/events?ticket=" + ticket).statusCode());
        assertEquals(
                403,
                send("GET", "/events?ticket=" + ticket, "Cookie", "session=" + token("nothing"))
                        .statusCode());
        assertEquals(
                401,
                send("GET", "/events?ticket=" + ticket, "Cookie", "session=").statusCode());
        assertEquals(
                200,
                send("GET", "/events?ticket=garbage", "Cookie", "session=", "Authorization", "Bearer " + token("ada"))
                        .statusCode());
        assertEquals(
                403,
                send(
                                "GET",
                                "/events",
                                "Cookie",
                                "session=" + token("ada"),
                                "Authorization",
                                "Bearer " + token("nothing"))
                        .statusCode());
    }

    /** RFC 6750 2.3 has one, and advises against it: URLs are logged, and kept. */
    @ParameterizedTest
    @ValueSource(strings = {"access_token", "token", "jwt", "authorization", "session"})
    void aTokenInAUrlIsIgnored(String parameter) throws Exception {
        assertRefused(401, NOTHING_SHOWN, send("GET", "/events?" + parameter + "=" + token("ada")));
        assertEquals(200, send("GET", "/news?" + parameter + "=garbage").statusCode());
    }

    /** A browser takes no semicolon for the end of a parameter, and neither does the node where it looks for tickets. */
    @Test
    void aTicketBehindASemicolonIsNone() throws Exception {
        assertEquals(200, send("GET", "/news?x=1;ticket=garbage").statusCode());
        assertEquals(401, send("GET", "/news?x=1&ticket=garbage").statusCode());
        assertEquals(401, send("GET", "/news?x=1&%74icket=garbage").statusCode());
    }

    @Test
    void aTokenAlmostAsLongAsAHeadIsTakenAndALongerOneIsNoRequest() throws Exception {
        String spaces = "x".repeat(5_200);
        String large = Tokens.hs256(claims(List.of("events"), List.of(), false).put("more", spaces));
        assertTrue(large.length() > 7_000, "" + large.length());
        assertEquals(
                200, send("GET", "/events", "Authorization", "Bearer " + large).statusCode());
        String answer = raw("GET", "/events", "Authorization: Bearer " + large + large);
        assertTrue(answer.startsWith("HTTP/1.0 431 ") || answer.startsWith("HTTP/1.1 431 "), answer);
    }

    // ---- the time of a token

    private static String ending(long secondsAgo) {
        return Tokens.hs256(claims(List.of("events"), List.of("events"), true).put("exp", now() - secondsAgo));
    }

    /** The leeway is 30 seconds. */
    @ParameterizedTest
    @CsvSource({"POST, /events, 201", "GET, /chat/, 200"})
    void aTokenIsGoodForARequestWithinTheLeewayOfItsEnd(String method, String path, int status) throws Exception {
        assertEquals(
                status,
                send(method, path, "Authorization", "Bearer " + ending(10)).statusCode());
        assertBad("the token has expired", send(method, path, "Authorization", "Bearer " + ending(40)));
    }

    @Test
    void aReaderThatReturnsShortlyAfterTheEndIsToldSoInItsStream() throws Exception {
        HttpResponse<String> response = send("GET", "/events", "Authorization", "Bearer " + ending(40));
        assertEquals(200, response.statusCode());
        assertTrue(response.body().endsWith("event: close\ndata: {\"reason\":\"expired\"}\n\n"), response.body());
        assertEquals(
                200,
                send("GET", "/news", "Authorization", "Bearer " + ending(40)).statusCode());
        assertBad("the token has expired", send("HEAD", "/events", "Authorization", "Bearer " + ending(40)));
        assertBad("the token has expired", send("GET", "/events", "Authorization", "Bearer " + ending(61)));
    }
}
