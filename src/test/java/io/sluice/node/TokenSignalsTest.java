package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.testing.Tokens;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node that takes no events over HTTP, and signals of those whose token has the right to write. */
class TokenSignalsTest extends QuietServer {

    private static final String ADA =
            Tokens.hs256(Tokens.claims("ada", List.of("chat/{sub}"), List.of("chat/{sub}", "chat/part#a.>", "events")));

    TokenSignalsTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "auth": { "jwt": { "secret": "%s" }, "cookie": "session" },
              "streams": { "events": {}, "chat/*": {} }
            }
            """.formatted(Tokens.SECRET));
    }

    private HttpResponse<String> send(String method, String path, String... headers) throws Exception {
        return node.send(node.request(path)
                .headers(headers)
                .header("Content-Type", "text/plain")
                .method(method, BodyPublishers.ofString("Why?")));
    }

    @Test
    void aSignalOfWhoMayWriteReachesWhoConsumesIt(Vertx vertx) throws Exception {
        Promise<Message<String>> next = Promise.promise();
        vertx.eventBus()
                .<String>consumer("sluice.signals.chat", next::tryComplete)
                .completion()
                .await();
        assertEquals(
                202,
                send("POST", "/chat/ada?signal=ask", "Authorization", "Bearer " + ADA)
                        .statusCode());
        Message<String> signal = next.future().await(10, TimeUnit.SECONDS);
        assertEquals("chat/ada", signal.headers().get("stream"));
        assertEquals("Why?", signal.body());
    }

    @ParameterizedTest
    @CsvSource({"/chat/bob?signal=ask, 403", "/chat/part?signal=ask, 403", "/chat/ada?signal=ask, 404"})
    void aSignalNeedsTheRightToWriteToTheWholeStream(String path, int status) throws Exception {
        assertEquals(401, send("POST", path, "Sluice-Type", "").statusCode());
        assertEquals(401, send("POST", path, "Authorization", "Bearer x").statusCode());
        assertEquals(403, send("POST", path, "Cookie", "session=" + ADA).statusCode());
        assertEquals(
                status, send("POST", path, "Authorization", "Bearer " + ADA).statusCode());
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /chat/ada, 'GET, HEAD, OPTIONS'",
        "POST, /chat/ada?end=true, 'GET, HEAD, OPTIONS'",
        "PUT, /chat/ada, 'GET, HEAD, OPTIONS, POST'",
        "DELETE, /chat/ada, 'GET, HEAD, OPTIONS, POST'",
        "POST, /events, 'GET, HEAD, OPTIONS'"
    })
    void nothingElseIsTaken(String method, String path, String allow) throws Exception {
        HttpResponse<String> response = send(method, path, "Authorization", "Bearer " + ADA);
        assertEquals(405, response.statusCode());
        assertEquals(allow, response.headers().firstValue("Allow").orElse(""));
    }

    @ParameterizedTest
    @CsvSource({"/chat/ada, 'GET, HEAD, OPTIONS, POST'", "/events, 'GET, HEAD, OPTIONS'"})
    void optionsTellOfSignals(String path, String allow) throws Exception {
        assertEquals(
                allow,
                send("OPTIONS", path, "Authorization", "Bearer " + ADA)
                        .headers()
                        .firstValue("Allow")
                        .orElse(""));
    }
}
